"""Sessions: idle and absolute end, terminals, lists; tokens of services with a scope (2.1.1)."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta

import pytest
from sqlalchemy import Engine, select, update

from pcloud_cli.clock import FixedClock
from pcloud_cli.db.engine import writer
from pcloud_cli.db.work import Work
from pcloud_cli.errors import Conflict, NotAllowed, NotFound, UsageProblem
from pcloud_cli.ids import id_text
from pcloud_cli.models.account import Account, LoginSession
from pcloud_cli.models.community import Community
from pcloud_cli.models.trail import TrailEvent
from pcloud_cli.services import account, login, permission, permission_places, role, sessions, token
from pcloud_cli.services.actor import Actor, Grant, TokenScope, bootstrap
from pcloud_cli.services.sessions import Terms

Open = Callable[[], AbstractContextManager[Work]]
Hire = Callable[..., Actor]
HERE, THERE = b"h" * 32, b"t" * 32


def _session(
    opened: Open, clock: FixedClock, number: str = "KF001", **terms: object
) -> tuple[str, LoginSession]:
    until = clock.now() + timedelta(hours=12)
    with opened() as work:
        return sessions.open_on(
            work,
            account.find(work, number),
            Terms(until, **terms),  # type: ignore[arg-type]
            random=os.urandom,
        )


def _who(opened: Open, given: str, terminal: bytes | None = None) -> str | None:
    with opened() as work:
        return sessions.resolve(work, given, terminal=terminal).staff_number


def test_a_session_ends_when_it_was_not_used_for_its_idle_minutes(
    opened: Open, hire: Hire, clock: FixedClock, engine: Engine
) -> None:
    hire("KF001", "customer_service")
    given, _row = _session(opened, clock, idle_minutes=10)
    clock.advance(timedelta(minutes=9))
    with opened() as work:
        actor = sessions.resolve(work, given)
    sessions.seen(engine, actor, clock.now())
    clock.advance(timedelta(minutes=9, seconds=59))
    assert _who(opened, given) == "KF001"
    clock.advance(timedelta(seconds=1))
    assert _who(opened, given) is None


def test_use_is_noted_at_most_once_a_minute(
    opened: Open, hire: Hire, clock: FixedClock, engine: Engine
) -> None:
    hire("KF001", "customer_service")
    given, row = _session(opened, clock)
    made = clock.now()

    def noted() -> object:
        with opened() as work:
            actor = sessions.resolve(work, given)
        sessions.seen(engine, actor, clock.now())
        with opened() as work:
            query = select(LoginSession.last_seen_at).where(LoginSession.id == row.id)
            return work.session.scalar(query)

    clock.advance(timedelta(seconds=59))
    assert noted() == made
    clock.advance(timedelta(seconds=1))
    assert noted() == clock.now()


def test_noting_the_use_waits_for_no_other_writer(
    opened: Open, hire: Hire, clock: FixedClock, engine: Engine
) -> None:
    hire("KF001", "customer_service")
    given, row = _session(opened, clock)
    with opened() as work:
        actor = sessions.resolve(work, given)
    clock.advance(timedelta(minutes=5))
    with writer(engine).begin() as other:
        other.execute(update(LoginSession).where(LoginSession.id == row.id).values(origin="busy"))
        begun = time.monotonic()
        sessions.seen(engine, actor, clock.now())
        assert time.monotonic() - begun < 5
    assert _who(opened, given) == "KF001"


def test_a_shared_session_opens_at_its_terminal_alone_and_leaves_evidence(
    opened: Open, hire: Hire, clock: FixedClock
) -> None:
    hire("KF001", "customer_service")
    given, _row = _session(opened, clock, terminal=HERE)
    assert _who(opened, given, HERE) == "KF001"
    assert _who(opened, given, THERE) is None
    assert _who(opened, given) is None
    with opened() as work:
        actions = work.session.scalars(select(TrailEvent.action)).all()
        assert actions.count("login.elsewhere") == 2


@pytest.mark.parametrize(
    "forged",
    [{"terminal_digest": None}, {"idle_minutes": 600}, {"scope": "{}"}, {"label": "mine"}],
)
def test_terms_that_were_changed_in_the_database_open_nothing(
    opened: Open, hire: Hire, clock: FixedClock, forged: dict[str, object]
) -> None:
    hire("KF001", "customer_service")
    given, row = _session(opened, clock, terminal=HERE, idle_minutes=10)
    with opened() as work:
        work.session.execute(update(LoginSession).where(LoginSession.id == row.id).values(**forged))
    assert _who(opened, given, HERE) is None


def test_everybody_sees_and_ends_their_own_and_others_need_permission(
    opened: Open, hire: Hire, clock: FixedClock
) -> None:
    hire("S001", "system_admin")
    hire("KF001", "customer_service")
    hire("KF002", "customer_service")
    first, _row = _session(opened, clock)
    second, own = _session(opened, clock, terminal=HERE)
    other, others = _session(opened, clock, "KF002")
    with opened() as work:
        actor = sessions.resolve(work, first)
        rows = sessions.list_live(actor, work, account_id=actor.account_id)
        assert [(row["kind"], row["this"]) for row in reversed(rows)] == [
            ("login", True),
            ("shared", False),
        ]
        sessions.end(actor, work, id_text(own.id))
        assert sessions.end(actor, work, id_text(own.id))["already"]
    assert _who(opened, second, HERE) is None
    with pytest.raises(NotAllowed), opened() as work:
        sessions.end(sessions.resolve(work, first), work, id_text(others.id))
    with pytest.raises(NotAllowed), opened() as work:
        sessions.list_live(sessions.resolve(work, first), work, account_id=None)
    with opened() as work:
        admin = login.person(account.find(work, "S001"))
        assert len(sessions.list_live(admin, work, account_id=None)) == 2
        sessions.end(admin, work, id_text(others.id), reason="gone home")
        with pytest.raises(NotFound):
            sessions.end(admin, work, id_text(work.ids()))
    assert _who(opened, other) is None


# --- tokens --------------------------------------------------------------------------------------


@pytest.fixture
def admin(opened: Open, hire: Hire) -> Actor:
    """Administration; beside it a service account CRON01 that may make reports."""
    hire("CRON01", "reporter", kind="service")
    with opened() as work:
        for code in ("CH", "LC"):
            work.session.add(
                Community(
                    id=work.ids(),
                    code=code,
                    name=code,
                    zone="Asia/Shanghai",
                    created_at=work.now(),
                )
            )
    return hire("A001", "administration")


def _issue(opened: Open, admin: Actor, clock: FixedClock, **more: object) -> token.Issued:
    given: dict[str, object] = {"label": "nightly", "until": clock.now() + timedelta(days=30)}
    with opened() as work:
        return token.create(
            admin,
            work,
            account.find(work, "CRON01"),
            random=os.urandom,
            **(given | more),  # type: ignore[arg-type]
        )


def test_a_token_opens_until_its_day_and_never_idles(
    opened: Open, admin: Actor, clock: FixedClock
) -> None:
    made = _issue(opened, admin, clock)
    clock.advance(timedelta(days=30) - timedelta(seconds=1))
    with opened() as work:
        permission.require(sessions.resolve(work, made.token), work, "report.owners")
    clock.advance(timedelta(seconds=1))
    assert _who(opened, made.token) is None


def test_a_token_gives_no_more_than_its_scope_and_no_more_than_its_account(
    opened: Open, admin: Actor, clock: FixedClock
) -> None:
    made = _issue(
        opened, admin, clock, permissions=["report.owners", "owner.reveal"], places=["CH"]
    )
    assert made.communities == ["CH"]
    with opened() as work:
        places = {code: place for place, code in work.session.execute(_PLACES)}
        actor = sessions.resolve(work, made.token)
        assert permission.allowed(actor, work, "report.owners", community_id=places["CH"])
        assert not permission.allowed(actor, work, "report.owners", community_id=places["LC"])
        assert not permission.allowed(actor, work, "report.owners")
        assert not permission.allowed(actor, work, "community.read", community_id=places["CH"])
        assert not permission.allowed(actor, work, "owner.reveal", community_id=places["CH"])
        assert permission.reach(actor, work, "report.owners").communities == {places["CH"]}


_PLACES = select(Community.id, Community.code)


def test_a_scope_cuts_grants_of_a_community_and_of_a_building_too(
    opened: Open, admin: Actor, clock: FixedClock, hire: Hire
) -> None:
    made = _issue(opened, admin, clock, places=["CH"])
    with opened() as work:
        for code in ("CH", "LC"):
            role.grant(
                bootstrap(),
                work,
                staff_number="CRON01",
                role="sweeper",
                reason="t",
                community=code,
            )
    with opened() as work:
        places = {code: place for place, code in work.session.execute(_PLACES)}
        actor = sessions.resolve(work, made.token)
        assert permission.allowed(actor, work, "audit.verify", community_id=places["CH"])
        assert not permission.allowed(actor, work, "audit.verify", community_id=places["LC"])


def test_a_scope_cuts_a_region_to_the_communities_they_share(work: Work) -> None:
    both, other = b"b" * 16, b"o" * 16
    grant = Grant(
        b"g" * 16,
        "reporter",
        frozenset({"report.owners"}),
        "region",
        b"r" * 16,
        None,
        frozenset({both, other}),
    )
    scope = TokenScope(permissions=None, communities=frozenset({both, b"x" * 16}))
    cut = permission_places.narrowed(work, [grant], scope)
    assert [(each.scope_kind, each.scope_id) for each in cut] == [("community", both)]


def test_a_token_is_revoked_with_a_reason_and_listed_with_its_state(
    opened: Open, admin: Actor, clock: FixedClock
) -> None:
    made = _issue(opened, admin, clock)
    with opened() as work:
        first, row = token.list_all(admin, work, None)
        assert (first["label"], first["state"]) == (None, "active"), "from its registration"
        assert (row["label"], row["state"]) == ("nightly", "active")
        with pytest.raises(UsageProblem):
            token.revoke(admin, work, id_text(made.id), reason="")
        assert not token.revoke(admin, work, id_text(made.id), reason="moved")["already"]
        assert token.revoke(admin, work, id_text(made.id), reason="moved")["already"]
        assert token.list_all(admin, work, None) == [first]
        _first, row = token.list_all(admin, work, account.find(work, "CRON01"), everything=True)
        assert row["state"] == "revoked"
    assert _who(opened, made.token) is None


def test_tokens_are_for_services_for_a_year_at_most_and_named_once(
    opened: Open, admin: Actor, clock: FixedClock
) -> None:
    with pytest.raises(UsageProblem, match="year"):
        _issue(opened, admin, clock, until=clock.now() + timedelta(days=367))
    with pytest.raises(UsageProblem, match="past"):
        _issue(opened, admin, clock, until=clock.now())
    with pytest.raises(UsageProblem, match="permission"):
        _issue(opened, admin, clock, permissions=["owner.everything"])
    with pytest.raises(NotFound):
        _issue(opened, admin, clock, places=["XX"])
    _issue(opened, admin, clock)
    with pytest.raises(Conflict, match="already"):
        _issue(opened, admin, clock)
    with pytest.raises(Conflict, match="person"), opened() as work:
        token.create(
            admin,
            work,
            account.find(work, "A001"),
            label="x",
            until=clock.now() + timedelta(days=1),
            random=os.urandom,
        )


def test_who_grants_rights_issues_no_tokens_that_would_carry_them(
    opened: Open, hire: Hire, admin: Actor, clock: FixedClock
) -> None:
    granting = hire("S001", "system_admin")
    with pytest.raises(NotAllowed):
        _issue(opened, granting, clock)
    with pytest.raises(NotAllowed), opened() as work:
        token.list_all(granting, work, None)


def test_the_token_itself_is_kept_nowhere(opened: Open, admin: Actor, clock: FixedClock) -> None:
    made = _issue(opened, admin, clock)
    with opened() as work:
        kept = work.session.scalars(select(LoginSession)).all()
        assert all(made.token not in repr(vars(row)) for row in kept)
        said = work.session.scalars(select(TrailEvent.detail)).all()
        assert all(made.token not in text for text in said)
    assert made.token not in repr(made)


def test_a_disabled_service_account_takes_its_tokens_along(
    opened: Open, admin: Actor, clock: FixedClock
) -> None:
    from pcloud_cli.services import rights

    made = _issue(opened, admin, clock)
    with opened() as work:
        row = work.session.scalars(select(Account).where(Account.staff_number == "CRON01")).one()
        row.disabled_at = work.now()
        rights.seal_account(work, row)
    assert _who(opened, made.token) is None
