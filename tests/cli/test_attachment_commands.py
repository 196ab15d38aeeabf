"""`pcloud attachment` as its users run it: at a counter, in a pipe, killed, refused."""

from __future__ import annotations

import io
import os
import random
from functools import partial
from pathlib import Path

import pytest
from sqlalchemy import text

from pcloud_cli.app import main
from tests.cli import whole
from tests.cli.processes import Launcher, Running, wait_until
from tests.cli.program import Program
from tests.cli.test_killed import SEEDS
from tests.integration.attached import made
from tests.integration.workbooks import row, write

MAKER, CHECKER, KEEPER = "KF001", "KF002", "R-SYSTEM-ADMIN"
LONG_AGO = 1_000_000_000


@pytest.fixture
def papers(site: Program) -> Program:
    """A company in which change 1 of an owner waits for its papers."""
    book = write(site.home / "live.xlsx", [row(1), row(2)])
    for by, words in (
        (MAKER, ("import", "load", str(book), "-c", "CH")),
        (CHECKER, ("import", "approve", "1", "--yes")),
        (CHECKER, ("import", "apply", "1")),
        (
            CHECKER,
            ("owner", "change", "钱小乙", "-c", "CH", "--name", "钱小丙", "--reason", "结婚"),
        ),
    ):
        done = site.run(*words, by=by)
        assert done.code == 0, done.err
    return site


def _folder(site: Program) -> Path:
    on_server = "PCLOUD_DATABASE" in site.variables
    return (
        site.home / ".local/share/pcloud/attachments"
        if on_server
        else (site.database.parent / "attachments")
    )


def _stored(site: Program) -> list[Path]:
    return [each for each in _folder(site).rglob("*") if each.is_file()]


def _bytes_through(
    site: Program, *words: str, by: str, given: bytes = b""
) -> tuple[int, bytes, str]:
    """Call the program with bytes for its standard input, and give those of its output."""
    context = site.context(variables={"PCLOUD_TOKEN": site.tokens[by]})
    context.stdin = io.TextIOWrapper(io.BytesIO(given), encoding="utf-8")
    out, err = io.BytesIO(), io.StringIO()
    context.stdout, context.stderr = io.TextIOWrapper(out, encoding="utf-8"), err
    code = main(list(words), run=context)
    context.stdout.flush()
    return code, out.getvalue(), err.getvalue()


def _add(site: Program, *words: str | Path, by: str = CHECKER) -> list[dict[str, object]]:
    done = site.run("attachment", "add", "owner-change", "1", *words, "-o", "json", by=by)
    assert done.code == 0, done.err
    found: list[dict[str, object]] = done.data
    return found


def test_papers_are_attached_listed_shown_to_who_checks_and_saved(papers: Program) -> None:
    photo, paper = made(papers.home, "结婚证.jpg", 300_000), made(papers.home, "申请.pdf")
    done = papers.run("attachment", "add", "业主变更", "1", photo, paper, by=CHECKER)
    assert done.code == 0, done.err
    assert "结婚证.jpg" in done.out
    listed = papers.run(
        "attachment", "list", "owner-change", "1", by=MAKER, variables={"PCLOUD_LANG": "zh"}
    )
    assert (listed.code, "凭证" in listed.out, "照片" in listed.out) == (0, True, True)
    shown = papers.run("owner", "changes", "--show", "1", by="R-CUSTOMER-SERVICE-LEAD")
    assert "pcloud attachment list owner-change 1" in shown.err
    out = papers.home / "saved.jpg"
    out.write_text("an older one")
    assert papers.run("attachment", "save", "1", "--out", out, by=MAKER).code == 0
    assert out.read_bytes() == photo.read_bytes()
    assert out.stat().st_mode & 0o777 == 0o600


def test_a_file_comes_and_goes_through_pipes_byte_for_byte(papers: Program) -> None:
    content = made(papers.home, "a.png", 150_000).read_bytes()
    words = ("attachment", "add", "owner-change", "1", "-", "--name", "截图.png", "-o", "json")
    code, _out, err = _bytes_through(papers, *words, by=CHECKER, given=content)
    assert code == 0, err
    code, out, err = _bytes_through(papers, "attachment", "save", "1", by=MAKER)
    assert (code, out, err) == (0, content, "")


def test_what_was_changed_in_the_store_never_becomes_a_file(papers: Program) -> None:
    _add(papers, made(papers.home, "a.jpg", 200_000))
    (stored,) = _stored(papers)
    stored.write_bytes(stored.read_bytes()[:-1])
    out = papers.home / "saved.jpg"
    answer = papers.run("attachment", "save", "1", "--out", out, "-o", "json", by=MAKER)
    assert (answer.code, answer.error["code"]) == (1, "store_broken")
    assert not out.exists()
    code, _part, err = _bytes_through(papers, "attachment", "save", "1", by=MAKER)
    assert (code, "not what was written" in err) == (1, True)
    proved = papers.run("attachment", "verify", "-o", "json", by=KEEPER)
    assert proved.code == 6
    assert proved.data["problems"] == [{"number": 1, "problem": "broken"}]


def test_only_a_regular_file_is_written_over(papers: Program) -> None:
    _add(papers, made(papers.home, "a.jpg"))
    aim = papers.home / "aim"
    (papers.home / "link").symlink_to(aim)
    answer = papers.run("attachment", "save", "1", "--out", papers.home / "link", by=MAKER)
    assert answer.code == 2
    assert not aim.exists()


