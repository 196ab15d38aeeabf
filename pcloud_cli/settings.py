"""Settings: flag, then `PCLOUD_*`, then profile, then file (TOML), then default.

Every value keeps its origin, which `config show` prints.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pcloud_cli.errors import ConfigProblem
from pcloud_cli.i18n import N_, _
from pcloud_cli.reasons import reason_of

CONFIG_NAME = "config.toml"
_BELOW = "\0"


@dataclass(frozen=True)
class Spec:
    """What one setting is: its `name` in the file, its `help`, and how a text becomes its value."""

    name: str
    help: str
    default: str | bool | None = None
    choices: tuple[str, ...] = ()
    flag: bool = False

    @property
    def variable(self) -> str:
        """The environment variable that sets it."""
        return "PCLOUD_" + {"language": "LANG"}.get(self.name, self.name.upper())


SPECS = (
    Spec("language", N_("language of messages: en or zh"), choices=("en", "zh")),
    Spec("database", N_("database URL, sqlite:///FILE or postgresql://…")),
    Spec("key_file", N_("file that holds the master key")),
    Spec("attachments", N_("folder, or fsspec URL, where attachments lie encrypted")),
    Spec(
        "session_store",
        N_("where a login is kept: auto, keyring or file"),
        default="auto",
        choices=("auto", "keyring", "file"),
    ),
    Spec("zone", N_("time zone where no community says one"), default="Asia/Shanghai"),
    Spec("production", N_("announce this profile in prompts"), default=False, flag=True),
    Spec(
        "output",
        N_("output format where -o says none"),
        default="table",
        choices=("table", "json", "jsonl", "csv", "tsv", "yaml", "ids"),
    ),
)
_BY_NAME = {spec.name: spec for spec in SPECS}
TABLES = ("outbox",)
"""Settings that are tables of the file; a profile's stands before the file's, value by value."""
_PASSWORD_OF_QUERY = re.compile(r"([?&][^=&]*password[^=&]*=)[^&]*", re.IGNORECASE)
_TRUE = {"1", "true", "yes", "on", "是"}
_FALSE = {"0", "false", "no", "off", "否", ""}


@dataclass(frozen=True)
class Setting:
    """One value and where it came from."""

    name: str
    value: str | bool | int | None
    origin: str


@dataclass(frozen=True)
class Folders:
    """The three places of an installation, by the XDG base directory specification."""

    config: Path
    data: Path
    state: Path

    @classmethod
    def of(cls, env: Mapping[str, str]) -> Folders:
        """Return the folders that `env` names (`XDG_*`, else below HOME)."""
        home = Path(env.get("HOME") or os.path.expanduser("~"))  # noqa: PTH111 - passwd's home

        def place(variable: str, below: str) -> Path:
            given = env.get(variable, "")
            return (Path(given) if given.startswith("/") else home / below) / "pcloud"

        return cls(
            config=place("XDG_CONFIG_HOME", ".config"),
            data=place("XDG_DATA_HOME", ".local/share"),
            state=place("XDG_STATE_HOME", ".local/state"),
        )


class Settings:
    """The settings in force. `get` returns a value, `origins` all of them with their origin."""

    def __init__(
        self,
        values: dict[str, Setting],
        *,
        path: Path,
        profile: str | None,
        tables: Mapping[str, Setting] | None = None,
    ) -> None:
        self._values = values
        self._tables = tables or {}
        self.path = path
        self.profile = profile

    def get(self, name: str) -> Any:
        """Return the value of setting `name`: text, bool or None."""
        return self._values[name].value

    def text(self, name: str) -> str:
        """Return the value of `name` as text, empty where it is not set."""
        value = self._values[name].value
        return value if isinstance(value, str) else ""

    def table(self, name: str) -> dict[str, Any]:
        """Return the table `name` as the file nests it, {} where there is none."""
        found: dict[str, Any] = {}
        for path, setting in self._tables.items():
            *folders, last = path.split(_BELOW)
            place = found
            for folder in folders:
                place = place.setdefault(folder, {})
            place[last] = setting.value
        return dict(found.get(name, {}))

    def origins(self) -> list[Setting]:
        """Return every setting with its origin, in the order they are documented."""
        plain = [self._values[spec.name] for spec in SPECS]
        return plain + list(self._tables.values())

    def database_url(self) -> str:
        """Return the database URL; ConfigProblem where none is set."""
        url = self.text("database")
        if not url:
            raise ConfigProblem(
                _("No database is set up."),
                hint=_("Run `pcloud init`, or name one in PCLOUD_DATABASE."),
            )
        return url


def config_path(env: Mapping[str, str]) -> Path:
    """Return where the settings file is looked for."""
    given = env.get("PCLOUD_CONFIG")
    return Path(given) if given else Folders.of(env).config / CONFIG_NAME


def read_file(path: Path) -> dict[str, Any]:
    """Return the settings file's content, empty where there is none; else ConfigProblem."""
    if not path.exists():
        return {}
    import tomllib

    try:
        with path.open("rb") as stream:
            return tomllib.load(stream)
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        reason = reason_of(error) if isinstance(error, OSError) else _no_toml(error)
        raise ConfigProblem(
            _("The settings file {path} cannot be read: {reason}").format(path=path, reason=reason),
            hint=_("Mend the file, or move it away and run `pcloud init`."),
        ) from None


