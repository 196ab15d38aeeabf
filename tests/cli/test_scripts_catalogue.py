"""The catalogue's tool finds every text that can reach a user, and notices what lacks Chinese."""

from __future__ import annotations

from pathlib import Path

import pytest

from scripts.inside import catalogue


def found(folder: Path, source: str) -> list[str]:
    """Return the messages of a module with this source."""
    path = folder / "module.py"
    path.write_text(source, encoding="utf-8")
    return [message.text for message in catalogue.messages_in(path)]


def test_marks_options_and_docstrings_of_verbs_are_found(tmp_path: Path) -> None:
    """All that help prints is translated, marked or not."""
    source = '''
_("one") + _("two " "parts")
N_("three")
typer.Option("--x", help="four")
Noun(N_("five"))

@app.verb("six")
def six(run):
    """Six is
    one line.

    And a second.
    """

def seven():
    """Nobody sees this."""
'''
    assert sorted(found(tmp_path, source)) == sorted(
        ["one", "two parts", "three", "four", "five", "Six is one line.", "And a second."]
    )


@pytest.mark.parametrize(
    "source", ['_(f"hello {name}")', '_("hello " + name)', '_("{n}".format(n=1))', "N_(text)"]
)
def test_text_put_together_at_run_time_is_refused(tmp_path: Path, source: str) -> None:
    """No catalogue could hold it."""
    with pytest.raises(catalogue.Broken, match=r"module.py:1"):
        found(tmp_path, source)


def test_translating_a_marked_text_later_is_no_message(tmp_path: Path) -> None:
    """`_(title)` translates what `N_()` marked elsewhere."""
    assert found(tmp_path, "_(title)") == []


def test_same_texts_same_bytes_and_read_back(tmp_path: Path) -> None:
    """No date and no line number makes a difference."""
    texts = {"b {name}": ("乙 {name}", False), "a\nline": ("甲\n行", False), "c": ("", False)}
    written = catalogue.po_bytes(texts)
    assert catalogue.po_bytes(dict(reversed(texts.items()))) == written
    assert catalogue.mo_bytes(texts) == catalogue.mo_bytes(texts)
    path = tmp_path / "a.po"
    path.write_bytes(written)
    assert catalogue.read([path]) == {text: texts[text] for text in ("b {name}", "a\nline")}


def test_fragment_without_header_is_read(tmp_path: Path) -> None:
    """Translators may hand over bare pairs."""
    path = tmp_path / "a.po"
    path.write_text('msgid "House"\nmsgstr "房屋"\n', encoding="utf-8")
    assert catalogue.read([path]) == {"House": ("房屋", False)}


@pytest.mark.parametrize(
    ("text", "names"),
    [("{a} of {b}", {"a", "b"}), ("{n:>3}", {"n"}), ("100%", set()), ("{{no}}", set())],
)
def test_placeholders_are_the_names_in_braces(text: str, names: set[str]) -> None:
    """A translation must fill the same ones."""
    assert catalogue.placeholders(text) == names


def _program(folder: Path, monkeypatch: pytest.MonkeyPatch, source: str, chinese: str) -> list[str]:
    (folder / "module.py").write_text(source, encoding="utf-8")
    po = folder / "zh.po"
    po.write_text(chinese, encoding="utf-8")
    monkeypatch.setattr(catalogue, "_SOURCES", folder)
    monkeypatch.setattr(catalogue, "_PO", po)
    monkeypatch.setattr(catalogue, "_MO", po.with_suffix(".mo"))
    return catalogue.problems()


@pytest.mark.parametrize(
    ("chinese", "says"),
    [
        ("", "no Chinese"),
        ('msgid "at {place}"\nmsgstr "在"\n', "placeholders differ"),
        ('#, fuzzy\nmsgid "at {place}"\nmsgstr "在 {place}"\n', "fuzzy"),
        (
            'msgid "at {place}"\nmsgstr "在 {place}"\n\nmsgid "gone"\nmsgstr "没"\n',
            "in no source any more",
        ),
        ('msgid "at {place}"\nmsgstr "在 {place}"\n', "stale"),
    ],
)
def test_check_names_what_is_wrong(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, chinese: str, says: str
) -> None:
    """Missing, different, fuzzy, unused and stale are each told apart."""
    problems = _program(tmp_path, monkeypatch, '_("at {place}")', chinese)
    assert any(says in line for line in problems)


def test_check_is_silent_after_an_update(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What `update` writes is complete once every text has its Chinese."""
    chinese = 'msgid "at {place}"\nmsgstr "在 {place}"\n'
    _program(tmp_path, monkeypatch, '_("at {place}")', chinese)
    assert catalogue.update([]) == 0
    assert catalogue.problems() == []
