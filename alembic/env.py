"""How Alembic reaches the database and the models.

`pcloud_cli.db.migrate` hands over a connection that is already in its transaction. From the
command line the address comes from ``-x url=…``, then PCLOUD_DATABASE; without either, a
temporary SQLite file that has every migration, which is what ``alembic check`` wants.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any, Literal

from alembic.autogenerate.api import AutogenContext
from sqlalchemy import Connection, Numeric
from sqlalchemy.types import TypeEngine

from alembic import context
from pcloud_cli.db import migrate
from pcloud_cli.db.engine import make_engine
from pcloud_cli.db.types import Exact, Moment
from pcloud_cli.models.registry import metadata

_UPGRADE = """
import sys
from pcloud_cli.db import engine, migrate
migrate.upgrade(engine.make_engine(sys.argv[1]))
"""


def render_item(kind: str, item: Any, _context: AutogenContext) -> str | Literal[False]:
    """Write our own types into a migration as what they are today."""
    if kind == "type" and isinstance(item, Moment):
        return 'sa.DateTime(timezone=True).with_variant(sa.String(26), "sqlite")'
    if kind == "type" and isinstance(item, Exact):
        return f"sa.Numeric({item.precision}, {item.scale})"
    return False


def compare_type(
    _context: Any,
    _inspected: Any,
    _metadata: Any,
    inspected_type: TypeEngine[Any],
    metadata_type: TypeEngine[Any],
) -> bool | None:
    """Compare numbers by their digits; leave the rest to Alembic."""
    if isinstance(metadata_type, Exact) and isinstance(inspected_type, Numeric):
        found = (inspected_type.precision, inspected_type.scale)
        return found != (metadata_type.precision, metadata_type.scale)
    return None


def run(connection: Connection) -> None:
    """Run what was asked for, in the connection's own transaction."""
    context.configure(
        connection=connection,
        target_metadata=metadata,
        render_as_batch=False,
        transactional_ddl=True,
        render_item=render_item,
        compare_type=compare_type,
    )
    with context.begin_transaction():
        context.run_migrations()


def from_command_line() -> None:
    """Run on the database that the command line or the environment names."""
    arguments = context.get_x_argument(as_dictionary=True)
    url = arguments.get("url") or os.environ.get("PCLOUD_DATABASE")
    if url:
        engine = make_engine(url)
        migrate.run_locked(engine, run)
        engine.dispose()
        return
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{Path(folder) / 'check.db'}"
        # in a process of its own: Alembic cannot run inside itself
        subprocess.run([sys.executable, "-c", _UPGRADE, url], check=True)
        engine = make_engine(url)
        migrate.run_locked(engine, run)
        engine.dispose()


given = context.config.attributes.get("connection")
if given is None:
    from_command_line()
else:
    run(given)