def _no_toml(error: ValueError) -> str:
    import re

    place = re.search(r"\(at line (\d+), column (\d+)\)", str(error))
    if place is None:
        return _("it is not a whole TOML file")
    line, column = place.groups()
    return _("line {line}, column {column} is no TOML").format(line=line, column=column)


def load(
    env: Mapping[str, str], *, flags: Mapping[str, str | None], profile: str | None = None
) -> Settings:
    """Return the settings of `env`, `flags` and the file.

    A profile is chosen by `profile` (a flag), then `PCLOUD_PROFILE`, then `profile = …` in the
    file. Raises ConfigProblem for an unknown profile, setting or value.
    """
    path = config_path(env)
    content = read_file(path)
    profiles = content.pop("profiles", {})
    chosen = profile or env.get("PCLOUD_PROFILE") or content.pop("profile", None)
    content.pop("profile", None)
    tables = dict(_leaves(content, str(path)))
    _refuse_unknown(content, str(path))
    section: dict[str, Any] = {}
    if chosen is not None:
        chosen = str(chosen)
        if not isinstance(profiles, dict) or not isinstance(profiles.get(chosen), dict):
            known = ", ".join(sorted(profiles)) if isinstance(profiles, dict) else ""
            raise ConfigProblem(
                _("There is no profile {name} in {path}.").format(name=chosen, path=path),
                hint=_("Known profiles: {names}.").format(names=known)
                if known
                else _("It names no profiles; one is a table [profiles.NAME]."),
            )
        section = dict(profiles[chosen])
        tables |= dict(_leaves(section, f"profile {chosen}"))
        _refuse_unknown(section, f"{path} [profiles.{chosen}]")
    values = {}
    for spec in SPECS:
        sources = (
            (flags.get(spec.name), "flag"),
            (env.get(spec.variable) or None, spec.variable),
            (section.get(spec.name), f"profile {chosen}"),
            (content.get(spec.name), str(path)),
        )
        for raw, origin in sources:
            if raw is not None:
                values[spec.name] = Setting(spec.name, _value(spec, raw, origin), origin)
                break
        else:
            values[spec.name] = Setting(spec.name, spec.default, "default")
    return Settings(values, path=path, profile=chosen, tables=tables)


def _leaves(section: dict[str, Any], origin: str) -> Iterator[tuple[str, Setting]]:
    """Take the tables out of `section` and yield every value in them by its path."""
    for name in TABLES:
        table = section.pop(name, {})
        if not isinstance(table, dict):
            raise ConfigProblem(
                _("{name} from {origin} is not usable.").format(name=name, origin=origin),
                hint=_("It must be a table, [{name}].").format(name=name),
            )
        waiting: list[tuple[tuple[str, ...], Any]]
        waiting = [((name, key), value) for key, value in table.items()]
        while waiting:
            path, value = waiting.pop(0)
            if isinstance(value, dict):
                waiting = [((*path, key), each) for key, each in value.items()] + waiting
            else:
                yield _BELOW.join(path), Setting(".".join(path), value, origin)


def _refuse_unknown(section: Mapping[str, Any], where: str) -> None:
    for name in section:
        if name not in _BY_NAME:
            raise ConfigProblem(
                _("{where} sets {name}, which is no setting.").format(where=where, name=name),
                hint=_("Settings are: {names}.").format(names=", ".join(_BY_NAME)),
            )


def _value(spec: Spec, raw: object, origin: str) -> str | bool:
    if spec.flag:
        if isinstance(raw, bool):
            return raw
        text = str(raw).strip().lower()
        if text in _TRUE or text in _FALSE:
            return text in _TRUE
        choices: tuple[str, ...] = ("true", "false")
    else:
        if isinstance(raw, str):
            if spec.name == "language":
                from pcloud_cli.i18n import normalise

                raw = normalise(raw) or raw
            if not spec.choices or raw in spec.choices:
                return raw
        choices = spec.choices or (_("a text in quotes"),)
    raise ConfigProblem(
        _("{name} from {origin} is not usable.").format(name=spec.name, origin=origin),
        hint=_("It must be one of: {choices}.").format(choices=", ".join(choices)),
    )


def safe_url(url: str) -> str:
    """Return `url` with its password, if any, replaced by stars.

    What stands before the last ``@`` is taken for name and password, because a password written
    without percent signs may hold any of ``/ ? # @``.

    >>> safe_url("postgresql://pcloud:secret@db/pcloud")
    'postgresql://pcloud:***@db/pcloud'
    >>> safe_url("postgresql://pcloud:se#cr/et@db/pcloud?sslmode=require")
    'postgresql://pcloud:***@db/pcloud?sslmode=require'
    """
    scheme, parted, rest = url.partition("://")
    who, at, where = rest.rpartition("@")
    if at and not rest.startswith("/"):
        name, colon, _password = who.partition(":")
        rest = f"{name}{':***' if colon else ''}@{where}"
    return _PASSWORD_OF_QUERY.sub(r"\1***", f"{scheme}{parted}{rest}")
