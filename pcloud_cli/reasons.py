"""Why the operating system refused something, in the user's language."""

from __future__ import annotations

import errno

from pcloud_cli.i18n import N_, _

_KNOWN = {
    errno.ENOENT: N_("no such file or folder"),
    errno.EACCES: N_("permission denied"),
    errno.EPERM: N_("permission denied"),
    errno.ENOSPC: N_("no space is left on the disk"),
    errno.EDQUOT: N_("the disk quota is used up"),
    errno.EFBIG: N_("the file is too large"),
    errno.EROFS: N_("the disk is read-only"),
    errno.EISDIR: N_("it is a folder"),
    errno.ENOTDIR: N_("a part of its path is no folder"),
    errno.EEXIST: N_("it is there already"),
    errno.ELOOP: N_("it is a link"),
    errno.ENAMETOOLONG: N_("the name is too long"),
    errno.EIO: N_("the disk failed"),
    errno.EBADF: N_("it is closed"),
    errno.EMFILE: N_("too many files are open"),
    errno.ENFILE: N_("too many files are open"),
}


def reason_of(error: OSError) -> str:
    """Return why `error` happened; what is not known here is said in the system's words."""
    known = _KNOWN.get(error.errno or 0)
    return _(known) if known else (error.strerror or type(error).__name__)
