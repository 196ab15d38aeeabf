"""`pcloud config`: the settings in force."""

from __future__ import annotations

from pcloud_cli.context import Context
from pcloud_cli.i18n import N_, _
from pcloud_cli.output.columns import Column
from pcloud_cli.settings import SPECS, Setting, safe_url
from pcloud_cli.typer_adapter import Noun

app = Noun(N_("Show settings and where each comes from."))

COLUMNS = (
    Column("name", N_("Setting")),
    Column("value", N_("Value")),
    Column("origin", N_("From")),
    Column("variable", N_("Variable")),
)


@app.verb("show", examples="pcloud config show\npcloud config show -o json")
def show(run: Context) -> None:
    """Show every setting, its value, and where that came from: flag, variable, profile, file or
    default. Passwords inside a URL are not shown, nor a secret that was written where only
    its place belongs."""
    variables = {spec.name: spec.variable for spec in SPECS}
    people = run.out.format in ("table", "csv")
    run.out.rows(
        (
            {
                "name": setting.name,
                "value": _open(setting),
                "origin": _origin(setting.origin) if people else setting.origin,
                "variable": variables.get(setting.name),
            }
            for setting in run.settings.origins()
        ),
        COLUMNS,
    )


def _open(setting: Setting) -> object:
    """Return what may be shown of a setting's value."""
    if setting.name in ("database", "attachments") and isinstance(setting.value, str):
        return safe_url(setting.value)
    if setting.name.startswith("outbox."):
        from pcloud_cli.delivery.destinations import open_value

        return open_value(setting.name, setting.value)
    return setting.value


def _origin(code: str) -> str:
    """Return what a person reads for where a setting came from; places stay as they are."""
    if code.startswith("profile "):
        return _("profile {name}").format(name=code.removeprefix("profile "))
    return {"flag": _("option of this call"), "default": _("default")}.get(code, code)
