"""Ids are ours: 16 bytes, time-ordered (UUIDv7, RFC 9562), given before a row is sealed."""

from __future__ import annotations

import threading
import uuid
from collections.abc import Callable
from struct import unpack

from pcloud_cli.clock import Clock
from pcloud_cli.errors import NotFound
from pcloud_cli.i18n import _

_VERSION = 0x7 << 76
_VARIANT = 0x2 << 62
_LOW_BITS = (1 << 62) - 1
_MAX_COUNTER = (1 << 12) - 1


class IdSource:
    """Gives 16-byte UUIDv7 values, strictly rising within a process.

    The 12 bits after the version count up within one millisecond (RFC 9562, 6.2, method 1);
    when they run over, the millisecond is borrowed from the future. The low 62 bits are random.
    """

    def __init__(self, clock: Clock, random: Callable[[int], bytes]) -> None:
        self._clock = clock
        self._random = random
        self._lock = threading.Lock()
        self._ms = 0
        self._counter = 0

    def __call__(self) -> bytes:
        """Return the next id."""
        return self.take(1)[0]

    def take(self, count: int) -> list[bytes]:
        """Return `count` ids, rising; far cheaper a piece than one by one."""
        ids: list[bytes] = []
        with self._lock:
            now = int(self._clock.now().timestamp() * 1000)
            if now > self._ms:
                self._ms, self._counter = now, 0
            while len(ids) < count:
                if self._counter > _MAX_COUNTER:
                    self._ms, self._counter = self._ms + 1, 0
                first = self._counter
                part = min(count - len(ids), _MAX_COUNTER + 1 - first)
                self._counter += part
                head = self._ms << 80 | _VERSION | _VARIANT
                lows = unpack(f">{part}Q", self._random(8 * part))
                ids += [
                    (head | number << 64 | low & _LOW_BITS).to_bytes(16, "big")
                    for number, low in enumerate(lows, first)
                ]
        return ids


def id_text(value: bytes) -> str:
    """Return the usual text of a 16-byte id."""
    return str(uuid.UUID(bytes=value))


def parse_id(text: str) -> bytes:
    """Return the 16 bytes that `text` names; NotFound where it is no id."""
    try:
        return uuid.UUID(text.strip()).bytes
    except ValueError:
        raise NotFound(
            _("{text} is not an id.").format(text=text),
            hint=_("Copy the id from a list printed with -o ids."),
        ) from None
