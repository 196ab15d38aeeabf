"""A secret planted wherever one can come in is never seen again: not in what is printed, not in a
report of a defect, not in the trail or any other file, not in the list of processes (1.3)."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import pytest

from pcloud_cli.services import acting
from pcloud_cli.settings import SPECS
from tests.cli import asked
from tests.cli.commands import COMMANDS
from tests.cli.counter_hall import Hall, open_hall
from tests.cli.dialogue import HR, PASSWORD
from tests.cli.left_behind import command_lines, files, left_behind
from tests.cli.processes import wait_until
from tests.cli.program import PROJECT, Answer, command

PLANTED = "Plnt#7391qzVx"
OTHER = "Reed#8842kwTb"
PHONE = "13987650021"
_PATIENCE = 300

SECRET_VARIABLES = ("PCLOUD_TOKEN", "PCLOUD_KEY", "PCLOUD_DATABASE", "PCLOUD_ATTACHMENTS")
"""The variables that can hold a secret: a token, the key, the password within a URL."""

PLAIN_VARIABLES = (
    "PCLOUD_CONFIG",
    "PCLOUD_DOOR",
    "PCLOUD_ENTRY",
    "PCLOUD_KEY_FILE",
    "PCLOUD_LANG",
    "PCLOUD_OUTPUT",
    "PCLOUD_PRODUCTION",
    "PCLOUD_PROFILE",
    "PCLOUD_SESSION_STORE",
    "PCLOUD_TOKEN_FILE",
    "PCLOUD_ZONE",
)
"""Those that name a file, a profile or a choice."""

LINES = {
    "accounts.contact._typed: a line of standard input": (
        "account contact KF002 --phone - --reason 试",
        "R-ADMINISTRATION",
        (PHONE,),
    ),
    "accounts.noun.passwd: a line of standard input": (
        "account passwd --password-stdin",
        "KF001",
        (PLANTED, OTHER),
    ),
    "accounts.second_factor._password: a line of standard input": (
        "account second-factor enable --password-stdin",
        "KF001",
        (PLANTED, OTHER),
    ),
    "accounts.second_factor._code: a line of standard input": (
        "account second-factor codes --password-stdin",
        "TF001",
        (PASSWORD, OTHER),
    ),
    "imports.password.__init__: a line of standard input": (
        "import check {home}/locked.xlsx --password-stdin",
        None,
        (PLANTED,),
    ),
    "login._enter: a line of standard input": (
        "login TF001 --password-stdin",
        None,
        (PASSWORD, OTHER),
    ),
    "recover._key: all of standard input": (
        "recover administrator GR001 --reason 试 --key-stdin --yes",
        None,
        (PLANTED,),
    ),
    "owner._number: a line of standard input": ("owner find --phone -", "KF001", (PHONE,)),
    "owner_change._one: a line of standard input": (
        "owner change 钱小丙 -c CH --phone - --reason 试",
        "KF001",
        (PHONE,),
    ),
    "roster.handing.hand_over: all of standard input": (
        "roster hand-over --note -",
        "R-MAINTENANCE",
        (OTHER,),
    ),
}
"""Each place that reads a secret or private line, and a call that comes there."""


NO_SECRET_LINES = {
    f"{place}: all of standard input"
    for place in (
        "audit.options.paper_text",
        "boundary.print_",
        "imports.lists._listed",
        "policy._read",
        "role.files.apply",
    )
}
"""Files and lists of names that come in there."""


@pytest.fixture(scope="module")
def opened(founded_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Hall:
    """The company, to be copied."""
    return open_hall(founded_home, tmp_path_factory.mktemp("hall") / "home")


@pytest.fixture
def hall(opened: Hall, tmp_path: Path) -> Hall:
    """The company of one test."""
    return opened.copy(tmp_path / "home")


def watched(
    hall: Hall, *words: str, stdin: str = "", variables: Mapping[str, str] | None = None
) -> tuple[Answer, set[str]]:
    """Call the program as a process and return its answer and all command lines seen meanwhile."""
    with subprocess.Popen(
        command(*words),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=hall.program.process_env(variables),
        cwd=hall.program.home,
    ) as child:
        seen = command_lines()
        assert child.stdin is not None
        child.stdin.write(stdin)
        child.stdin.close()
        child.stdin = None
        while True:
            try:
                out, err = child.communicate(timeout=0.02)
                break
            except subprocess.TimeoutExpired:
                seen |= command_lines()
    assert any("pcloud_cli" in line for line in seen)
    return Answer(child.returncode, out, err), seen


def never_seen(hall: Hall, answer: Answer, seen: set[str], *secrets: str) -> None:
    """Fail where one of `secrets` can be read anywhere."""
    for secret in secrets:
        assert secret not in answer.out, "printed"
        assert secret not in answer.err, "said"
        assert not [line for line in seen if secret in line], "in the list of processes"
        assert left_behind(hall, secret) == []


def test_the_search_itself_finds_what_lies_open(hall: Hall) -> None:
    with subprocess.Popen(["sleep", "300", "9"]) as child:
        wait_until(
            lambda: any("sleep 300 9" in line for line in command_lines()),
            "it is among the processes",
        )
        child.kill()
    (hall.program.home / "note.txt").write_text(f"ask {PLANTED}")
    assert [Path(path).name for path in left_behind(hall, PLANTED)] == ["note.txt"]
    made = hall.program.run("owner", "withdraw", "1", "--reason", OTHER, by="KF001")
    assert made.code == 0, made.err
    assert "trail_event" in left_behind(hall, OTHER)


def test_every_variable_of_the_environment_is_known() -> None:
    source = "".join(
        path.read_text(encoding="utf-8") for path in (PROJECT / "pcloud_cli").rglob("*.py")
    )
    named = set(re.findall(r"PCLOUD_[A-Z]+(?:_[A-Z]+)*", source))
    read = named | {spec.variable for spec in SPECS}
    assert read == {*SECRET_VARIABLES, *PLAIN_VARIABLES}


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("PCLOUD_TOKEN", PLANTED),
        ("PCLOUD_KEY", PLANTED),
        ("PCLOUD_DATABASE", f"postgresql://pcloud:{PLANTED}@127.0.0.1:1/pcloud"),
        ("PCLOUD_DATABASE", f"postgresql://127.0.0.1:1/pcloud?password={PLANTED}"),
        ("PCLOUD_DATABASE", f"nonsense://pcloud:{PLANTED}@127.0.0.1/pcloud"),
        ("PCLOUD_ATTACHMENTS", f"ftp://pcloud:{PLANTED}@127.0.0.1:9/store"),
    ],
)
@pytest.mark.parametrize(
    "words", ["whoami", "doctor", "config show -o json", "owner list -c CH -o json", "init"]
)
def test_a_secret_of_the_environment_is_never_shown(
    hall: Hall, variable: str, value: str, words: str
) -> None:
    variables = {variable: value}
    if variable == "PCLOUD_KEY":  # looked at only where no file is named
        config = hall.program.config
        kept = [line for line in config.read_text().splitlines() if "key_file" not in line]
        config.write_text("\n".join(kept))
    extra = ("--no-input", "--key-copy", "none") if words == "init" else ()
    answer, seen = watched(hall, *words.split(), *extra, variables=variables)
    for told in (answer.out, answer.err, *seen):
        assert PLANTED not in told
    assert not [path for path in files(hall) if PLANTED.encode() in path.read_bytes()]


def test_the_right_secrets_of_the_environment_are_not_shown_either(hall: Hall) -> None:
    key_file = next(path for path in files(hall) if path.name == "master.key")
    text = key_file.read_text()
    config = hall.program.config
    kept = [line for line in config.read_text().splitlines() if "key_file" not in line]
    config.write_text("\n".join(kept))
    key_file.unlink()
    key = text.splitlines()[0]
    token = hall.program.tokens["R-SYSTEM-ADMIN"]
    hall.program.variables["PCLOUD_KEY"] = text
    for words in ("whoami", "config show", "key status", "doctor", "role list", "audit verify"):
        answer, seen = watched(hall, *words.split(), variables={"PCLOUD_TOKEN": token})
        assert answer.code in (0, 1), answer
        never_seen(hall, answer, seen, key, token)


def test_every_line_of_standard_input_is_known() -> None:
    lines = {each for each in asked.questions() if each.endswith("of standard input")}
    assert set(LINES) == lines - NO_SECRET_LINES


@pytest.mark.parametrize("place", LINES)
def test_a_secret_line_of_standard_input_is_never_seen_again(hall: Hall, place: str) -> None:
    words, by, lines = LINES[place]
    variables = {"PCLOUD_TOKEN": hall.program.tokens[by]} if by else {}
    answer, seen = watched(
        hall,
        *hall.words(words),
        stdin="".join(f"{line}\n" for line in lines),
        variables=variables,
    )
    assert "Traceback" not in answer.err
    never_seen(hall, answer, seen, *lines)


@pytest.mark.parametrize("place", LINES)
def test_a_defect_while_a_secret_is_at_hand_does_not_tell_it(
    hall: Hall, place: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    words, by, lines = LINES[place]

    @contextmanager
    def broken(_desk: acting.Desk, *, write: bool = False) -> Iterator[None]:
        kept = list(lines)
        raise RuntimeError(f"it broke with {kept}")
        yield

    stdin = "".join(f"{line}\n" for line in lines)
    if place.startswith("imports"):
        monkeypatch.setattr("pcloud_cli.sheets.spawn.run_child", broken, raising=False)
    monkeypatch.setattr(acting.Desk, "open", broken)
    answer = hall.program.run(*hall.words(words), stdin=stdin, by=by)
    if not place.startswith(("imports", "recover")):
        assert "defect" in answer.err.lower(), answer
    monkeypatch.undo()
    never_seen(hall, answer, set(), *lines)


def test_secrets_that_the_program_makes_are_shown_once_and_kept_nowhere(hall: Hall) -> None:
    made = hall.program.run(
        *("account", "create", "NEW02", "孙小新", "--show", "--reason", "试"), "-o", "json", by=HR
    )
    assert made.code == 0, made.err
    token = hall.program.run(
        "account",
        "token",
        "create",
        "CRON01",
        "--name",
        "夜间二",
        "-o",
        "json",
        by=HR,
    )
    assert token.code == 0, token.err
    secrets = [made.data.get("first_password"), token.data.get("token")]
    for secret in filter(None, secrets):
        assert left_behind(hall, secret) == []
        again = hall.program.run("audit", "list", "-o", "json", by="R-AUDITOR")
        assert secret not in again.out + again.err


def test_no_option_takes_a_secret_as_its_value() -> None:
    """A value on a command line is read by whoever lists processes: secrets come otherwise."""
    told = re.compile("password|secret|token|passphrase|recovery|code")
    for path, one in COMMANDS.items():
        for param in one.params:
            names = " ".join([param.name, *param.opts]).lower()
            if told.search(names) and not getattr(param, "is_flag", False):
                assert (path, param.name) in _NAMES_ONLY, (path, param.opts)


_NAMES_ONLY = {
    ("community create", "code"),
    ("region create", "code"),
    ("fault-type add", "code"),
    ("cron print", "tokens"),
    ("account token revoke", "token_id"),
}
"""Options of which the name says more than they take: a short code, an id, a folder."""
