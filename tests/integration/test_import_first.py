"""A community's first list is compared without looking: with the same outcome as by looking."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pcloud_cli.db.work import Work
from pcloud_cli.services.imports.compare import Comparison
from pcloud_cli.services.imports.live import HOUSE_FACTS, Live
from pcloud_cli.services.imports.verdict import Incoming, Verdict

INCOMING = st.builds(
    Incoming,
    house_key=st.sampled_from(["|1|1|101|", "|1|1|102|", "|1|1|103|"]),
    house_fields=st.just((None,) * len(HOUSE_FACTS)),
    remark_index=st.none(),
    name_key=st.sampled_from([None, "王小明", "王小明", "李主管"]),
    number_index=st.sampled_from([None, None, b"1", b"2"]),
    phone_index=st.sampled_from([None, b"7", b"8"]),
    sex=st.none(),
    owner_number=st.none(),
    id_type=st.sampled_from([None, "passport"]),
    share=st.none(),
)


def ids() -> Iterator[bytes]:
    count = 0
    while True:
        count += 1
        yield count.to_bytes(16, "big")


def verdicts(comparison: Comparison, chunks: list[list[Incoming]]) -> list[Verdict]:
    found: list[Verdict] = []
    for chunk in chunks:
        comparison.prepare(chunk)
        found += comparison.judge_all(chunk)
    return found


@settings(max_examples=200, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=st.lists(INCOMING, min_size=1, max_size=12), cut=st.integers(0, 12))
def test_the_first_rows_of_a_community_are_judged_as_if_it_had_been_looked_through(
    opened: Callable[[], AbstractContextManager[Work]], rows: list[Incoming], cut: int
) -> None:
    chunks = [part for part in (rows[:cut], rows[cut:]) if part]
    with opened() as work:
        quick, careful = (
            Comparison(Live(work.session, bytes(16)), ids().__next__) for _time in range(2)
        )
        assert careful.live.empty
        careful.live.empty = False
        assert verdicts(quick, chunks) == verdicts(careful, chunks)
        assert quick.filled == careful.filled
