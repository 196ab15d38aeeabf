"""Several batches decided, and several workbooks checked, each with its result."""

from __future__ import annotations

from tests.cli.move_in import CONTROLS, incoming, load
from tests.cli.program import Program
from tests.integration.workbooks import HEADERS, row, write


def test_several_batches_are_approved_and_applied_each_with_its_result(site: Program) -> None:
    books = incoming(site, {"a.xlsx": 1, "b.xlsx": 2, "c.xlsx": 1, "d.xlsx": 1})
    ids = load(site, *books, "-o", "ids")
    assert len(ids.out.split()) == 4
    asked = site.run("import", "approve", "1", "2", by="KF002")
    assert (asked.code, asked.out) == (2, "")
    assert "--yes" in asked.err
    own = site.run("import", "approve", "1", "2", "--yes", "-o", "json", by="KF001")
    assert (own.code, own.out, own.error["code"]) == (4, "", "not_allowed")
    turned = site.run("import", "reject", "4", "77", "--reason", "重复", "-o", "json", by="KF002")
    assert turned.code == 6
    assert [(each["number"], each["state"]) for each in turned.data] == [
        (4, "rejected"),
        (77, None),
    ]
    done = site.run(
        "import", "approve", "-", "99", "--yes", "-o", "json", stdin=ids.out, by="KF002"
    )
    assert done.code == 6
    assert [(each["number"], each["state"]) for each in done.data] == [
        (1, "approved"), (2, "approved"), (3, "approved"), (None, None), (99, None),
    ]  # fmt: skip
    assert [each["error"] and each["error"]["code"] for each in done.data] == [
        None, None, None, "conflict", "not_found",
    ]  # fmt: skip
    assert "pcloud import apply 1 2 3" in done.err
    dry = site.run("import", "apply", "1", "2", "--dry-run", "-o", "json", by="KF002")
    assert [each["houses"] for each in dry.data] == [1, 2]
    live = site.run("import", "apply", "-", "-o", "json", stdin="1 2\n3\n", by="KF002")
    assert (live.code, [each["houses"] for each in live.data]) == (0, [1, 2, 1])
    twice = site.run("import", "apply", "1", "2", by="KF002")
    assert twice.code == 0
    assert twice.out.count("nothing was changed") == 2
    none = site.run("import", "apply", "4", "99", by="KF002")
    assert none.code == 1


def test_approving_several_at_a_terminal_asks_about_each(office: Program) -> None:
    books = incoming(office, {"a.xlsx": 1, "b.xlsx": 1})
    assert load(office, *books).code == 0
    done = office.run("import", "approve", "1", "2", terminal=True, stdin="n\ny\n", by="KF002")
    assert done.code == 6
    assert "Approve batch 1?" in done.err
    assert "Approve batch 2?" in done.err
    assert "incoming" not in done.out
    assert done.out.count("waiting for approval") == 2
    listed = office.run("import", "list", "-o", "json", by="KF002").data
    assert [(each["number"], each["state"]) for each in listed] == [(2, "approved"), (1, "pending")]


def test_checking_several_goes_a_line_a_file_and_ends_with_a_table_of_all(bare: Program) -> None:
    books = incoming(bare, {"a.xlsx": 2, "broken.xlsx": 0, "~$a.xlsx": 0, "b.xlsx": 1})
    listed = bare.home / "list.txt"
    listed.write_text("".join(f"{book}\n" for book in books))
    done = bare.process("import", "check", "--from", listed)
    assert done.code == 1
    assert not CONTROLS.search(done.out + done.err)
    lines = [line for line in done.err.splitlines() if line[1:3] == "/3"]
    assert lines[0] == "1/3 a.xlsx: rows: 2, errors: 0, warnings: 0"
    assert lines[1].startswith("2/3 broken.xlsx: not read: ")
    table = done.out[done.out.rindex("File ") :].splitlines()
    assert table[0].split() == ["File", "Rows", "Errors", "Warnings", "Result"]
    assert [line.split()[0] for line in table[2:]] == [
        str(books[0]), str(books[1]), str(books[3]),
    ]  # fmt: skip
    assert "~$a.xlsx is left out" in done.err


def test_checking_several_asks_about_a_header_once(bare: Program) -> None:
    headers = (*HEADERS, "房屋类型")
    books = incoming(bare, {"a.xlsx": 1, "b.xlsx": 1})
    for place, book in enumerate(books):
        write(book, [[*row(10 + place), "甲类"]], headers)
    done = bare.run("import", "check", *books, "-o", "json", stdin="2\n", terminal=True)
    assert done.code == 0, done.err
    assert done.err.count("“房屋类型”") == 1
    found = [each["sheets"][0]["columns"]["house_type"] for each in done.data]
    assert found == ["房屋类型", "房屋类型"]
