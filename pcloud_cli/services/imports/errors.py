"""A batch's problems, to be marked in the developer's own file, of which nothing is kept here."""

from __future__ import annotations

import json
from typing import Any, NamedTuple

from pcloud_cli.db.work import Work
from pcloud_cli.errors import Conflict
from pcloud_cli.i18n import _
from pcloud_cli.models.imports import BatchState
from pcloud_cli.services import permission
from pcloud_cli.services.actor import Actor
from pcloud_cli.services.imports import batches

_UNFINISHED = (BatchState.LOADING.value, BatchState.FAILED.value)


class BatchErrors(NamedTuple):
    """What is needed to mark a batch's file: how it is known again, and what was found in it.

    `sheets` are as `report.sheet_summary` gives them, `problems` as `report.problem_line`;
    `untold` counts the problems that were too many to be kept.
    """

    number: int
    file: str
    sha256: str
    sheets: list[dict[str, Any]]
    problems: list[dict[str, Any]]
    untold: int


def of_batch(actor: Actor, work: Work, reference: str) -> BatchErrors:
    """Return the problems of the batch `reference`. Raises NotAllowed, NotFound, Conflict."""
    permission.require_somewhere(actor, work, "import.read")
    batch = batches.batch_of(work, reference)
    permission.require(actor, work, "import.read", community_id=batch.community_id)
    if batch.state in _UNFINISHED:
        raise Conflict(
            _("Batch {number} was not loaded whole.").format(number=batch.number),
            hint=_("Run `pcloud import load` again with the same file."),
        )
    problems = list(batches.problems(actor, work, reference))
    found = sum(json.loads(batch.totals).get("problems", {}).values())
    return BatchErrors(
        number=batch.number,
        file=batch.file_name,
        sha256=batch.file_sha256.hex(),
        sheets=json.loads(batch.sheets),
        problems=problems,
        untold=max(0, found - len(problems)),
    )
