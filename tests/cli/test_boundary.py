"""The door across the account boundary, opened as sshd and sudo open it.

`door` starts the very line of the forced command and of the sudo rule, in a process of its own that
has no power over file modes, with an environment as a hostile caller would like to give it.
"""

from __future__ import annotations

import json
import os
import pwd
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path

import pexpect
import pytest

from pcloud_cli import entry
from pcloud_cli.clock import FixedClock
from pcloud_cli.errors import NotAllowed, UsageProblem
from pcloud_cli.security.session_store import SessionStore
from pcloud_cli.services import account, boundary
from pcloud_cli.services.actor import bootstrap
from tests.cli.conftest import CHEAP, staff
from tests.cli.program import PROJECT, Answer, Program, copied
from tests.dropped_root import run_as_nobody, run_without_root_powers

FIRST = [sys.executable, "-I", "-m", "pcloud_cli.entry"]


@pytest.fixture
def inside(founded_home: Path) -> Iterator[Program]:
    """An installation in a home that everybody may look for, but which only its account enters."""
    place = Path(tempfile.mkdtemp(prefix="pcloud-boundary-"))
    place.chmod(0o755)
    try:
        # processes have the real clock
        program = Program(copied(founded_home, place / "home"), clock=FixedClock(datetime.now(UTC)))
        staff(program)
        program.home.chmod(0o700)
        yield program
    finally:
        shutil.rmtree(place)


def door(
    inside: Program,
    how: list[str],
    *,
    typed: str | None = None,
    stdin: str = "",
    variables: Mapping[str, str] | None = None,
) -> Answer:
    env = {"HOME": str(inside.home), "PATH": os.defpath, "LANG": "C.UTF-8", **(variables or {})}
    if how[0] == "ssh":
        env["SSH_CONNECTION"] = "10.1.2.3 50022 10.0.0.1 22"
        if typed is not None:
            env["SSH_ORIGINAL_COMMAND"] = typed
    done = run_without_root_powers([*FIRST, *how], env=env, input=stdin, cwd="/")
    return Answer(done.returncode, done.stdout, done.stderr)


def by_ssh(inside: Program, typed: str, **more: object) -> Answer:
    return door(inside, ["ssh", "KF001"], typed=typed, **more)  # type: ignore[arg-type]


def logged_in(inside: Program, how: list[str], variables: Mapping[str, str] | None = None) -> None:
    """Put the login of who comes by SSH, or of KF001, where the door will look for it."""
    who = how[1] if how[0] == "ssh" else f"uid-{(variables or {})['SUDO_UID']}"
    state = inside.home / "staff" / who / "pcloud"
    for folder in (state.parent.parent, state.parent, state):
        folder.mkdir(mode=0o700, exist_ok=True)
    url = f"sqlite:///{inside.database}"
    SessionStore(variables or {}, state, url, "file").save(
        inside.tokens.get(who, inside.tokens["KF001"])
    )


def test_one_logs_in_by_the_door_and_stays_in(inside: Program) -> None:
    with inside.desk() as desk, desk.open(write=True) as (_nobody, work):
        first = account.create(bootstrap(), work, staff_number="KF009", name="钱小满", cost=CHEAP)
    told = door(
        inside, ["ssh", "KF009"], typed="login KF009 --password-stdin", stdin=f"{first.password}\n"
    )
    assert told.code == 0, told.err
    told = door(inside, ["ssh", "KF009"], typed="whoami -o json")
    assert told.data["staff_number"] == "KF009"
    assert by_ssh(inside, "whoami").code == 4


def test_the_words_of_the_forced_command_are_the_callers_and_their_name_is_kept(
    inside: Program,
) -> None:
    logged_in(inside, ["ssh", "KF001"])
    told = by_ssh(inside, "pcloud whoami -o json")
    assert told.code == 0, told.err
    assert told.data["staff_number"] == "KF001"
    made = inside.run("community", "create", "翠湖花园", "--code", "CH", by="R-SYSTEM-ADMIN")
    assert made.code == 0, made.err
    told = by_ssh(inside, "owner find --name '钱  小' -o json")
    assert (told.code, told.data) == (0, []), told.err
    listed = inside.run("audit", "list", "--action", "owner.find", "-o", "json", by="R-AUDITOR")
    assert listed.data[0]["origin"].endswith("ssh:10.1.2.3 key:KF001")


