"""The words of codes: what a person reads for ``residence`` or ``damaged``, and may write.

JSON and its like keep the codes; tables, CSV and workbooks show the words.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from pcloud_cli.errors import UsageProblem
from pcloud_cli.i18n import N_, _, in_chinese
from pcloud_cli.models.approval import ApprovalState
from pcloud_cli.models.base import Mark
from pcloud_cli.models.house import AliasKind, HouseKind, OccupancyState
from pcloud_cli.models.imports import BatchState, RowStatus
from pcloud_cli.models.owner import IdType, OwnerKind, OwnershipKind, Sex
from pcloud_cli.models.owner_change import OwnerChangeState
from pcloud_cli.models.policy import PolicyState
from pcloud_cli.models.renumbering import RenumberingState
from pcloud_cli.output.columns import Row
from pcloud_cli.output.writer import Output
from pcloud_cli.sheets.values import Value

Words = Mapping[str, str]

HOUSE_KINDS: Words = {
    HouseKind.RESIDENCE: N_("residence"),
    HouseKind.VILLA: N_("villa"),
    HouseKind.SHOP: N_("shop"),
    HouseKind.OFFICE: N_("office"),
    HouseKind.STORAGE: N_("storage room"),
    HouseKind.OTHER: N_("other kind"),
}
OCCUPANCY: Words = {
    OccupancyState.UNSOLD: N_("unsold"),
    OccupancyState.SOLD: N_("sold, not handed over"),
    OccupancyState.VACANT: N_("vacant"),
    OccupancyState.DECORATING: N_("being decorated"),
    OccupancyState.OCCUPIED: N_("lived in by the owner"),
    OccupancyState.LET: N_("let"),
}
ALIASES: Words = {
    AliasKind.SALES: N_("sales number"),
    AliasKind.POLICE: N_("police door number"),
    AliasKind.FORMER: N_("former number"),
}
OWNER_KINDS: Words = {OwnerKind.PERSON: N_("person"), OwnerKind.COMPANY: N_("company")}
SEXES: Words = {Sex.MALE: N_("male"), Sex.FEMALE: N_("female")}
ID_TYPES: Words = {
    IdType.RESIDENT_ID: N_("resident ID card"),
    IdType.HKMT_PERMIT: N_("Hong Kong, Macao or Taiwan travel permit"),
    IdType.HKMT_RESIDENCE: N_("Hong Kong, Macao or Taiwan residence permit"),
    IdType.PASSPORT: N_("passport"),
    IdType.FOREIGN_RESIDENCE: N_("foreigner's permanent residence card"),
    IdType.USCC: N_("unified social credit code"),
    IdType.OFFICER: N_("officer's card"),
    IdType.OTHER: N_("other document"),
}
OWNERSHIP: Words = {
    OwnershipKind.SOLE: N_("sole owner"),
    OwnershipKind.JOINT: N_("joint owner"),
    OwnershipKind.SHARES: N_("owner by shares"),
}
BATCH_STATES: Words = {
    BatchState.LOADING: N_("loading"),
    BatchState.PENDING: N_("waiting for approval"),
    BatchState.APPROVED: N_("approved"),
    BatchState.REJECTED: N_("rejected"),
    BatchState.APPLIED: N_("applied"),
    BatchState.UNDONE: N_("taken back"),
    BatchState.FAILED: N_("failed"),
}
SEVERITIES: Words = {"error": N_("error"), "warning": N_("warning"), "info": N_("note")}
OWNER_CHANGES: Words = {
    OwnerChangeState.PENDING: N_("waiting for approval"),
    OwnerChangeState.APPLIED: N_("applied"),
    OwnerChangeState.REJECTED: N_("rejected"),
    OwnerChangeState.WITHDRAWN: N_("withdrawn"),
}
POLICY_STATES: Words = {
    PolicyState.PENDING: N_("waiting for approval"),
    PolicyState.APPROVED: N_("approved"),
    PolicyState.REJECTED: N_("rejected"),
    PolicyState.WITHDRAWN: N_("withdrawn"),
}
RENUMBERING: Words = {
    RenumberingState.PENDING: N_("waiting for approval"),
    RenumberingState.APPLIED: N_("applied"),
    RenumberingState.REJECTED: N_("rejected"),
}
ROW_STATUSES: Words = {
    RowStatus.NEW: N_("new"),
    RowStatus.CHANGED: N_("changed"),
    RowStatus.UNCHANGED: N_("unchanged"),
    RowStatus.CONFLICT: N_("conflict"),
    RowStatus.ERROR: N_("error"),
}
ROW_REASONS: Words = {
    "owner_differs": N_("the house belongs to somebody else here"),
    "owner_number_differs": N_("the owner has another ID number here"),
    "owner_renamed": N_("the ID number belongs to another name here"),
    "number_of_another": N_("the ID number belongs to somebody of another name"),
    "share_differs": N_("the owner has another share of the house here"),
    "house_resembles": N_("a house here differs in section or kind only"),
    "house_name_shared": N_("several houses are, or were, called this"),
    "field_edited": N_("our staff changed a field of it themselves"),
    "house_exists_now": N_("the house was made by others since the load"),
    "house_changed": N_("the house was changed by others since the load"),
    "owner_exists_now": N_("the owner was made by others since the load"),
    "owner_changed": N_("the owner was changed by others since the load"),
    "owned_now": N_("the house got an owner since the load"),
    "house_gone": N_("the house went with a batch that was taken back since the load"),
    "owner_gone": N_("the owner went with a batch that was taken back since the load"),
    "with_skipped": N_("it needs a house or an owner of a row that was left out"),
}
KEPT_KINDS: Words = {
    "house": N_("house"),
    "house_fields": N_("fields of a house"),
    "owner": N_("owner"),
    "owner_fields": N_("fields of an owner"),
    "ownership": N_("binding"),
    "owner_phone": N_("phone"),
    "emergency_contact": N_("emergency contact"),
    "family_member": N_("family member"),
    "agent": N_("agent"),
    "tenant": N_("tenant"),
    "vehicle": N_("vehicle"),
    "parking_right": N_("right to a parking space"),
}
"""What may stay when a batch is taken back."""
KEPT_REASONS: Words = {
    "by_import": N_("a later list wrote over it"),
    "edited": N_("staff changed it since"),
    "field_edited": N_("staff changed fields of it since"),
    "renumbered": N_("the house was renumbered since"),
    "named": N_("the house was given another name since"),
    "bound": N_("others bound an owner or a house to it"),
    "use_changed": N_("how the house is used was changed since"),
    "phone": N_("others gave the owner a phone"),
    "people": N_("others registered people for it"),
    "vehicle": N_("others registered a vehicle for it"),
    "parking": N_("others gave it a parking space"),
    "used": N_("others came to use it"),
    "with_kept": N_("it belongs to what is kept"),
    "not_recorded": N_("its former values are not known"),
}
"""Why."""
UNDO_STATES: Words = {
    ApprovalState.PENDING: N_("waiting for approval"),
    ApprovalState.APPROVED: N_("approved"),
    ApprovalState.REJECTED: N_("rejected"),
    ApprovalState.WITHDRAWN: N_("withdrawn"),
}
"""Where the question stands whether a batch is taken back."""
MARKS: Words = {
    Mark.PRESENT: N_("present"),
    Mark.MISSING: N_("missing"),
    Mark.DAMAGED: N_("damaged"),
    Mark.MASKED: N_("masked at source"),
    Mark.INVALID: N_("invalid"),
}


ALSO: Mapping[str, str] = {
    "phone": "来电 打电话 热线",
    "counter": "服务台 柜台 大厅",
    "patrol": "巡检 巡逻",
    "WeChat": "小程序 公众号",
    "tenant": "租客 承租人",
    "family member": "家属 家人",
    "decorator": "装修 装修工 装修公司",
    "somebody else": "其他 其它 别人",
}
"""What people write in place of a word, by its msgid."""


def understood(
    text: str, words: Words, option: str, judge: Callable[[str], Value] | None = None
) -> str:
    """Return the code that `text` means: the code itself, its word, or what a workbook may say.

    `judge` understands the words of workbooks (`sheets.values`), Chinese ones among them. Raises
    UsageProblem naming `option` and the choices.
    """
    wanted = text.strip().casefold()
    judged = judge(text).value if judge is not None else ""
    if judged in words:
        return judged
    for code, word in words.items():
        chinese = in_chinese(word).casefold()
        if wanted in (
            *(str(code), word.casefold(), _(word).casefold(), chinese),
            *ALSO.get(word, "").split(),
        ):
            return str(code)
    raise UsageProblem(
        _("{option} cannot be {value}.").format(option=option, value=repr(text)),
        hint=_("Choose one of: {choices}.").format(choices=listed(words)),
    )


def listed(words: Words) -> str:
    """Return the codes of `words` with their words, to choose from: what is read comes first."""
    return _(", ").join(
        _("{code} ({word})").format(code=code, word=_(word)) if _(word) != code else str(code)
        for code, word in words.items()
    )


OWNER_CODES: Mapping[str, Words] = {
    "kind": OWNER_KINDS,
    "sex": SEXES,
    "id_type": ID_TYPES,
    "id_status": MARKS,
    "ownership": OWNERSHIP,
}
"""Which columns of an owner's record hold codes of which words."""

_FOR_PEOPLE = ("table", "csv")


def word(code: str, words: Words) -> str:
    """Return what a person reads for `code`; the code itself where it has no word."""
    return _(words.get(code, code))


def for_output(out: Output, rows: Iterable[Row], columns: Mapping[str, Words]) -> Iterator[Row]:
    """Return `rows` as the format of `out` wants them: words for people, codes for programs."""
    return spoken(rows, columns) if out.format in _FOR_PEOPLE else iter(rows)


def spoken(rows: Iterable[Row], columns: Mapping[str, Words]) -> Iterator[Row]:
    """Yield `rows` with the codes in `columns` replaced by their words; lists item by item."""
    for row in rows:
        said = dict(row)
        for name, words in columns.items():
            said[name] = _word(said.get(name), words)
        yield said


def _word(value: Any, words: Words) -> Any:
    if isinstance(value, list):
        return [_word(item, words) for item in value]
    return _(words[value]) if value in words else value
