"""What somebody who builds or deploys is told instead of a traceback."""


class DeploymentError(Exception):
    """A build or a deployment can't go on. The message is for people and names what to do."""
