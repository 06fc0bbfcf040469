"""`reconciler offboard`: ends all that a person has, as one change to review, and at once."""

from datetime import datetime
from typing import Any

import click

from reconciler.accounts.offboarding import OffboardingRequest, find_refusal
from reconciler.cli.commands.accounts.carry_out import Consent, Ready, carry_out_at_once
from reconciler.cli.commands.accounts.change_files import (
    Order,
    find_now,
    load_working_tree,
    require_sayable,
    write_change,
)
from reconciler.cli.commands.accounts.names import (
    choose_connector,
    name_for_okta,
    require_person,
)
from reconciler.cli.commands.accounts.request import Asked, request_options, run_options
from reconciler.cli.exit_codes import ExitCode, combine_exit_codes
from reconciler.cli.options import Command, example, settings
from reconciler.cli.session.apply import judge_exit_code
from reconciler.cli.session.session import open_session
from reconciler.cli.terminal.screen import Screen
from reconciler.connector_checks.oauth_scopes import Purpose
from reconciler.identity.catalog_person import CatalogPerson
from reconciler.model.errors import GuardRefused, ReconcilerError, UsageError
from reconciler.okta.api.reader import OktaReader
from reconciler.planning.steps.assess import PlanInputs
from reconciler.render.people.confirmation import departure_document
from reconciler.workflows.account import require_lifecycle
from reconciler.workflows.offboard import (
    Departure,
    KnownAccount,
    identify_leaver,
    prepare_departure,
)

__all__ = ["command"]


@click.command(
    "offboard",
    cls=Command,
    epilog=example(
        "reconciler offboard kenji.sato@example.com --reason 'left the company' --ticket HR-7 "
        "--by it-admins@example.com"
    ),
)
@click.argument("person")
@request_options
@click.option("--deactivate", is_flag=True, help="Deactivate the account instead of suspending it.")
@click.option(
    "--now",
    "at_once",
    is_flag=True,
    help="First suspend the account, end its sessions and take it out of every bound group.",
)
@run_options
@click.pass_context
def command(
    context: click.Context,
    /,
    person: str,
    *,
    deactivate: bool,
    at_once: bool,
    **typed: Any,  # noqa: ANN401 - click's options, typed by `Asked` and `Consent`
) -> int:
    """End all that a person has, as one change to review.

    PERSON is a login, an address or an account elsewhere (slack:U07QK3Z9M1D), as files write it.
    Every live grant of theirs is revoked, under each of their names and of each tool, and their
    file in users/ says that the account is suspended. The files are written here, all or none;
    commit them and have them reviewed.

    Asks no org. With --now the emergency part is carried out first, in the connector's org, after
    a question, and is recorded as every apply is. --yes, --evidence and --connector are for that.
    """
    chosen = settings(context)
    screen = Screen(no_color=chosen.no_color)
    asked = Asked.read(chosen.catalog, typed)
    request = OffboardingRequest(
        reason=asked.reason,
        ticket=asked.ticket,
        by=asked.by,
        approved_by=asked.approved_by,
        deactivates=deactivate,
    )
    consent = Consent.read(typed) if at_once else None
    if consent is None:
        _require_offline(typed)
    loaded = load_working_tree(chosen, screen)
    order = Order(chosen=chosen, screen=screen, loaded=loaded, request=request)
    if consent is not None:
        return _offboard_now(order, person, consent, typed["connector"])
    now = find_now(chosen, loaded.catalog)
    found = require_person(loaded.catalog, person)
    _require_allowed(order, found, now)
    write_change(order, found, now)
    return ExitCode.OK


def _require_offline(typed: dict[str, Any]) -> None:
    """Raises `UsageError` for an option that nothing would come of."""
    for name in ("yes", "evidence", "connector"):
        if typed[name]:
            raise UsageError(
                "now-needed", f"--{name} is only for --now", f"add --now, or leave --{name} out"
            )


def _require_allowed(order: Order, person: CatalogPerson, now: datetime) -> None:
    refusal = find_refusal(order.loaded.catalog, person, order.request, now)
    if refusal is not None:
        raise GuardRefused(refusal.code, refusal.summary, refusal.hint)


def _offboard_now(order: Order, named: str, consent: Consent, connector: str | None) -> ExitCode:
    """The emergency part is done; then the files say so too, for review after."""
    catalog = order.loaded.catalog
    name, target = name_for_okta(catalog, named), choose_connector(catalog, connector)
    require_lifecycle(target)
    seen: list[tuple[KnownAccount, Departure]] = []
    with open_session(order.chosen, order.screen, catalog, target, Purpose.APPLY) as session:

        async def ask(reader: OktaReader, inputs: PlanInputs) -> Ready:
            leaver = await identify_leaver(reader, catalog, name)
            _require_allowed(order, leaver.person, inputs.as_of)
            require_sayable(order, leaver.person, inputs.as_of)
            departure = await prepare_departure(
                order.request, leaver, catalog, target, reader, inputs
            )
            seen.append((leaver, departure))
            return _show(leaver, departure)

        result = carry_out_at_once(session, order.loaded, consent, ask)
        now = session.clock()
    if result is None:
        return ExitCode.ERROR
    ((leaver, departure),) = seen
    codes = [judge_exit_code(result), ExitCode.PARTIAL if departure.is_partial else ExitCode.OK]
    try:
        write_change(order, leaver.person, now, is_carried_out=True)
    except ReconcilerError as error:
        # What was done in Okta is told by its own code, and this needs a person besides.
        order.screen.error(error)
        codes.append(ExitCode.PARTIAL)
    if departure.is_pending and not all(line.outcome.is_done for line in result.accounts):
        # Nothing in Okta's log says then that they are to stay out.
        order.screen.talk(
            "merge the change before the next run: their account is not suspended, and whether "
            "their sessions ended is not seen: once the lock ends, a run of the files as they "
            "were may add them"
        )
    others = [c.id for c in catalog.connectors.values() if not c.disabled and c.id != target.id]
    if others:
        order.screen.talk(f"nothing was done through {', '.join(others)}: run it there, too")
    return combine_exit_codes(codes)


def _show(leaver: KnownAccount, departure: Departure) -> Ready:
    return Ready(
        prepared=departure.prepared,
        shown=departure_document(
            leaver.profile, departure.prepared, is_pending=departure.is_pending
        ),
        question=f"Offboard {leaver.profile.user.login} now?",
    )
