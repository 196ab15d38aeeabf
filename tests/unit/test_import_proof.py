"""What moves staged rows is proved behind the move, and after a failed one too."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import nullcontext

import pytest

from pcloud_cli.errors import Conflict, Failed
from pcloud_cli.services.imports.proof import proving


def move(prove: Callable[[], None], failure: Exception | None) -> None:
    """Move rows, or fail at it."""
    with proving(prove):
        if failure is not None:
            raise failure


@pytest.mark.parametrize("failure", [None, Conflict("moved"), ZeroDivisionError("moved")])
def test_it_is_proved_whether_or_not_the_move_failed(failure: Exception | None) -> None:
    proved: list[str] = []
    with pytest.raises(type(failure), match="moved") if failure else nullcontext():
        move(lambda: proved.append("proved"), failure)
    assert proved == ["proved"]


@pytest.mark.parametrize("failure", [None, Conflict("moved")])
def test_content_that_nobody_approved_is_what_is_said(failure: Exception | None) -> None:
    def prove() -> None:
        raise Conflict("tampered")

    with pytest.raises(Conflict, match="tampered"):
        move(prove, failure)


def test_a_database_that_failed_is_asked_nothing_more() -> None:
    proved: list[str] = []
    with pytest.raises(Failed, match="lost"):
        move(lambda: proved.append("proved"), Failed("lost", code="connection_lost"))
    assert proved == []
