"""Workbooks under a password open in the child; without it, one clear sentence."""

from __future__ import annotations

import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from pcloud_cli.errors import Failed
from pcloud_cli.sheets.messages import Rows, Sheet, Source
from pcloud_cli.sheets.read import read_workbook
from pcloud_cli.sheets.row import Row
from tests.unit import made_workbooks as made

PASSWORD = "移交-2024 x"
Encrypt = Callable[[Path, str], Path]


def as_xls(path: Path, password: str) -> Path:
    rows = [made.HEADER, *made.ROWS]
    path.write_bytes(made.rc4_encrypted(made.xls(rows, before=made.FILEPASS), password))
    return path


def rooms(path: Path, password: str | None = None) -> list[str]:
    return [
        Row(*row).room or ""
        for message in read_workbook(path, password=password)
        if isinstance(message, Rows)
        for row in message.rows
    ]


def refused(path: Path, password: str | None = None) -> Failed:
    with pytest.raises(Failed) as caught:
        list(read_workbook(path, password=password))
    assert caught.value.hint
    assert PASSWORD not in caught.value.message + str(caught.value.hint)
    return caught.value


@pytest.fixture(params=[made.agile, made.standard, as_xls], ids=["agile", "standard", "rc4"])
def encrypt(request: pytest.FixtureRequest) -> Encrypt:
    found: Encrypt = request.param
    return found


def test_the_password_opens_the_workbook(tmp_path: Path, encrypt: Encrypt) -> None:
    path = encrypt(made.xlsx(tmp_path / "list.xlsx"), PASSWORD)
    assert rooms(path, PASSWORD) == ["101", "102"]


def test_without_a_password_it_is_said_to_be_needed(tmp_path: Path, encrypt: Encrypt) -> None:
    path = encrypt(made.xlsx(tmp_path / "list.xlsx"), PASSWORD)
    failure = refused(path)
    assert failure.code == "encrypted"
    assert "--password-stdin" in str(failure.hint)


def test_a_wrong_password_is_one_clear_sentence(tmp_path: Path, encrypt: Encrypt) -> None:
    path = encrypt(made.xlsx(tmp_path / "list.xlsx"), PASSWORD)
    assert refused(path, PASSWORD + "!").code == "wrong_password"


def test_the_password_that_programs_try_by_themselves_is_tried(
    tmp_path: Path, encrypt: Encrypt
) -> None:
    path = encrypt(made.xlsx(tmp_path / "list.xlsx"), "VelvetSweatshop")
    assert rooms(path) == ["101", "102"]


def test_a_password_for_a_workbook_that_needs_none_does_no_harm(tmp_path: Path) -> None:
    assert rooms(made.xlsx(tmp_path / "list.xlsx"), PASSWORD) == ["101", "102"]


def test_what_lies_below_the_encryption_is_looked_at_too(tmp_path: Path) -> None:
    path = tmp_path / "bomb.xlsx"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>')  # fmt: skip  # noqa: E501
        archive.writestr("xl/workbook.xml", "<workbook/>")
        archive.writestr("xl/worksheets/sheet1.xml", b" " * (16 << 20))
    assert refused(made.agile(path, PASSWORD), PASSWORD).code == "zip_bomb"


def test_an_encrypted_open_document_is_refused_plainly(tmp_path: Path) -> None:
    path = tmp_path / "list.ods"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("content.xml", bytes(range(256)))
        archive.writestr("META-INF/manifest.xml", "<manifest:encryption-data/>")
    assert refused(path, PASSWORD).code == "encrypted_ods"


@pytest.mark.skipif(sys.platform != "linux", reason="looks at the child in /proc")
def test_the_password_is_on_no_command_line_and_in_no_environment(tmp_path: Path) -> None:
    names = [["1", "1", str(101 + n), f"赵{n}" * 20, ""] for n in range(8000)]
    path = made.agile(made.xlsx(tmp_path / "list.xlsx", names), PASSWORD)
    messages = read_workbook(path, password=PASSWORD)
    assert isinstance(next(messages), Source)
    assert isinstance(next(messages), Sheet)
    children = Path("/proc/self/task")
    found = [
        Path("/proc") / child
        for task in children.iterdir()
        for child in (task / "children").read_text().split()
    ]
    assert found
    secret = PASSWORD.encode()
    for child in found:
        assert secret not in (child / "cmdline").read_bytes()
        assert secret not in (child / "environ").read_bytes()
    messages.close()
