"""What somebody with all rights on the database, and without the key, does to it."""

from __future__ import annotations

from sqlalchemy import Engine, text

from pcloud_cli.db.engine import writer


def tamper(engine: Engine, *statements: str) -> None:
    """Take away what guards the trail, and run `statements`."""
    with writer(engine).begin() as connection:
        if engine.dialect.name == "sqlite":
            for name in ("update", "delete", "replace"):
                connection.execute(text(f"DROP TRIGGER IF EXISTS trail_event_no_{name}"))
        else:
            connection.execute(text("DROP TRIGGER IF EXISTS trail_event_refuse ON trail_event"))
        for statement in statements:
            connection.execute(text(statement))