def test_nothing_of_what_was_typed_reaches_a_shell(inside: Program) -> None:
    mark = inside.home / "mark"
    for typed in (f"whoami; touch {mark}", f"whoami $(touch {mark})", f"whoami | tee {mark}"):
        assert by_ssh(inside, typed).code != 0
        assert not mark.exists()
    assert by_ssh(inside, "owner find --name 'unclosed").code == 2


@pytest.mark.parametrize("how", [["ssh", "KF001"], ["sudo", "whoami", "-o", "json"]])
def test_variables_of_a_caller_do_not_get_through(inside: Program, how: list[str]) -> None:
    trap = inside.home.parent / "trap"
    trap.mkdir(mode=0o755)
    for name in ("sitecustomize.py", "usercustomize.py", "sqlalchemy.py"):
        (trap / name).write_text(f"open({str(trap / 'sprung')!r}, 'w').close()\n")
    (trap / "evil.key").write_text("not a key\n")
    hostile = {
        "PYTHONPATH": str(trap),
        "PYTHONSTARTUP": str(trap / "sitecustomize.py"),
        "PYTHONHOME": "/nonexistent",
        "PYTHONINSPECT": "1",
        "PCLOUD_KEY_FILE": str(trap / "evil.key"),
        "PCLOUD_KEY": "AAAA",
        "PCLOUD_DATABASE": f"sqlite:///{trap}/other.db",
        "PCLOUD_CONFIG": str(trap / "config.toml"),
        "PCLOUD_TOKEN": "another's",
        "PCLOUD_PROFILE": "nosuch",
        "PCLOUD_ENTRY": "ssh:SA001",
        "XDG_CONFIG_HOME": str(trap),
        "XDG_STATE_HOME": str(trap),
        "XDG_DATA_HOME": str(trap),
        "CREDENTIALS_DIRECTORY": str(trap),
        "PATH": str(trap),
        "LANG": "$(touch sprung)",
        "SUDO_UID": "4242",
        "SUDO_USER": "wang",
    }
    told = {"SUDO_UID": "4242"} if how[0] == "sudo" else {}
    logged_in(inside, how, told)
    answer = door(inside, how, typed="whoami -o json", variables=hostile)
    assert answer.code == 0, answer.err
    assert answer.data["staff_number"] == "KF001"
    assert not (trap / "sprung").exists()
    assert sorted(each.name for each in trap.iterdir()) == [
        "evil.key",
        "sitecustomize.py",
        "sqlalchemy.py",
        "usercustomize.py",
    ]


