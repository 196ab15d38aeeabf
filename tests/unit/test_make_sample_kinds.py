"""Each layout that make_sample knows is read as a careful person would read it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from pcloud_cli.sheets.messages import Done, Problems, Rows, Sheet
from pcloud_cli.sheets.number_map import read_number_map
from pcloud_cli.sheets.read import read_workbook
from pcloud_cli.sheets.row import Row
from scripts.inside import make_sample
from scripts.inside.sample.contents import CONTENTS
from scripts.inside.sample.layouts import LAYOUTS

WHOLE = [kind for kind in (*LAYOUTS, *CONTENTS) if kind != "renumbering"]
SAID = {
    "hidden": {"hidden_rows", "hidden_sheet"},
    "addresses": {
        *("house_date_damage", "house_number_damage", "house_unclear", "house_no_room"),
    },
    "documents": {
        *("id_damaged", "id_masked", "id_checksum", "id_placeholder"),
        *("phone_masked", "phone_placeholder", "phone_invalid", "plate_invalid"),
    },
}
"""What a kind gives cause to warn of, beside owners without a name."""


@pytest.mark.parametrize("kind", WHOLE)
def test_every_home_and_owner_of_a_layout_is_found(tmp_path: Path, kind: str) -> None:
    path, manifest = tmp_path / "list.xlsx", tmp_path / "list.json"
    arguments = ["--out", str(path), "--kind", kind, "--rows", "70", "--quiet"]
    assert make_sample.main([*arguments, "--manifest", str(manifest)]) == 0
    told = json.loads(manifest.read_text(encoding="utf-8"))
    homes = told["homes"]
    expected = {
        (str(home["building"]), home["unit"].removesuffix("单元"), home["room"]): home["owners"]
        for home in homes
    }
    assert len(expected) == len(homes) >= 67
    refused = 0
    found: dict[tuple[str, str, str], list[str]] = {}
    codes: set[str] = set()
    for message in read_workbook(path):
        if isinstance(message, Problems):
            codes |= {p.code for p in message.problems if p.severity != "info"}
        elif isinstance(message, Rows):
            for row in (Row(*each) for each in message.rows):
                if row.status == "error":
                    refused += 1
                    continue
                assert row.status == "ok", row
                place = (row.building or "", row.unit or "", row.room or "")
                people = found.setdefault(place, [])
                if row.owner_name:
                    people.append(row.owner_name)
        elif isinstance(message, Sheet):
            assert message.read == (message.name != "说明")
    assert found == expected
    assert refused == told["refused"]
    assert codes - {"name_missing"} == SAID.get(kind, set())


def test_what_is_no_data_is_counted(tmp_path: Path) -> None:
    path = tmp_path / "list.xlsx"
    make_sample.main(["--out", str(path), "--kind", "titles", "--rows", "30", "--quiet"])
    (done,) = [message for message in read_workbook(path) if isinstance(message, Done)]
    assert done.left_out == {0: {"blank": 1, "totals": 2, "notes": 2}}


def test_same_seed_same_layout_to_the_byte(tmp_path: Path) -> None:
    files = [tmp_path / name for name in ("a.xlsx", "b.xlsx")]
    for file in files:
        make_sample.main(["--out", str(file), "--kind", "co-owners", "--rows", "40", "--quiet"])
    assert files[0].read_bytes() == files[1].read_bytes()


def test_a_layout_is_made_as_xlsx_alone(tmp_path: Path) -> None:
    with pytest.raises(SystemExit):
        make_sample.main(["--out", str(tmp_path / "a.csv"), "--kind", "blocks"])


def test_a_list_sent_again_is_the_first_one_with_changes(tmp_path: Path) -> None:
    read: dict[str, dict[tuple[str, ...], tuple[float, list[str]]]] = {}
    for kind in ("sent", "resent"):
        path, manifest = tmp_path / f"{kind}.xlsx", tmp_path / f"{kind}.json"
        arguments = ["--out", str(path), "--kind", kind, "--rows", "80", "--quiet"]
        make_sample.main([*arguments, "--manifest", str(manifest)])
        homes = json.loads(manifest.read_text(encoding="utf-8"))["homes"]
        read[kind] = {
            (str(home["building"]), home["unit"], home["room"]): (home["area"], home["owners"])
            for home in homes
        }
    before, after = read["sent"], read["resent"]
    both = before.keys() & after.keys()
    assert len(before.keys() - both) == 6  # missing from the second
    assert len(after.keys() - both) == 3  # new in it
    assert sum(before[home][0] != after[home][0] for home in both) == 11
    assert any(before[home][1] != after[home][1] for home in both)


def test_old_and_new_numbers_are_read_as_such(tmp_path: Path) -> None:
    path = tmp_path / "numbers.xlsx"
    make_sample.main(["--out", str(path), "--kind", "renumbering", "--rows", "40", "--quiet"])
    found = read_number_map(path)
    assert found.problems == []
    assert len(found.pairs) > 10
    assert all(pair.old.room != pair.new.room for pair in found.pairs)
