"""Text files: encodings, separators, quotes, and what is no text."""

from __future__ import annotations

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pcloud_cli.output.columns import Column
from pcloud_cli.output.writer import Output
from pcloud_cli.sheets import csv_text

TEXT = "楼栋,房号,姓名\n1栋,101,张三\n1栋,102,“李四”\n"


@pytest.mark.parametrize(
    "encoding",
    ["utf-8", "utf-8-sig", "gb18030", "gbk", "utf-16", "utf-16-le", "utf-32"],
)
def test_usual_encodings_are_recognised(encoding: str) -> None:
    text = TEXT if encoding != "utf-16-le" else "Room,Name\n101,Zhang\n"
    assert csv_text.decode(text.encode(encoding))[0] == text


@pytest.mark.parametrize(
    "data", [b"\x00\x01\x02\x03" * 40, b"a,b\n\x07\x08\xff\xff", b"\xff\xff\xff"]
)
def test_bytes_that_are_no_text_are_refused(data: bytes) -> None:
    with pytest.raises(csv_text.NotText):
        csv_text.decode(data)


@pytest.mark.parametrize("sign", [",", ";", "\t", "|"])
def test_the_separator_is_the_one_that_cuts_evenly(sign: str) -> None:
    text = "\n".join(
        sign.join(("楼栋", "房号", "姓名, 电话" if sign != "," else "姓名")) for _ in "abc"
    )
    assert csv_text.separator(text)[0] == sign


def test_a_line_that_names_the_separator_is_believed_and_is_no_row() -> None:
    text = "sep=;\r\na;b,c\r\n1;2\r\n"
    delimiter, skip = csv_text.separator(text)
    assert list(csv_text.rows(text, delimiter, skip)) == [["a", "b,c"], ["1", "2"]]


def test_line_ends_of_every_kind_and_quoted_line_breaks() -> None:
    assert list(csv_text.rows("a,b\rc,d\r", ",")) == [["a", "b"], ["c", "d"]]
    assert list(csv_text.rows('a,"b\nc"\r\n', ",")) == [["a", "b\nc"]]


def test_inert_prefixes_are_taken_off() -> None:
    assert list(csv_text.rows("'=1+1,'文字,=\"0012\",'+86\n", ",")) == [
        ["=1+1", "'文字", "0012", "+86"]
    ]


@given(
    st.lists(st.lists(st.text("楼1,;\t\"'\n a", max_size=6), min_size=2, max_size=4), min_size=1)
)
def test_rows_can_be_read_again_and_again(rows: list[list[str]]) -> None:
    text = "\n".join(",".join('"' + cell.replace('"', '""') + '"' for cell in row) for row in rows)
    assert list(csv_text.rows(text, ",")) == list(csv_text.rows(text, ","))


WRITTEN = st.one_of(
    st.text(st.characters(exclude_categories=["Cs", "Cc", "Cf", "Zl", "Zp"]), max_size=12),
    st.builds(
        "".join, st.tuples(st.sampled_from("'=+-@＝＋－＠\t\n"), st.text("a1=',\"", max_size=4))
    ),
)


@given(st.lists(WRITTEN, min_size=1, max_size=6))
def test_what_our_csv_made_inert_our_reader_gives_back(texts: list[str]) -> None:
    stream = io.StringIO(newline="")
    rows = [{"a": text, "b": "x"} for text in texts]
    out = Output(stdout=stream, stderr=stream, format_name="csv")
    out.rows(rows, [Column("a", "A"), Column("b", "B")])
    written = stream.getvalue().removeprefix("\ufeff")
    assert [row[0] for row in csv_text.rows(written, ",")][1:] == texts
    starts = [row[0][:1] for row in csv.reader(io.StringIO(written, newline=""))][1:]
    assert not set(starts) & set("=+-@＝＋－＠\t\r\n")


@pytest.mark.parametrize("text", ["=1+1", "+86 1", "-1", "@x", "\t=1", "\r\n=1", "＝1", "'x"])
def test_tsv_computes_nothing_either(text: str) -> None:
    stream = io.StringIO(newline="")
    out = Output(stdout=stream, stderr=stream, format_name="tsv")
    out.rows([{"a": text, "b": -5}], [Column("a", "A"), Column("b", "B")])
    cell, number = stream.getvalue().splitlines()[1].split("\t")
    assert cell[0] in "'\\"  # a prefix, or a control character that was escaped
    assert number == "-5"
