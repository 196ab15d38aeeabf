"""Reading what was typed, strictly: nothing is guessed and pydantic is not loaded."""
# ruff: noqa: ARG002 - the method that Typer calls has its signature

from __future__ import annotations

import enum
import re
from typing import Any, get_args, get_origin

from pcloud_cli.errors import UsageProblem
from pcloud_cli.i18n import _

_INTEGER = re.compile(r"[+-]?[0-9]{1,18}")


class StrictParam:
    """Reads one parameter's text by its annotation; refuses what is not plainly that."""

    def __init__(self, param: Any) -> None:
        descriptor = param.type_descriptor
        annotation = descriptor.annotation
        if get_origin(annotation) is list:
            (annotation,) = get_args(annotation)
        self.kind: Any = annotation
        if not (
            annotation in (str, int, bool)
            or (isinstance(annotation, type) and issubclass(annotation, enum.Enum))
        ):
            raise TypeError(f"{param.name}: declare str, int, bool or an enum, not {annotation}")

    def coerce(self, value: Any, param: Any, ctx: Any) -> Any:
        many = param.multiple or param.nargs == -1
        if value is None:
            return () if many else None
        if many:
            return tuple(self._one(item, param) for item in value)
        return self._one(value, param)

    def _one(self, value: Any, param: Any) -> Any:
        if not isinstance(value, str) or self.kind is str:
            return value
        if self.kind is int:
            return self._integer(value, param)
        if self.kind is bool:
            if value.lower() in {"1", "true", "yes", "on"}:
                return True
            if value.lower() in {"0", "false", "no", "off"}:
                return False
            raise _bad_value(param, value, _("Write true or false."))
        for member in self.kind:
            if member.value == value:
                return member
        choices = ", ".join(str(member.value) for member in self.kind)
        raise _bad_value(param, value, _("Choose one of: {choices}.").format(choices=choices))

    def _integer(self, value: str, param: Any) -> int:
        if not _INTEGER.fullmatch(value):
            raise _bad_value(param, value, _("Write a whole number."))
        number = int(value)
        if (param.min is not None and number < param.min) or (
            param.max is not None and number > param.max
        ):
            raise _bad_value(
                param,
                value,
                _("It must lie between {low} and {high}.").format(
                    low="-∞" if param.min is None else param.min,
                    high="∞" if param.max is None else param.max,
                ),
            )
        return number


def _bad_value(param: Any, value: str, hint: str) -> UsageProblem:
    return UsageProblem(
        _("{name} cannot be {value}.").format(name=param_name(param), value=repr(value)),
        hint=hint,
    )


def param_name(param: Any) -> str:
    if param.param_type_name == "option":
        return str(max(param.opts, key=len))
    return str(param.metavar or param.name).upper()


def strict(params: list[Any]) -> list[Any]:
    """Give each of `params` our reading of values, Typer's own help and completion options too."""
    for param in params:
        if param._runtime_param is None:
            param._runtime_param = StrictParam(param)
    return params
