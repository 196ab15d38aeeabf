"""`pcloud audit` as an auditor uses it."""

from __future__ import annotations

import json
import re
import subprocess
from pathlib import Path

from tests.cli import whole
from tests.cli.program import Program


def test_a_checkpoint_is_proved_with_nothing_but_the_public_key(
    office: Program, tmp_path: Path
) -> None:
    mark, pem = tmp_path / "mark.json", tmp_path / "pcloud.pem"
    made: list[list[str | Path]] = [["checkpoint", "--out", mark], ["public-key", "--out", pem]]
    for words in made:
        assert office.run("audit", *words, by="R-AUDITOR").code == 0
    verified = office.run("audit", "verify", "--checkpoint", mark, "-o", "json", by="R-AUDITOR")
    assert verified.code == 0, verified.err
    assert verified.data["checkpoint"] == json.loads(mark.read_text())["seq"]
    elsewhere = Program(tmp_path / "elsewhere")
    elsewhere.home.mkdir()
    told = elsewhere.run("audit", "check", mark, "--public-key", pem)
    assert (told.code, told.err) == (0, "")
    changed = json.loads(mark.read_text()) | {"seq": 1}
    mark.write_text(json.dumps(changed))
    told = elsewhere.run("audit", "check", mark, "--public-key", pem, "-o", "json")
    assert (told.code, told.error["code"]) == (1, "export_broken")
    assert told.data["ok"] is False
    told = office.run("audit", "verify", "--checkpoint", mark, by="R-AUDITOR")
    assert told.code == 1
    assert "signature" in told.err


def test_a_checkpoint_whose_signature_was_taken_off_is_refused_and_said_to_be_unsigned(
    office: Program,
) -> None:
    signed = office.run("audit", "checkpoint", "-o", "json", by="R-AUDITOR").data
    old = {"format": "pcloud-checkpoint-1", "seq": signed["seq"], "hash": signed["hash"]}
    told = office.run("audit", "verify", "--checkpoint", "-", stdin=json.dumps(old), by="R-AUDITOR")
    assert told.code == 1
    assert "The checkpoint is not signed" in told.err


def test_an_export_is_proved_here_and_elsewhere(office: Program, tmp_path: Path) -> None:
    file, pem = tmp_path / "trail.jsonl", tmp_path / "pcloud.pem"
    office.run("audit", "public-key", "--out", pem, by="R-AUDITOR")
    told = office.run("audit", "export", "--out", file, by="R-AUDITOR")
    assert told.code == 0, told.err
    assert file.stat().st_mode & 0o777 == 0o600
    piped = office.run("audit", "export", "--from", "1", "--to", "3", by="R-AUDITOR")
    assert [json.loads(line).get("seq") for line in piped.out.splitlines()][1:-1] == [1, 2, 3]
    here = office.run("audit", "verify", "--export", file, "-o", "json", by="R-AUDITOR")
    assert here.code == 0, here.err
    assert here.data["events"] == len(file.read_text().splitlines()) - 2
    there = office.run("audit", "check", file, "--public-key", pem)
    assert there.code == 0, there.err
    lines = file.read_text().splitlines(keepends=True)
    lines[3] = lines[3].replace("role", "rule")
    file.write_text("".join(lines))
    calls: list[list[str | Path]] = [
        ["verify", "--export", file],
        ["check", file, "--public-key", pem],
    ]
    for words in calls:
        told = office.run("audit", *words, by="R-AUDITOR")
        assert told.code == 1, words
        assert "Error: " in told.err


def test_another_program_proves_a_checkpoint(office: Program, tmp_path: Path) -> None:
    """The signature is over what docs/operations.md says, so that nobody needs ours."""
    import base64

    from pcloud_cli.security.canonical import canonical_json

    paper = office.run("audit", "checkpoint", "-o", "json", by="R-AUDITOR").data
    pem = tmp_path / "pcloud.pem"
    office.run("audit", "public-key", "--out", pem, by="R-AUDITOR")
    signature = base64.b64decode(paper.pop("signature"))
    message = paper["format"].encode() + b"\0" + canonical_json(paper)
    (tmp_path / "message").write_bytes(message)
    (tmp_path / "signature").write_bytes(signature)
    call = ["openssl", "pkeyutl", "-verify", "-rawin", "-pubin", "-inkey", str(pem)]
    call += ["-in", str(tmp_path / "message"), "-sigfile", str(tmp_path / "signature")]
    done = subprocess.run(call, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_an_event_is_shown_in_the_words_of_the_one_who_asks(office: Program) -> None:
    rows = office.run("audit", "list", "--action", "role", "-o", "json", by="R-AUDITOR").data
    seq = str(rows[0]["seq"])
    english = office.run("audit", "show", seq, by="R-AUDITOR")
    assert re.search(r"granted a role \(account \S+\)", english.out), english.out
    chinese = office.run("--lang", "zh", "audit", "show", seq, by="R-AUDITOR")
    assert "授予了角色（账号 " in chinese.out
    assert "完整" in chinese.out
    shown = office.run("audit", "show", seq, "-o", "json", by="R-AUDITOR").data
    assert shown["holds"] is True
    assert office.run("audit", "show", "999999", by="R-AUDITOR").code == 3


def test_the_first_bad_event_is_named_with_what_is_wrong(office: Program) -> None:
    import sqlite3

    with sqlite3.connect(office.database) as connection:
        for name in ("update", "delete", "replace"):
            connection.execute(f"DROP TRIGGER trail_event_no_{name}")
        connection.execute("UPDATE trail_event SET reason = 'x' WHERE seq IN (4, 9)")
    connection.close()
    told = office.run("audit", "verify", by="R-AUDITOR")
    assert told.code == 1
    assert "2 problems, the first at event 4: The content of this event was changed." in told.err


def test_an_unsigned_checkpoint_is_refused_even_where_the_signing_key_was_taken_away(
    site: Program,
) -> None:
    signed = site.run("audit", "checkpoint", "-o", "json", by="R-AUDITOR").data
    whole.tampered(site, "DELETE FROM data_key WHERE purpose = 'sign'")
    paper = site.home / "mark.json"
    paper.write_text(json.dumps({name: signed[name] for name in ("seq", "hash")}))
    told = site.run("audit", "verify", "--checkpoint", paper, "-o", "json", by="R-AUDITOR")
    assert told.code == 1, told
    (record,) = told.data if isinstance(told.data, list) else [told.data]
    assert [each["code"] for each in record["problems"]] == ["unsigned"]
