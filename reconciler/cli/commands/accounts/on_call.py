"""`reconciler user suspend` and its like: one account is changed now, by a person who may."""

from typing import Any

import click

from reconciler.cli.commands.accounts.carry_out import Consent, Ready, carry_out_at_once
from reconciler.cli.commands.accounts.names import choose_connector, name_for_okta
from reconciler.cli.commands.accounts.request import Asked, request_options, run_options
from reconciler.cli.exit_codes import ExitCode
from reconciler.cli.options import Command, example, settings
from reconciler.cli.session.apply import judge_exit_code
from reconciler.cli.session.catalog import valid_catalog
from reconciler.cli.session.session import open_session
from reconciler.cli.terminal.screen import Screen
from reconciler.connector_checks.oauth_scopes import Purpose
from reconciler.model.accounts import AccountAction
from reconciler.model.catalog import Catalog, Connector
from reconciler.okta.api.reader import OktaReader
from reconciler.planning.lines.on_call import OnCallRequest
from reconciler.planning.steps.assess import PlanInputs
from reconciler.render.people.confirmation import confirmation_document
from reconciler.workflows.account import PersonName, find_person, prepare_on_call, require_lifecycle

__all__ = ["build_commands"]

_WORDS = {
    AccountAction.SUSPEND: (
        "Suspend an account, and end its sessions.",
        (
            "The person can sign in nowhere. Groups and apps stay assigned, and `unsuspend` gives "
            "them back."
        ),
        "chloe.dubois@example.com --reason 'lost laptop' --ticket SEC-90 --by it-desk@example.com",
    ),
    AccountAction.UNSUSPEND: (
        "Give a suspended account back.",
        "It returns to the status that it had before.",
        "victor.adeyemi@example.com --reason 'found it' --ticket SEC-91 --by it-desk@example.com",
    ),
    AccountAction.UNLOCK: (
        "Unlock an account that is locked out.",
        "Only where Okta keeps the password; any other is unlocked where it is kept.",
        "tariq.mansour@example.com --reason 'called us' --ticket IT-9 --by it-desk@example.com",
    ),
    AccountAction.RESET_PASSWORD: (
        "Have Okta send the person a link to a new password.",
        "Only where Okta keeps the password. Nobody but the person gets to see the link.",
        "chloe.dubois@example.com --reason 'forgot it' --ticket IT-10 --by it-admins@example.com",
    ),
    AccountAction.DEACTIVATE: (
        "Deactivate an account, which cannot be undone.",
        (
            "Okta takes the person out of every app, and an app may destroy what it keeps of them. "
            "Two admins or operators have to agree, one of them an admin."
        ),
        (
            "chloe.dubois@example.com --reason 'left the company' --ticket HR-7 "
            "--by it-desk@example.com --approved-by oskar.nyberg@example.com"
        ),
    ),
    AccountAction.REACTIVATE: (
        "Activate a closed account, or send its invitation again.",
        (
            "Okta mails the person. An admin has to agree. Groups that still hold the person may "
            "give their apps again; to be added anew takes a new approval."
        ),
        "tove.jonsson@example.com --reason 'came back' --ticket HR-8 --by it-admins@example.com",
    ),
}
"""What each does, what to know of it, and how it is called."""


def build_commands() -> list[click.Command]:
    """A command for each action that a person may ask for."""
    return [_build_command(action, *words) for action, words in _WORDS.items()]


def _build_command(action: AccountAction, what: str, more: str, sample: str) -> click.Command:
    @click.command(
        action.value,
        cls=Command,
        help=f"{what}\n\n{more}",
        epilog=example(f"reconciler --sandbox user {action.value} {sample} --yes"),
    )
    @click.argument("person")
    @request_options
    @run_options
    @click.pass_context
    def command(context: click.Context, /, person: str, **typed: Any) -> int:  # noqa: ANN401 - click's options, typed by `Asked`
        return _change(context, action, person, typed)

    return command


def _change(
    context: click.Context, action: AccountAction, person: str, typed: dict[str, Any]
) -> ExitCode:
    chosen = settings(context)
    asked = Asked.read(chosen.catalog, typed)
    consent = Consent.read(typed)
    screen = Screen(no_color=chosen.no_color)
    loaded = valid_catalog(chosen, screen)
    name = name_for_okta(loaded.catalog, person)
    target = choose_connector(loaded.catalog, typed["connector"])
    require_lifecycle(target)
    with open_session(chosen, screen, loaded.catalog, target, Purpose.APPLY) as session:
        request = OnCallRequest(
            action=action,
            reason=asked.reason,
            ticket=asked.ticket,
            by=asked.by,
            at=session.clock().replace(microsecond=0),
            agreed=asked.approved_by,
        )

        async def ask(reader: OktaReader, inputs: PlanInputs) -> Ready:
            return await _prepare(request, name, loaded.catalog, target, reader, inputs)

        result = carry_out_at_once(session, loaded, consent, ask)
    return judge_exit_code(result) if result else ExitCode.ERROR


async def _prepare(
    request: OnCallRequest,
    name: PersonName,
    catalog: Catalog,
    connector: Connector,
    reader: OktaReader,
    inputs: PlanInputs,
) -> Ready:
    profile = await find_person(reader, name)
    found = await prepare_on_call(request, profile, catalog, connector, reader, inputs)
    return Ready(
        prepared=found.prepared,
        shown=confirmation_document(request.action.value, profile, found.lines, found.contradicted),
        question=f"{request.action.value.capitalize()} {profile.user.login} now?",
    )
