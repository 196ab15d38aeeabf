"""What our own tables cost by themselves: rows that are staged already, staged and moved once more.

    own_tables.py WORKBOOK TARGET SOURCE

SOURCE is a database in which the workbook was loaded, TARGET one in which nobody was. Nothing is
judged, compared, sealed, proven or written to the trail: the cells are read as the floor reads
them, the tuples that SOURCE holds go to TARGET as loading sends them, and applying's statements
run over them, each part committed as durably as ours. Reading and staging have a core each, so
only the longer of them counts.
"""

import json
import sys
import time
from collections.abc import Callable
from typing import Any

from python_calamine import CalamineWorkbook
from sqlalchemy import Engine, Select, select
from sqlalchemy.orm import Session

from pcloud_cli.clock import SystemClock
from pcloud_cli.db.bulk import insert_columns, insert_rows, make_room
from pcloud_cli.db.engine import make_engine, reader, writer
from pcloud_cli.models.community import Building, Unit
from pcloud_cli.models.imports import ImportBatch, ImportRow
from pcloud_cli.services.imports.load import PART
from pcloud_cli.services.imports.staged import ROW_COLUMNS
from pcloud_cli.services.imports.statements import STATEMENTS, run_each

_BLOCK = 500
_OF_A_FIRST_LIST = ("houses", "occupancies", "owners", "phones", "ownerships")
_PLACES = {
    Building: ("id", "community_id", "section_name", "name", "batch_id"),
    Unit: ("id", "community_id", "building_id", "name", "batch_id"),
}
_Tuples = list[tuple[Any, ...]]


def main(book: str, target: str, source: str) -> None:
    """Print as JSON the seconds of reading, staging and moving, and what counts of them."""
    with Session(reader(make_engine(source))) as session:
        batch = session.execute(select(ImportBatch.id, ImportBatch.community_id)).one()
        staged = _all(session, select(*(getattr(ImportRow, name) for name in ROW_COLUMNS)))
        places = {
            model: _all(session, select(*(getattr(model, name) for name in names)))
            for model, names in _PLACES.items()
        }
    engine = writer(make_engine(target))
    seconds = {
        "reading": _timed(lambda: _read(book)),
        "staging": _timed(lambda: _stage(engine, staged)),
        "moving": _timed(lambda: _move(engine, batch.id, batch.community_id, places)),
    }
    counted = max(seconds["reading"], seconds["staging"]) + seconds["moving"]
    print(json.dumps({**seconds, "seconds": counted}))


def _all(session: Session, query: Select[Any]) -> _Tuples:
    return [tuple(row) for row in session.execute(query)]


def _timed(work: Callable[[], None]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def _read(book: str) -> None:
    for _row in CalamineWorkbook.from_path(book).get_sheet_by_index(0).iter_rows():
        pass


def _stage(engine: Engine, staged: _Tuples) -> None:
    for start in range(0, len(staged), PART):
        part = staged[start : start + PART]
        blocks = (
            list(zip(*part[at : at + _BLOCK], strict=True)) for at in range(0, len(part), _BLOCK)
        )
        with Session(engine) as session:
            insert_columns(session, ImportRow, ROW_COLUMNS, blocks)
            session.commit()


def _move(engine: Engine, batch_id: bytes, community_id: bytes, places: dict[Any, _Tuples]) -> None:
    wanted = {name: STATEMENTS[name] for name in _OF_A_FIRST_LIST}
    with Session(engine) as session:
        make_room(session)
        for model, rows in places.items():
            insert_rows(session, model, _PLACES[model], rows)
        run_each(session.connection(), wanted, batch_id, community_id, SystemClock().now())
        session.commit()


if __name__ == "__main__":
    main(*sys.argv[1:])
