"""`pcloud roster`: who is on shift when (排班表)."""

from __future__ import annotations

from pcloud_cli.commands.roster.noun import app

__all__ = ["app"]
