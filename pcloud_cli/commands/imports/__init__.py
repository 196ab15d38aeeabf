"""The noun `import`: a module for each of its verbs, and what these share."""

from pcloud_cli.commands.imports.noun import app

__all__ = ["app"]
