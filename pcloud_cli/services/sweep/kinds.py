"""What can fall due, each kind registered here; a new one is one more line of `KINDS`.

What a kind keeps to, so that the sweep needs to know nothing of it:

* **A moment in a column.** Each thing has its next due moment in one nullable column, `due_at`,
  with a partial index over what is still open. It is set by the service that begins the step, by
  the policy in force then, and left to the sweep afterwards. NULL means that nothing is due.
* **`next_due` is cheap.** One look at the end of that index, asked at every waking. It counts no
  rows, and neither it nor `take` ever reads a table through.
* **`take` works off what is due at `until` or before**, and no more than `limit` of it, the
  earliest first (`declare.due`). `until` is the moment of the sweep, `work.now()` the same or
  later; what is decided depends on `until` and on the thing's own moments, never on when the
  sweep happened to come. The next moment is counted from the one that has passed, so that a
  sweep that was away for a day ends where one every minute does.
* **Each thing taken moves on.** When `take` returns, everything that it counted in
  `Taken.things` has a `due_at` later than before, or none. `things == 0` says that nothing is
  left; the sweep asks again until then. What somebody else holds (SKIP LOCKED) is not counted.
* **Idempotent by thing, step and level.** What was late is recorded by `breaches.record`, which
  knows each (kind, thing, step, level) once. A step that can begin again carries in its name the
  moment or the round at which it began. Only what is new there leads to an event of the trail
  and to alerts. A kind whose things have breaches of their own (a ticket's, by clock and level)
  keeps them there by the same rule.
* **Told once, by the outbox.** `breaches.tell` notes who is to hear of a new breach; the last
  kind, ``alert``, makes of all that one person is to hear one message. What cannot wait for
  that (an urgent ticket) goes to `outbox.queue` directly, with ``once=`` of the same key.
* **One unit of work.** `take` neither commits nor opens anything of its own: recording, telling
  and moving on stand or fall together, so that a sweep may be killed at any moment. The same on
  both databases; changes by sets or `executemany`, not row by row.
* **No permission of its own.** ``sweep.run`` was checked by whoever calls; `actor` is named in
  the trail. Whatever else a step needs (an account in force, a row that is whole) it looks at.

Kinds are taken in the order in which they stand here, `alert` last.
"""

from __future__ import annotations

from collections.abc import Mapping

from pcloud_cli.services.sweep import (
    alerts,
    approvals,
    call_backs,
    first_passwords,
    grants,
    imports,
    late_entries,
    leavers,
    sessions,
    tickets,
)
from pcloud_cli.services.sweep.declare import Kind

KINDS: Mapping[str, Kind] = {
    tickets.NAME: tickets.KIND,
    late_entries.NAME: late_entries.KIND,
    "call_backs": call_backs.KIND,
    "approval": approvals.KIND,
    "import": imports.KIND,
    "first_password": first_passwords.KIND,
    "session": sessions.KIND,
    "leaver": leavers.KIND,
    "grant": grants.KIND,
    "alert": alerts.KIND,
}
"""Every kind by name, in the order in which the sweep takes them."""
