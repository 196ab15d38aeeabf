"""The pictures of the guides: all there, all used, safe to show, and drawn the same every time."""

from __future__ import annotations

import re
from pathlib import Path
from xml.etree import ElementTree

import pytest

from scripts.inside.picture.drawing import drawn

PROJECT = Path(__file__).resolve().parents[2]
PAGES = ("README.md", "README.zh-CN.md", "docs/import-guide.md", "docs/import-guide.zh-CN.md")
PICTURES = sorted((PROJECT / "docs/pictures").glob("*.svg"))
_SHOWN = re.compile(r"!\[[^\]]+\]\(([^)]+\.svg)\)")


def shown(page: str) -> set[Path]:
    """Return the pictures that a page shows."""
    path = PROJECT / page
    return {(path.parent / name).resolve() for name in _SHOWN.findall(path.read_text("utf-8"))}


def test_every_picture_is_shown_and_every_shown_picture_is_there() -> None:
    assert set().union(*map(shown, PAGES)) == set(PICTURES)


@pytest.mark.parametrize("page", PAGES)
def test_a_page_shows_pictures_in_its_own_language(page: str) -> None:
    language = ".zh.svg" if "zh-CN" in page else ".en.svg"
    assert shown(page)
    assert all(path.name.endswith(language) for path in shown(page))


@pytest.mark.parametrize("path", PICTURES, ids=lambda path: path.name)
def test_a_picture_fetches_and_runs_nothing(path: Path) -> None:
    text = path.read_text("utf-8")
    root = ElementTree.fromstring(text)
    assert {element.tag.rpartition("}")[2] for element in root.iter()} <= {
        *("svg", "title", "rect", "circle", "g", "text")
    }
    assert re.findall(r"\w+://[^\"]+", text) == ["http://www.w3.org/2000/svg"]


@pytest.mark.parametrize("path", PICTURES, ids=lambda path: path.name)
def test_no_line_runs_over_the_edge_of_its_picture(path: Path) -> None:
    root = ElementTree.fromstring(path.read_text("utf-8"))
    width = float(root.attrib["width"])
    for text in root.iter("{http://www.w3.org/2000/svg}text"):
        assert float(text.attrib["x"]) + float(text.attrib["textLength"]) <= width


def test_wide_characters_take_two_columns_and_signs_are_escaped() -> None:
    svg = drawn("t", ["$ a < b", "\x1b[1m房号\x1b[0m  1"], 20)
    assert "a &lt; b" in svg
    root = ElementTree.fromstring(svg)
    texts = {each.text: each.attrib for each in root.iter("{http://www.w3.org/2000/svg}text")}
    assert float(texts["1"]["x"]) == pytest.approx(14 + 6 * 7.8)
    assert texts["房号"]["font-weight"] == "bold"
    assert "font-weight" not in texts["1"]
