"""Two languages: English in the code, Chinese in the gettext catalogue.

`_()` translates when called; `N_()` only marks a text that is translated where it is printed.
The language is chosen by `PCLOUD_LANG`, then the profile, then the locale.
"""

from __future__ import annotations

import gettext
from collections.abc import Mapping
from functools import cache

LANGUAGES = ("en", "zh")

_current: gettext.NullTranslations = gettext.NullTranslations()
_language = "en"


def _(message: str) -> str:
    """Return `message` in the language set by `set_language`; itself where none is known."""
    return _current.gettext(message) if message else message


def N_(message: str) -> str:
    """Mark `message` for the catalogue and return it unchanged."""
    return message


def language() -> str:
    """Return the language in force: ``en`` or ``zh``."""
    return _language


def set_language(code: str) -> None:
    """Put `code` (``en`` or ``zh``) in force for this process.

    Raises ValueError for any other code.
    """
    global _current, _language  # noqa: PLW0603 - one process speaks one language at a time
    if code not in LANGUAGES:
        raise ValueError(code)
    _language = code
    _current = gettext.NullTranslations() if code == "en" else _chinese_catalogue()


def in_chinese(message: str) -> str:
    """Return `message` in Chinese whatever language is in force.

    What people write is understood in Chinese even where the program answers in English.
    """
    return _chinese_catalogue().gettext(message)


@cache
def _chinese_catalogue() -> gettext.GNUTranslations:
    from importlib.resources import files  # takes longer than reading the catalogue

    place = files("pcloud_cli") / "locale" / "zh_CN" / "LC_MESSAGES" / "pcloud.mo"
    with place.open("rb") as stream:
        return gettext.GNUTranslations(stream)


def normalise(value: str) -> str | None:
    """Return the language that a user's or a locale's `value` names, or None.

    >>> normalise("zh_CN.UTF-8"), normalise("English"), normalise("C")
    ('zh', 'en', None)
    """
    text = value.strip().lower().replace("-", "_")
    if text.startswith(("zh", "中文", "chinese")):
        return "zh"
    if text.startswith("en"):
        return "en"
    return None


def from_locale(env: Mapping[str, str]) -> str:
    """Return the language of the locale variables in `env`, English where they say nothing."""
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        value = env.get(name)
        if value:
            return normalise(value) or "en"
    return "en"
