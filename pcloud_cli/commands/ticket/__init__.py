"""The noun `ticket`: a module for each group of its verbs, and what these share."""

from pcloud_cli.commands.ticket.noun import app

__all__ = ["app"]
