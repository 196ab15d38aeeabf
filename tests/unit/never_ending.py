"""A child that says it has begun and then does nothing but keep its processor busy."""

from __future__ import annotations

import os

from pcloud_cli.sheets.limits import Limits, confine


def main(_order: str) -> None:
    """Never return."""
    confine(Limits().for_size(0))
    os.write(1, b"begun")
    while True:
        pass
