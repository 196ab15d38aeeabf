"""`house parse`: how an address is understood, as records."""

from __future__ import annotations

from pcloud_cli.sheets.house_parse import parsed


def test_a_house_comes_in_its_pieces() -> None:
    (found,) = parsed("一期3栋2单元301室")
    assert found == {
        "text": "一期3栋2单元301室",
        "section": "1期",
        "building": "3",
        "unit": "2",
        "floor": None,
        "room": "301",
        "house_kind": None,
        "refused": None,
    }


def test_two_houses_in_one_text_are_two_records_of_that_text() -> None:
    found = parsed("1栋2单元301、302")
    assert [(each["text"], each["room"]) for each in found] == [
        ("1栋2单元301、302", "301"),
        ("1栋2单元301、302", "302"),
    ]


def test_what_names_no_house_for_certain_says_why() -> None:
    (found,) = parsed("1月2日")
    assert found["room"] is None
    assert found["refused"]["code"] == "house_date_damage"
    assert "date" in found["refused"]["message"]


def test_a_bare_pair_is_refused_until_somebody_says_what_comes_first() -> None:
    assert parsed("3-301")[0]["refused"]["code"] == "house_unclear"
    (found,) = parsed("3-301", pair="building")
    assert (found["building"], found["room"]) == ("3", "301")