def test_a_python_that_listens_to_variables_is_no_door(inside: Program) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "pcloud_cli.entry", "ssh", "KF001"],
        env={"HOME": str(inside.home), "PYTHONPATH": str(PROJECT), "LANG": "C.UTF-8"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 78
    assert "-I" in done.stderr


def test_staff_cannot_read_key_database_or_each_others_logins(inside: Program) -> None:
    if os.geteuid() != 0:
        pytest.skip("only root can be somebody else")
    logged_in(inside, ["ssh", "KF001"])
    assert by_ssh(inside, "whoami").code == 0
    (login,) = (inside.home / "staff/KF001/pcloud").glob("session-*")
    secret = [inside.home / ".config/pcloud/master.key", inside.database, login]
    for path in secret:
        assert path.exists()
        told = run_as_nobody(["/bin/cat", str(path)])
        assert (told.returncode, told.stdout) == (1, "")
        assert "denied" in told.stderr
    # each stands closed by itself as well, and not only behind its folder
    inside.home.chmod(0o755)
    for folder in (inside.home / ".config", inside.home / ".local", inside.home / "staff"):
        for each in [folder, *(path for path in folder.rglob("*") if path.is_dir())]:
            each.chmod(0o755)
    for path in secret:
        assert path.stat().st_mode & 0o777 == 0o600
        assert run_as_nobody(["/bin/cat", str(path)]).returncode == 1


def test_each_person_has_a_folder_and_a_login_of_their_own(inside: Program) -> None:
    logged_in(inside, ["ssh", "KF001"])
    other = door(inside, ["ssh", "KF002"], typed="whoami -o json")
    assert other.error["code"] == "not_logged_in"
    for name in ("KF001", "KF002"):
        by_name = inside.home / "staff" / name
        if name == "KF001":
            by_name.chmod(0o755)
        assert door(inside, ["ssh", name], typed="--version").code == 0
        assert by_name.stat().st_mode & 0o777 == 0o700
    for name in ("../KF001", "", ".ssh", "a/b", "x" * 65):
        assert door(inside, ["ssh", name], typed="--version").code == 78


@pytest.mark.parametrize(
    "words",
    [
        ["import", "check", "/etc/passwd"],
        ["import", "check", "~/.config/pcloud/master.key"],
        ["import", "check", "../../.config/pcloud/master.key"],
        ["audit", "verify", "--checkpoint=/etc/passwd"],
        ["owner", "list", "-c/etc/passwd"],
        ["policy", "apply", "-yf/etc/passwd"],
        ["report", "export", "owners", "--out", "x/../../y.csv"],
    ],
)
def test_files_of_the_server_cannot_be_named(inside: Program, words: list[str]) -> None:
    told = by_ssh(inside, " ".join(words))
    assert (told.code, told.out) == (4, "")
    with pytest.raises(NotAllowed):
        entry.refuse_foreign(words)


@pytest.mark.parametrize(
    "typed",
    [
        "init --no-input",
        "-o json init",
        "-- init",
        "--lang zh db upgrade",
        "db -- upgrade",
        "key create x",
        "key -- create x",
        "key rewrap --copy mine.key",
        "recover key",
        "recover administrator GR001 --reason x",
        "--install-completion bash",
        "-o json --install-completion=bash",
    ],
)
def test_setting_up_is_not_for_who_comes_by_the_door(inside: Program, typed: str) -> None:
    assert by_ssh(inside, typed).code == 4


@pytest.mark.parametrize(
    ("who", "typed", "asked", "answer"),
    [
        ("KF002", "report export owners", "File to write", "{home}/.ssh/authorized_keys.csv"),
        ("KF002", "report export owners", "File to write", "../KF001/owners.csv"),
        ("R-SYSTEM-ADMIN", "policy diff", "File of policy", "/etc/passwd"),
        ("R-SYSTEM-ADMIN", "role apply", "File of roles", "~/.config/pcloud/config.toml"),
    ],
)
def test_what_is_answered_at_a_terminal_names_no_file_of_the_server_either(
    inside: Program, who: str, typed: str, asked: str, answer: str
) -> None:
    logged_in(inside, ["ssh", who])
    child = pexpect.spawn(
        FIRST[0],
        [*FIRST[1:], "ssh", who],
        env={
            "HOME": str(inside.home),
            "PATH": os.defpath,
            "LANG": "C.UTF-8",
            "TERM": "xterm",
            "SSH_ORIGINAL_COMMAND": typed,
        },
        cwd="/",
        encoding="utf-8",
        timeout=300,
        dimensions=(40, 200),
    )
    try:
        child.expect_exact(asked)
        child.sendline(answer.format(home=inside.home))
        child.expect(pexpect.EOF)
    finally:
        child.close()
    assert "Files of the server cannot be named here." in (child.before or "")
    assert child.exitstatus == 4


def test_who_comes_by_the_door_may_look_at_recoveries(inside: Program) -> None:
    logged_in(inside, ["ssh", "KF001"])
    told = by_ssh(inside, "-o json recover list")
    assert "recovery.read" in told.err, "the permission decides, not the door"


def test_ordinary_words_get_through() -> None:
    for words in (
        ["house", "show", "3-1-301"],
        ["owner", "find", "--name", "钱/小乙"],
        ["audit", "list", "--since", "2026/03/01"],
        ["import", "load", "-", "--name", "list.xlsx"],
        ["report", "export", "owners", "--out", "owners.csv"],
    ):
        entry.refuse_foreign(words)


def test_a_workbook_comes_by_stdin_or_is_put_and_a_result_is_got(inside: Program) -> None:
    logged_in(inside, ["ssh", "KF001"])
    put = by_ssh(inside, "put list.csv", stdin="楼栋,单元,房号,业主姓名\n1,1,101,钱小乙\n")
    assert put.code == 0, put.err
    kept = inside.home / "staff/KF001/list.csv"
    assert kept.stat().st_mode & 0o777 == 0o600
    assert by_ssh(inside, "import check list.csv").code in (0, 6)
    made = by_ssh(inside, "import template mine.xlsx")
    assert made.code == 0, made.err
    got = by_ssh(inside, "get list.csv")
    assert got.out.endswith("1,1,101,钱小乙\n")
    assert not kept.exists()
    assert by_ssh(inside, "get list.csv").code == 3
    (inside.home / "staff/KF001/link").symlink_to(inside.home / ".config/pcloud/master.key")
    assert by_ssh(inside, "get link").code == 3
    for typed in ("get .ssh", "get pcloud", "put a b", "get"):
        assert by_ssh(inside, typed).code == 2, typed


def test_doctor_behind_the_door_knows_where_it_is(inside: Program) -> None:
    told = by_ssh(inside, "doctor -o json")
    found = {each["check"]: each for each in json.loads(told.out)}
    assert found["boundary"]["status"] == "ok", found["boundary"]
    assert "ssh:KF001" in found["boundary"]["message"]


def test_words_are_split_as_people_quote_them() -> None:
    assert entry.split("") == []
    assert entry.split("pcloud role grant KF001 finance --reason 'a  b'") == [
        *("role", "grant", "KF001", "finance", "--reason"),
        "a  b",
    ]
    assert entry.split("owner find --name 钱;ls")[-1] == "钱;ls"
    for text in ("a 'b", "x" * 70_000):
        with pytest.raises(UsageProblem):
            entry.split(text)


# --- the files that are shipped ------------------------------------------------------------------

KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJyqfqH1Fo7Yx0Dq0Zp9m3Wc8Wq1r0J3o8m5e2Q6pN0a wang@pc"


def rendered(kind: str, **more: str) -> str:
    return boundary.rendered(kind, boundary.Place(python=sys.executable), **more)


def test_sudo_takes_the_rule(tmp_path: Path) -> None:
    checker = shutil.which("visudo", path=f"{os.environ['PATH']}:/usr/sbin:/sbin")
    if checker is None:
        pytest.skip("no visudo here")
    rule = tmp_path / "pcloud"
    rule.write_text(rendered("sudoers"))
    rule.chmod(0o440)
    done = subprocess.run([checker, "-cf", str(rule)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_systemd_takes_the_units(tmp_path: Path) -> None:
    checker = shutil.which("systemd-analyze")
    if checker is None:
        pytest.skip("no systemd-analyze here")
    units = []
    for kind in ("service", "timer"):
        unit = tmp_path / f"pcloud-checkpoint.{kind}"
        unit.write_text(rendered(f"checkpoint-{kind}"))
        units.append(str(unit))
    done = subprocess.run(
        [checker, "verify", "--man=no", *units], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr


def test_the_launcher_goes_straight_for_the_account_and_by_the_rule_for_others(
    tmp_path: Path,
) -> None:
    me = pwd.getpwuid(os.geteuid()).pw_name
    fake = tmp_path / "sudo"
    fake.write_text('#!/bin/sh\nprintf "%s\\n" "$@"\n')
    fake.chmod(0o755)
    launcher = tmp_path / "pcloud"
    env = {"PATH": f"{tmp_path}:{os.defpath}", "HOME": str(tmp_path), "LANG": "C.UTF-8"}
    place = boundary.Place(python=sys.executable)
    launcher.write_text(boundary.rendered("launcher", place))
    by_rule = ["/bin/sh", str(launcher), "role", "grant", "a  b"]
    told = subprocess.run(by_rule, env=env, capture_output=True, text=True, check=True)
    expected = ["-u", "pcloud", "--", *FIRST, "sudo", "role", "grant", "a  b"]
    assert told.stdout.splitlines() == expected
    launcher.write_text(boundary.rendered("launcher", boundary.Place(account=me, python=FIRST[0])))
    straight = ["/bin/sh", str(launcher), "--version"]
    told = subprocess.run(straight, env=env, capture_output=True, text=True, check=True)
    assert told.stdout.startswith("pcloud ")


def test_a_key_line_holds_the_key_and_nothing_that_came_with_it() -> None:
    line = rendered("authorized-key", name="KF001", key=f"{KEY}\nssh-rsa AAAA second")
    assert line.count("\n") == 1
    assert line.startswith(f'restrict,pty,command="{sys.executable} -I -m pcloud_cli.entry ssh KF')
    assert line.rstrip().endswith(f"{' '.join(KEY.split()[:2])} KF001")
    for name, key in (("a b", KEY), ('x"', KEY), ("KF001", 'command="sh" ssh-ed25519 AAAA')):
        with pytest.raises(UsageProblem):
            rendered("authorized-key", name=name, key=key)


@pytest.mark.parametrize(
    "place",
    [
        boundary.Place(account="root ALL"),
        boundary.Place(group="x\ny"),
        boundary.Place(python="/bin/sh -c"),
        boundary.Place(home="/a/../b"),
        boundary.Place(evidence="/a\n"),
    ],
)
def test_names_that_a_file_would_misread_are_refused(place: boundary.Place) -> None:
    with pytest.raises(UsageProblem):
        boundary.rendered("sudoers", place)
