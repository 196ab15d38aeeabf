"""A defect of the program: what its user is told, and where its makers can look for it."""

from __future__ import annotations

import os
import traceback

from pcloud_cli import __version__
from pcloud_cli.context import Context
from pcloud_cli.errors import Failed, PcloudError
from pcloud_cli.i18n import _


def reported(error: Exception, run: Context) -> PcloudError:
    """Return what to tell the user of a defect of ours; its place is kept in a file.

    Only the kind of the error and the lines it passed are written: a message or a local could
    hold a secret or a person's data.
    """
    frames = traceback.extract_tb(error.__traceback__)
    lines = [f"pcloud {__version__}", f"{type(error).__module__}.{type(error).__qualname__}"]
    lines += [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in frames]
    hint = None
    try:
        run.folders.state.mkdir(parents=True, exist_ok=True, mode=0o700)
        path = run.folders.state / "defect.txt"
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as stream:
            stream.write("\n".join(lines) + "\n")
        hint = _("Send {path} to the makers; it holds no data, only where the program was.").format(
            path=path
        )
    except OSError:
        pass
    return Failed(
        _("A defect of the program stopped it ({kind}). Nothing was changed.").format(
            kind=type(error).__name__
        ),
        hint=hint,
        code="defect",
    )
