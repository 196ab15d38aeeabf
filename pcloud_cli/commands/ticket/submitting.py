"""`pcloud ticket submit`: fast enough to fill while the caller talks (3.2.1)."""

from __future__ import annotations

from typing import Annotated

import typer

from pcloud_cli.commands import refusal
from pcloud_cli.commands.ticket.columns import NEW, TICKET, sounds_urgent, spoken
from pcloud_cli.commands.ticket.stepping import moment
from pcloud_cli.context import Context
from pcloud_cli.i18n import N_, _
from pcloud_cli.typer_adapter import Verbs

verbs = Verbs()


@verbs.verb(
    "submit",
    writes=True,
    before_asking=refusal.unless("ticket.submit"),
    examples="pcloud ticket submit\n"
    "pcloud ticket submit -c CH --house 3-2-301 --contact 王女士 --phone 13800001234 "
    "--content 厨房漏水\n"
    "pcloud ticket submit -c CH --public 2号电梯 --building 3栋 --content 困人 --urgent -",
)
def submit(
    run: Context,
    community: Annotated[
        str | None, typer.Option("--community", "-c", help=N_("Community, by code or name."))
    ] = None,
    house: Annotated[
        str | None, typer.Option("--house", help=N_("House, in any spelling: 3栋2单元301."))
    ] = None,
    public: Annotated[
        str | None, typer.Option("--public", help=N_("Public place instead: lift, garage, path."))
    ] = None,
    building: Annotated[
        str | None, typer.Option("--building", help=N_("Building that the public place is in."))
    ] = None,
    content: Annotated[
        str | None, typer.Option("--content", help=N_("What is broken, as it was said."))
    ] = None,
    contact: Annotated[
        str | None, typer.Option("--contact", help=N_("Whom to ask for on site."))
    ] = None,
    phone: Annotated[str | None, typer.Option("--phone", help=N_("Phone of the contact."))] = None,
    fault: Annotated[
        str | None, typer.Option("--fault", help=N_("Fault type, by code or name."))
    ] = None,
    channel: Annotated[
        str | None,
        typer.Option("--channel", help=N_("How it came: app, wechat, phone, counter, patrol.")),
    ] = None,
    reporter: Annotated[
        str | None,
        typer.Option(
            "--reporter", help=N_("Who tells it: owner, tenant, family, decorator, patrol, other.")
        ),
    ] = None,
    urgent: Annotated[
        str | None,
        typer.Option(
            "--urgent",
            help=N_("It is urgent: which emergency, or - (紧急) for what it sounds like."),
        ),
    ] = None,
    read_back: Annotated[
        bool, typer.Option("--read-back", help=N_("It was read back to who said it (复述核对)."))
    ] = False,
    called_at: Annotated[
        str | None,
        typer.Option("--called-at", help=N_("When the call came in, e.g. 14:30 or 昨天 23:50.")),
    ] = None,
) -> None:
    """Enter a repair: where it is, what is broken, whom to call.

    Where place or content are missing, it is asked step by step at a terminal: the number first,
    which proposes house and reporter where it is known. A call that is entered later than policy
    allows (10 minutes) is recorded as late (3.2.1).
    """
    from dataclasses import replace

    from pcloud_cli.commands.ticket import asking, besides
    from pcloud_cli.services import acting, words
    from pcloud_cli.services.ticket import hearing
    from pcloud_cli.services.ticket import submit as submitting
    from pcloud_cli.services.ticket.words import CHANNELS, REPORTERS

    zone = None
    if called_at is not None:
        with acting.as_caller(run) as (actor, work):
            zone = hearing.zone(actor, work, community)
    call = submitting.Call(
        content=content or "",
        channel=words.understood(channel or "phone", CHANNELS, "--channel"),
        reporter=words.understood(reporter, REPORTERS, "--reporter") if reporter else "",
        house=house,
        public=public,
        building=building,
        contact=contact,
        phone=phone,
        fault_type=fault,
        urgent=urgent,
        read_back=read_back,
        called_at=moment(run, called_at, "--called-at", zone=zone),
    )
    asked = run.may_ask and not ((house or public) and content)
    if asked:
        call, community = asking.filled(run, call, community)
    call = replace(call, reporter=call.reporter or "owner")
    with acting.as_caller(run, write=True) as (actor, work):
        made = submitting.submit(actor, work, call, community=community, choose=run.choose)
        noted = besides.Noted()
        noted.keep(work, made, "submit")
    shown = spoken(run, made)
    if not run.out.format.startswith("json") and run.out.format != "yaml":
        shown = {**shown, "alike": [each["number"] for each in made["alike"]]}
    run.out.record(shown, (*TICKET, *NEW))
    noted.tell(run, made)
    if made["late_entry"]:
        run.out.note(_("Entered later than policy allows after the call; that is recorded."))
    if not asked:
        sounds_urgent(run, made)
    if made["alike"]:
        near = _(", ").join(f"{each['number']} ({each['place']})" for each in made["alike"])
        text = _("Open at or near there: {near}. The same? pcloud ticket link {number} --to {main}")
        main = made["alike"][0]["number"] if len(made["alike"]) == 1 else "…"
        run.out.note(text.format(near=near, number=made["number"], main=main))
