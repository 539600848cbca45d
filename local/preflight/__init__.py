"""Checks the template for everything that AWS would refuse, without an AWS account: `python -m local.preflight`."""
