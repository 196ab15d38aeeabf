"""Understood rows become staged rows: compared, sealed for the live rows they will be, digested."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from operator import or_
from typing import Any

from pcloud_cli.db.work import Work
from pcloud_cli.ids import IdSource
from pcloud_cli.models.imports import RelatedKind
from pcloud_cli.services.imports.compare import Comparison
from pcloud_cli.services.imports.decisions import FIELD_OF
from pcloud_cli.services.imports.live import HOUSE_FACTS, Live
from pcloud_cli.services.imports.staged import (
    NUMBER_COLUMNS,
    ROW_COLUMNS,
    ROW_CONTENT,
    Digests,
    digest,
    row_digests,
)
from pcloud_cli.services.imports.usable import Usable, or_else, where
from pcloud_cli.services.imports.verdict import FIELD_EDITED, INSERT, Verdict
from pcloud_cli.sheets.messages import Rows
from pcloud_cli.sheets.problem_codes import CODES
from pcloud_cli.sheets.problems import Problem
from pcloud_cli.sheets.row import AGENT, ERROR, FAMILY, OK, REPEATED, TENANT, Other, Row, unpacked

_BLOCK = 1024
_SHEET, _ROW, _STATUS = (Row._fields.index(name) for name in ("sheet", "row", "status"))
_KEY = Row._fields.index("house_key")
_COLUMN_OF = {"state": "house_state"}
"""Where a field of a house has another name in `import_row`."""
_RANK = {"unchanged": 0, "new": 1, "changed": 2, "conflict": 3}


class Stager:
    """Turns chunks of understood rows into tuples for `import_row` and `import_related`.

    Keeps the digests of everything staged, and the totals by workbook row.
    """

    def __init__(
        self, work: Work, community_id: bytes, batch_id: bytes, *, as_new: bool = False
    ) -> None:
        keys = work.keys
        cipher, index = keys.field_cipher(), keys.blind_index()
        self._community = community_id
        self._batch = batch_id
        self._new_id = _drawn(work.ids)
        self.live = live = Live(work.session, community_id)
        self._aliased = live.aliased
        self.compare = Comparison(live, self._new_id, as_new=as_new)
        self._seal_number = cipher.column_sealer("owner", "id_number_sealed")
        self._seal_birth = cipher.column_sealer("owner", "birth_sealed")
        self._seal_phone = cipher.column_sealer("owner_phone", "number_sealed")
        self._seal_remark = cipher.column_sealer("house", "remark_sealed")
        self._cipher = cipher
        self._number_index = index.maker("id_number")
        self._phone_index = index.maker("phone")
        self._plate_index = index.maker("plate")
        self._number_indexes = index.column("id_number")
        self._phone_indexes = index.column("phone")
        self._remark_indexes = index.column("remark")
        self._older = [other for other in keys.blind_indexes() if other is not index]
        self._seq = 0
        self._related_seq = 0
        self.digests = Digests()
        self.totals: Counter[str] = Counter()
        self.conflicts: list[Problem] = []
        self.numbers: dict[bytes, dict[str, Any]] = {}
        """ID numbers to fill in at the end, by owner (`staged.fill_numbers`)."""
        self.kept_out: set[str] = set()
        """Keys of houses that the file names in rows which are not staged."""
        self._row_at: tuple[int, int] | None = None
        self._row_status = ""

    def stage(
        self, rows: Rows, sheets: dict[int, str]
    ) -> tuple[list[Sequence[Any]], list[tuple[Any, ...]]]:
        """Return what to insert for `rows`: `import_row` by column in the order of `ROW_COLUMNS`,
        and tuples of `import_related`.

        Rows that the reader kept out or that repeat an earlier one are not staged.
        """
        if ERROR in rows.columns[_STATUS]:
            self._note_kept_out(rows)
        usable = Usable(rows, self._indexed)
        verdicts = self._judged(rows, usable, sheets)
        if not verdicts:
            return [[] for _name in ROW_COLUMNS], []
        first = self._seq + 1
        self._seq += len(verdicts)
        staged = self._staged(usable, verdicts, first, sheets)
        if self.compare.filled:
            self._note_numbers(staged)
        content = [staged[name] for name in ROW_CONTENT]
        marks = row_digests(content)
        self.digests.rows += b"".join(marks)
        staged |= {"digest": marks, "outcome": [None] * len(marks)}
        related: list[tuple[Any, ...]] = []
        for at in usable.bringing():
            if verdicts[at].conflict in (None, FIELD_EDITED):
                related.extend(self._related(usable.row(at), verdicts[at], first + at))
        return [staged[name] for name in ROW_COLUMNS], related

    def _note_numbers(self, staged: dict[str, Sequence[Any]]) -> None:
        """Keep the ID numbers that belong to owners whom earlier rows bring without."""
        filled = self.compare.filled
        for at, owner_id in enumerate(staged["owner_id"]):
            if owner_id in filled and staged["id_number_sealed"][at] is not None:
                self.numbers[owner_id] = {name: staged[name][at] for name in NUMBER_COLUMNS}
                filled.remove(owner_id)

    def statuses(self, rows: Rows, sheets: dict[int, str]) -> list[str]:
        """Return the status of each of `rows` as staging would give it, sealing nothing."""
        verdicts = iter(self._judged(rows, Usable(rows, self._indexed), sheets))
        return [
            next(verdicts).status if said == OK else ERROR if said == ERROR else "unchanged"
            for said in rows.columns[_STATUS]
        ]

    def _indexed(self, columns: dict[str, Sequence[Any]]) -> dict[str, list[bytes | None]]:
        """Return the blind indexes of the columns that are compared by them."""
        found = {
            "id_number": self._number_indexes(columns["id_number"]),
            "phone": self._phone_indexes(columns["phone"]),
            "remark": self._remark_indexes(columns["remark"]),
        }
        if self._older:
            # while the search key is being replaced, what is there may have the older one's
            self.live.spelt = {
                old: new
                for other in self._older
                for kind, indexes in found.items()
                for old, new in zip(other.column(kind)(columns[kind]), indexes, strict=True)
                if old is not None and new is not None
            }
        return found

    def _judged(self, rows: Rows, usable: Usable, sheets: dict[int, str]) -> list[Verdict]:
        """Compare the usable rows, count all of them, and note what is to be told."""
        incoming = usable.incoming()
        self.compare.prepare(incoming)
        verdicts = self.compare.judge_all(incoming)
        self._count(rows, verdicts)
        if self._aliased:
            for at, key in enumerate(incoming):
                if key.house_key in self._aliased:
                    self._note(usable.row(at), "house_by_alias", "room", sheets)
        for at, verdict in enumerate(verdicts):
            if verdict.conflict is not None:
                for name in verdict.fields or ("owner_name",):
                    self._note(usable.row(at), verdict.conflict, FIELD_OF.get(name, name), sheets)
        return verdicts

    def _note_kept_out(self, rows: Rows) -> None:
        statuses, keys = rows.columns[_STATUS], rows.columns[_KEY]
        for said, key in zip(statuses, keys, strict=True):
            if said == ERROR and key:
                self.kept_out.add(key)

    def finish(self) -> None:
        """Close the count of the last workbook row."""
        if self._row_at is not None:
            self.totals[self._row_status] += 1
            self._row_at = None

    def _staged(
        self, usable: Usable, verdicts: list[Verdict], first: int, sheets: dict[int, str]
    ) -> dict[str, Sequence[Any]]:
        """Return the columns of `import_row` but for digest and outcome, by name."""
        said, indexes = usable.said, usable.indexes
        (
            status, house_id, house_action, house_version, owner_id, owner_action, owner_version,
            adds_phone, binds, conflict, _fields,
        ) = zip(*verdicts, strict=True)  # fmt: skip
        new_id = self._new_id
        count = len(verdicts)
        numbers = said["id_number"]
        number = self._seal_number(owner_id, numbers)
        births = said["birth"]
        # a birth that an ID number tells is not kept twice
        apart = [None if known else birth for birth, known in zip(births, numbers, strict=True)]
        # what is at odds is only shown to who decides: its phone has no index, and is not applied
        odd = any(conflict)
        told = [*map(or_, adds_phone, map(bool, conflict))] if odd else adds_phone
        phone_id = [
            new_id() if wanted and phone else None
            for wanted, phone in zip(told, said["phone"], strict=True)
        ]
        ownership_id = [new_id() if bound else None for bound in binds]
        shared = [own or why for own, why in zip(ownership_id, conflict, strict=True)]
        names = [sheets[index] for index in said["sheet"]]
        return {
            "batch_id": [self._batch] * count,
            "seq": range(first, first + count),
            "sheet": names,
            "row_no": said["row"],
            "owner_no": said["owner_no"],
            "status": status,
            "problems": conflict,
            "house_id": house_id,
            "house_action": house_action,
            "house_version": house_version,
            "house_key": said["house_key"],
            "section": or_else(said["section"], ""),
            "building": or_else(said["building"], ""),
            "unit": or_else(said["unit"], ""),
            "room": or_else(said["room"], ""),
            "house_kind": or_else(said["house_kind"], "residence"),
            **{
                _COLUMN_OF.get(name, name): column
                for name, column in zip(HOUSE_FACTS, usable.fields, strict=True)
            },
            "remark_sealed": self._seal_remark(house_id, said["remark"]),
            "remark_index": indexes["remark"],
            "owner_id": owner_id,
            "owner_action": owner_action,
            "owner_version": owner_version,
            "owner_kind": where(owner_id, said["owner_kind"]),
            "owner_name": said["owner_name"],
            "owner_name_key": or_else(said["owner_name_key"], None),
            "sex": or_else(said["sex"], None),
            "birth_month": [birth[:7] if birth else None for birth in births],
            "birth_sealed": self._seal_birth(owner_id, apart),
            "id_type": or_else(said["id_type"], None),
            "id_number_sealed": number,
            "id_number_index": indexes["id_number"],
            "id_status": said["id_status"],
            "owner_number": or_else(said["owner_number"], None),
            "phone_id": phone_id,
            "phone_sealed": self._seal_phone(phone_id, said["phone"]),
            "phone_index": [
                index if adds else None
                for adds, index in zip(adds_phone, indexes["phone"], strict=True)
            ],
            "phone_status": said["phone_status"],
            "ownership_id": ownership_id,
            "ownership_kind": where(ownership_id, or_else(said["ownership_kind"], "sole")),
            "share_numerator": where(shared, said["share_numerator"]),
            "share_denominator": where(shared, said["share_denominator"]),
        }

    def _related(self, row: Row, verdict: Verdict, seq: int) -> Iterable[tuple[Any, ...]]:
        owner_id = verdict.owner_id
        fresh = verdict.binds or verdict.owner_action == INSERT
        if owner_id is not None and fresh:
            for position, number in enumerate(row.more_phones or (), 1):
                yield self._one(
                    RelatedKind.PHONE,
                    verdict,
                    seq,
                    "owner_phone",
                    phone=number,
                    phone_column="number_sealed",
                    position=position,
                )
            if row.emergency_name or row.emergency_phone:
                yield self._one(
                    RelatedKind.EMERGENCY,
                    verdict,
                    seq,
                    "emergency_contact",
                    name=row.emergency_name or "",
                    phone=row.emergency_phone,
                )
            if row.family:
                yield self._one(RelatedKind.FAMILY, verdict, seq, "family_member", name=row.family)
            for plate in row.plate.split("、") if row.plate else ():
                yield self._one(RelatedKind.VEHICLE, verdict, seq, "vehicle", plate=plate)
        for packed in row.others or ():
            other = unpacked(packed)
            # who lives in a house that is known already is for its own change, not for a list
            wanted = verdict.house_version is None if other.kind != AGENT else fresh
            if wanted:
                yield self._other(verdict, seq, other)
        if row.owner_no <= 1 and verdict.house_action == INSERT:
            if row.tenant:
                yield self._one(RelatedKind.TENANT, verdict, seq, "tenant", name=row.tenant)
            if row.parking:
                yield self._one(
                    RelatedKind.PARKING, verdict, seq, "parking_right", extra=row.parking
                )

    def _other(self, verdict: Verdict, seq: int, other: Other) -> tuple[Any, ...]:
        """Return the tuple for a tenant, a relative or an agent; only a tenant's ID number is
        kept."""
        return self._one(
            RelatedKind(other.kind),
            verdict,
            seq,
            "family_member" if other.kind == FAMILY else other.kind,
            name=other.name,
            phone=other.phone or None,
            id_number=other.id_number if other.kind == TENANT else None,
            said=(
                (other.relation or None, other.sex or None, other.birth[:7] or None)
                if other.kind == FAMILY
                else (None, None, None)
            ),
        )

    def _one(
        self,
        kind: RelatedKind,
        verdict: Verdict,
        seq: int,
        table: str,
        *,
        name: str | None = None,
        phone: str | None = None,
        phone_column: str = "phone_sealed",
        plate: str | None = None,
        position: int | None = None,
        extra: str | None = None,
        id_number: str | None = None,
        said: tuple[str | None, str | None, str | None] = (None, None, None),
    ) -> tuple[Any, ...]:
        target = self._new_id()
        seal = self._cipher.seal
        extra_sealed = extra_index = None
        if plate:
            extra_sealed = seal(table, "plate_sealed", target, plate)
            extra_index = self._plate_index(plate)
        elif id_number:
            extra_sealed = seal(table, "id_number_sealed", target, id_number)
            extra_index = self._number_index(id_number)
        self._related_seq += 1
        content = (
            self._batch,
            self._related_seq,
            seq,
            kind.value,
            target,
            verdict.owner_id,
            verdict.house_id,
            position,
            None if name is None else seal(table, "name_sealed", target, name),
            seal(table, phone_column, target, phone) if phone else None,
            self._phone_index(phone) if phone else None,
            extra,
            extra_sealed,
            extra_index,
            *said,
        )
        mark = digest(content)
        self.digests.related += mark
        return (*content, mark)

    def _count(self, rows: Rows, verdicts: list[Verdict]) -> None:
        """Count workbook rows by the gravest status among the owners they name."""
        judged = iter(verdicts)
        statuses = [
            next(judged).status if said == OK else "unchanged" if said == REPEATED else ""
            for said in rows.columns[_STATUS]
        ]
        present, status = self._row_at, self._row_status
        totals = self.totals
        for at, each in zip(
            zip(rows.columns[_SHEET], rows.columns[_ROW], strict=True), statuses, strict=True
        ):
            if not each:
                continue
            if at != present:
                if present is not None:
                    totals[status] += 1
                present, status = at, each
            elif _RANK[each] > _RANK[status]:
                status = each
        self._row_at, self._row_status = present, status

    def _note(self, row: Row, code: str, field: str, sheets: dict[int, str]) -> None:
        self.conflicts.append(
            Problem(
                sheet=sheets[row.sheet],
                row=row.row,
                column="",
                field=field,
                code=code,
                severity=CODES[code][0] if code in CODES else "warning",
                value="",
                params={},
            )
        )


def _drawn(ids: IdSource) -> Callable[[], bytes]:
    """Return what gives ids one by one from blocks: drawing each alone costs four times that."""

    def blocks() -> Iterator[bytes]:
        while True:
            yield from ids.take(_BLOCK)

    return blocks().__next__
