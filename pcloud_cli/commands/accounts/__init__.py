"""The noun `account`: a module for each group of its verbs."""

from pcloud_cli.commands.accounts.noun import app

__all__ = ["app"]
