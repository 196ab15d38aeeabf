"""`pcloud audit`: reading, proving and handing on the trail (审计日志)."""

from pcloud_cli.commands.audit.noun import app

__all__ = ["app"]