def test_a_terminal_gets_no_photo(papers: Program) -> None:
    _add(papers, made(papers.home, "a.jpg"))
    answer = papers.run("attachment", "save", "1", by=MAKER, terminal=True)
    assert (answer.code, answer.out) == (2, "")
    assert "--out" in answer.err


def test_the_same_file_again_changes_nothing_and_a_dry_run_neither(papers: Program) -> None:
    photo = made(papers.home, "a.jpg")
    dry = papers.run("attachment", "add", "owner-change", "1", photo, "--dry-run", by=CHECKER)
    assert (dry.code, _stored(papers)) == (0, [])
    (first,) = _add(papers, photo)
    (again,) = _add(papers, photo)
    assert (first["number"], again["number"]) == (1, 1)
    answer = papers.run("attachment", "add", "owner-change", "1", photo, by=CHECKER)
    assert "already" in answer.err
    assert len(_stored(papers)) == 1


@pytest.mark.parametrize("words", [("-", "-"), ("-", "x.jpg"), ("x.jpg",)])
def test_a_name_is_for_standard_input_alone(papers: Program, words: tuple[str, ...]) -> None:
    call = ("attachment", "add", "owner-change", "1", *words, "--name", "b.jpg")
    assert papers.run(*call, by=CHECKER).code == 2


@pytest.mark.parametrize("seed", SEEDS)
def test_killed_at_any_moment_it_is_attached_whole_or_not_at_all(
    papers: Program, processes: Launcher, seed: int
) -> None:
    chance = random.Random(seed)
    film = made(papers.home, "film.mp4")
    os.truncate(film, 60_000_000)
    words = ("attachment", "add", "owner-change", "1", film, "-o", "json")
    for _again in range(3):
        running = processes.start(papers, *words, by=CHECKER)
        much = chance.randrange(55_000_000)

        wait_until(partial(_wrote, papers, running, much), "a part of the file is written")
        running.kill()
        for left in (each for each in _stored(papers) if each.name.endswith(".part")):
            os.utime(left, (LONG_AGO, LONG_AGO))
        proved = papers.run("attachment", "verify", "-o", "json", by=KEEPER)
        assert (proved.code, proved.data["attachments"] <= 1) == (0, True), proved.err
    done = processes.run(papers, *words, by=CHECKER)
    assert done.code == 0, done.err
    assert [each["number"] for each in done.data] == [1]
    assert len(_stored(papers)) == 1, "nothing of the killed ones stays"
    whole.must_hold(papers)


def _wrote(site: Program, running: Running, much: int) -> bool:
    parts = [each for each in _stored(site) if each.name.endswith(".part")]
    return any(_size(each) > much for each in parts) or not running.runs


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except FileNotFoundError:
        return 0


def test_a_store_at_a_url_is_named_without_its_password(papers: Program) -> None:
    variables = {"PCLOUD_ATTACHMENTS": f"file://{papers.home}/away"}
    photo = made(papers.home, "a.jpg")
    words = ("attachment", "add", "owner-change", "1", photo)
    assert papers.run(*words, by=CHECKER, variables=variables).code == 0
    assert _stored(papers) == []
    out = papers.home / "b.jpg"
    saved = papers.run("attachment", "save", "1", "--out", out, by=MAKER, variables=variables)
    assert (saved.code, out.read_bytes()) == (0, photo.read_bytes())
    secret = {"PCLOUD_ATTACHMENTS": "ftp://pcloud:hunter2@127.0.0.1:9/store"}
    for call in (("config", "show"), ("doctor",), ("attachment", "verify", "--quick")):
        answer = papers.run(*call, by=KEEPER, variables=secret)
        assert "hunter2" not in answer.out + answer.err, call


def test_doctor_finds_a_store_that_others_can_read(papers: Program) -> None:
    def found() -> dict[str, str]:
        checks = papers.run("doctor", "-o", "json").data
        return next(each for each in checks if each["check"] == "attachments")

    assert found()["status"] == "ok"
    _add(papers, made(papers.home, "a.jpg"))
    assert found()["status"] == "ok"
    _folder(papers).chmod(0o755)
    assert found()["status"] == "bad"


def test_what_was_removed_is_cleared_and_no_row_forgets_it(papers: Program) -> None:
    _add(papers, made(papers.home, "a.jpg"))
    gone = papers.run("attachment", "remove", "1", "--reason", "传错", "--yes", by=CHECKER)
    assert gone.code == 0, gone.err
    assert papers.run("attachment", "save", "1", "--out", "x.jpg", by=MAKER).code == 3
    kept = papers.run("attachment", "collect", "-o", "json", by=KEEPER)
    assert (kept.code, kept.data["removed"]) == (0, 0)
    listed = papers.run("attachment", "list", "owner-change", "1", "--removed", by=MAKER)
    assert "传错" in listed.out


def test_no_event_of_the_trail_holds_a_name(papers: Program) -> None:
    _add(papers, made(papers.home, "钱小乙的结婚证.jpg"))
    assert papers.run("attachment", "list", "owner-change", "1", by=MAKER).code == 0
    with whole.connection(papers) as opened:
        told = list(opened.scalars(text("SELECT detail FROM trail_event")))
        actions = list(opened.scalars(text("SELECT action FROM trail_event ORDER BY seq")))
    assert not [each for each in told if "结婚证" in str(each)]
    assert actions[-2:] == ["attachment.add", "attachment.list"]
