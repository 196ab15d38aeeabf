"""Checking workbooks: alone, or against what a community has already. Nothing is stored."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TextIO

from pcloud_cli.db.work import Work
from pcloud_cli.services import community, permission, trail
from pcloud_cli.services.actor import Actor
from pcloud_cli.services.imports.stage import Stager
from pcloud_cli.sheets.messages import Rows
from pcloud_cli.sheets.report import CheckResult, Following, check_file, problem_line


def against(
    actor: Actor,
    work: Work,
    source: Path | int,
    *,
    name: str,
    reference: str,
    mapping: Mapping[str, str] | None = None,
    rows: TextIO | None = None,
    clear: bool = False,
    today: str = "",
    strict: bool = False,
    password: str | None = None,
    following: Following = lambda messages: messages,
) -> CheckResult:
    """Judge a workbook and compare it with the community `reference` as loading would.

    `source` is a path or a descriptor, `name` what the result calls the file; `following` is as
    for `check_file`.
    The totals new, changed, unchanged and conflicts are counted; conflicts join the problems.
    That registers were compared is witnessed (2.3.3). Raises NotAllowed and NotFound.
    """
    permission.require_somewhere(actor, work, "import.check")
    place = community.resolve(work, reference)
    permission.require(actor, work, "import.check", community_id=place.id)
    stager = Stager(work, place.id, bytes(16))

    def compare(batch: Rows, sheets: dict[int, str]) -> list[str]:
        return stager.statuses(batch, sheets)

    found = check_file(
        source,
        name=name,
        mapping=mapping,
        rows=rows,
        clear=clear,
        compare=compare,
        today=today,
        strict=strict,
        password=password,
        following=following,
    )
    stager.finish()
    trail.witnessed(
        actor,
        work,
        "import.check",
        object_type="community",
        object_id=place.id,
        community_id=place.id,
        detail={"file_sha256": found.sha256, "rows": found.totals["rows"]},
    )
    if found.error is not None:
        return found
    totals = found.totals | {
        "new": stager.totals["new"],
        "changed": stager.totals["changed"],
        "unchanged": stager.totals["unchanged"],
        "conflicts": stager.totals["conflict"],
    }
    problems = [*found.problems, *(problem_line(each) for each in stager.conflicts)]
    return found._replace(totals=totals, problems=problems)
