"""Who may not do what a command does is told so before its first question, not after the last."""

from __future__ import annotations

from collections.abc import Callable

from pcloud_cli.context import Context


def unless(*permissions: str) -> Callable[[Context], None]:
    """Return what refuses whoever does not hold one of `permissions` somewhere.

    For `before_asking` of a verb. Whether they may here, its service decides as ever.
    """

    def refuse(run: Context) -> None:
        from pcloud_cli.services import acting, permission

        with acting.as_caller(run) as (actor, work):
            permission.require_one_somewhere(actor, work, permissions)

    return refuse
