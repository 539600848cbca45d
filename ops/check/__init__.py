"""Checks of an installation, and of what a deployment needs. They change nothing."""
