"""The noun `role`: a module for each group of its verbs, and what these share."""

from pcloud_cli.commands.role.noun import app

__all__ = ["app"]
