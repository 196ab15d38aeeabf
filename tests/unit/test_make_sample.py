"""The made-up workbook is what it says: valid where it is clean, odd where its manifest says so."""

from __future__ import annotations

import csv
import json
from collections import Counter
from datetime import datetime
from itertools import islice
from pathlib import Path
from random import Random

import openpyxl
import pytest

from pcloud_cli.sheets.identity import judge_id
from pcloud_cli.sheets.phone import judge_phone
from scripts.inside import make_sample
from scripts.inside.sample.kinds import KINDS
from scripts.inside.sample.usual import HEADERS, ODDITIES, Row, Usual
from scripts.inside.sample.xlsx import write_xlsx

ID, PHONE, NAME = (HEADERS.index(name) for name in ("身份证号", "联系电话", "业主姓名"))
EXPECTED = {
    "id_full_width": "present",
    "id_spaced": "present",
    "id_hyphened": "present",
    "id_lower_x": "present",
    "id_cyrillic_x": "present",
    "id_15": "present",
    "id_checksum": "invalid",
    "id_as_number": "damaged",
    "id_masked": "masked",
    "id_promised": "missing",
    "id_slash": "missing",
    "id_ones": "missing",
    "id_blank": "missing",
}


def make(folder: Path, *arguments: str, name: str = "list.xlsx") -> Path:
    """Make a sample below `folder` and return its file."""
    path = folder / name
    assert make_sample.main(["--out", str(path), "--quiet", *arguments]) == 0
    return path


def test_same_seed_same_file_to_the_byte(tmp_path: Path) -> None:
    """A figure measured on one machine can be measured again on another."""
    first = make(tmp_path, "--rows", "300", "--seed", "5", name="a.xlsx").read_bytes()
    assert make(tmp_path, "--rows", "300", "--seed", "5", name="b.xlsx").read_bytes() == first
    assert make(tmp_path, "--rows", "300", "--seed", "6", name="c.xlsx").read_bytes() != first


def test_clean_people_have_valid_numbers() -> None:
    """Check digits are computed, not drawn."""
    for row in Usual(Random(3), 1000, dirty=False):
        if row.cells[NAME] is None:
            assert "unsold" in row.oddities
            continue
        number, phone = row.cells[ID], row.cells[PHONE]
        assert isinstance(number, str)
        assert isinstance(phone, str)
        assert judge_id(number, str(row.cells[HEADERS.index("证件类型")])).status == "present"
        assert judge_phone(phone).status == "present"


def test_every_oddity_is_in_a_usual_workbook() -> None:
    """2,000 rows are enough to meet each kind of dirt."""
    met = Counter(code for row in Usual(Random(1), 2000) for code in row.oddities)
    assert set(met) == set(ODDITIES)


@pytest.mark.parametrize(("code", "status"), EXPECTED.items())
def test_spoilt_id_numbers_are_judged_as_their_kind(code: str, status: str) -> None:
    """What the manifest calls an oddity is one for the import too."""
    rows = [row for row in Usual(Random(2), 2000) if code in row.oddities]
    assert rows
    for row in rows:
        cell = row.cells[ID]
        assert cell is None or isinstance(cell, str | float)
        assert judge_id(cell).status == status


def test_rows_are_drawn_one_by_one() -> None:
    """A million rows take no more memory than five."""
    assert len(list(islice(Usual(Random(1), 10**9), 5))) == 5


def test_workbook_holds_the_rows_with_their_types(tmp_path: Path) -> None:
    """Text stays text, numbers numbers, dates dates."""
    path = make(tmp_path, "--rows", "400", "--seed", "9")
    sheet = openpyxl.load_workbook(path).active
    assert sheet is not None
    got = [
        [cell.date() if isinstance(cell, datetime) else cell for cell in row]
        for row in sheet.iter_rows(values_only=True)
    ]
    assert got == [list(HEADERS), *(row.cells for row in KINDS["usual"].rows(Random(9), 400))]


def test_signs_of_markup_and_blanks_survive(tmp_path: Path) -> None:
    """A name may hold what XML uses."""
    texts = ["<b>&amp;", " 张 三 ", "a  b", "李\n四", "\"'"]
    write_xlsx(tmp_path / "a.xlsx", "甲&乙", [(text, 9) for text in texts], [Row([*texts], ())])
    sheet = openpyxl.load_workbook(tmp_path / "a.xlsx")["甲&乙"]
    assert [list(row) for row in sheet.iter_rows(values_only=True)] == [texts, texts]


def test_manifest_names_the_rows(tmp_path: Path) -> None:
    """The manifest counts rows as the sheet does, the header being row 1."""
    manifest = tmp_path / "list.json"
    make(tmp_path, "--rows", "500", "--manifest", str(manifest))
    told = json.loads(manifest.read_text(encoding="utf-8"))
    rows = list(Usual(Random(1), 500))
    assert told["rows"] == {
        str(number): list(row.oddities) for number, row in enumerate(rows, 2) if row.oddities
    }
    assert told["counts"] == dict(Counter(code for row in rows for code in row.oddities))
    assert told["total"] == 500


@pytest.mark.parametrize(
    ("name", "encoding"), [("a.csv", "utf-8-sig"), ("a.gb18030.csv", "gb18030")]
)
def test_csv_in_both_encodings(tmp_path: Path, name: str, encoding: str) -> None:
    """The file's name chooses what Chinese spreadsheet programs save."""
    path = make(tmp_path, "--rows", "300", name=name)
    with path.open(encoding=encoding, newline="") as stream:
        rows = list(csv.reader(stream))
    assert rows[0] == list(HEADERS)
    assert len(rows) == 301


def test_no_rows_and_no_leftovers(tmp_path: Path) -> None:
    """An empty list is a header alone; the half-written file never stays."""
    make(tmp_path, "--rows", "0")
    assert [path.name for path in tmp_path.iterdir()] == ["list.xlsx"]


@pytest.mark.parametrize("arguments", [["--rows", "1048576"], ["--rows", "-1"]])
def test_impossible_numbers_of_rows_are_refused(tmp_path: Path, arguments: list[str]) -> None:
    """A sheet has an end."""
    with pytest.raises(SystemExit) as refused:
        make_sample.main(["--out", str(tmp_path / "a.xlsx"), *arguments])
    assert refused.value.code == 2
