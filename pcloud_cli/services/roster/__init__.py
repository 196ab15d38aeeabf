"""The roster (排班表): who is on shift when, in which community (3.2.2)."""

from __future__ import annotations

from pcloud_cli.services.roster.duty import (
    LACKS,
    Duty,
    OnShift,
    Supervisor,
    on_shift,
    supervisors,
)

__all__ = ["LACKS", "Duty", "OnShift", "Supervisor", "on_shift", "supervisors"]
