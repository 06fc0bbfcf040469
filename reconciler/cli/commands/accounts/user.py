"""`reconciler user`: looks at one person, and changes their account on call."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from typing import TypeVar

import click

from reconciler.catalog.load import Loaded
from reconciler.cli.commands.accounts.names import choose_connector, name_for_okta
from reconciler.cli.commands.accounts.on_call import build_commands
from reconciler.cli.commands.accounts.request import connector_option
from reconciler.cli.options import CommandGroup, Settings, example, form_option, settings
from reconciler.cli.session.catalog import valid_catalog
from reconciler.cli.session.session import Session, open_session
from reconciler.cli.terminal.screen import Screen
from reconciler.okta.api.reader import OktaReader
from reconciler.planning.plan_codec import clean_strings
from reconciler.render.document import Document
from reconciler.render.people.user import apps_document, groups_document, show_document
from reconciler.render.people.user_json import apps_plain, groups_plain, show_plain
from reconciler.workflows.account import PersonName
from reconciler.workflows.person import AppsSeen, PersonSeen, look_at_apps, look_at_person

__all__ = ["command"]

_PERSON = "chloe.dubois@example.com"
_Seen = TypeVar("_Seen")
_Look = Callable[[OktaReader, Session, str], Awaitable[_Seen]]


@click.group("user", cls=CommandGroup, epilog=example(f"reconciler --sandbox user show {_PERSON}"))
def command() -> None:
    """Look at one person's Okta account, and change it on call.

    PERSON is a login or an Okta id, or an account elsewhere that identities/ maps. A name that may
    mean several people lists them, and nothing is done.
    """


for each in build_commands():
    command.add_command(each)


@command.command("show", epilog=example(f"reconciler --sandbox user show {_PERSON}"))
@click.argument("person")
@connector_option
@form_option
@click.pass_context
def show_command(context: click.Context, person: str, connector: str | None, form: str) -> None:
    """Print who it is, and what git says of them.

    The account's status and since when, its grants with file and line, what users/ says, and the
    bound groups that hold the person.
    """
    seen = _look(settings(context), person, connector, _see)
    _print(
        context,
        form,
        lambda: show_document(seen.profile, seen.named, seen.groups, seen.as_of),
        lambda: show_plain(seen.profile, seen.named, seen.groups, seen.as_of),
    )


@command.command("groups", epilog=example(f"reconciler --sandbox user groups {_PERSON}"))
@click.argument("person")
@connector_option
@form_option
@click.pass_context
def groups_command(context: click.Context, person: str, connector: str | None, form: str) -> None:
    """Print every group of a person, and what explains it.

    Of a bound group the bindings, and the live grants behind it, or that there is none.
    """
    seen = _look(settings(context), person, connector, _see)
    login = seen.profile.user.login
    _print(
        context,
        form,
        lambda: groups_document(login, seen.groups, len(seen.unread)),
        lambda: groups_plain(login, seen.groups, seen.unread),
    )


@command.command("apps", epilog=example(f"reconciler --sandbox user apps {_PERSON}"))
@click.argument("person")
@connector_option
@form_option
@click.pass_context
def apps_command(context: click.Context, person: str, connector: str | None, form: str) -> None:
    """Print every app of a person, and which grant gives it.

    Apps assigned to the person alone, and those that a group gives. Without the scope
    okta.apps.read these are the links on the person's dashboard, which is said.
    """
    seen = _look(settings(context), person, connector, _see_apps)
    login = seen.seen.profile.user.login
    why, groups = seen.unread_why, seen.unread_groups
    _print(
        context,
        form,
        lambda: apps_document(login, seen.apps, why, groups),
        lambda: apps_plain(login, seen.apps, why, groups),
    )


def _look(
    chosen: Settings,
    person: str,
    connector: str | None,
    look: Callable[[OktaReader, Session, Loaded, PersonName], Awaitable[_Seen]],
) -> _Seen:
    """What is seen of the person through a sender that cannot write."""
    screen = Screen(no_color=chosen.no_color)
    loaded = valid_catalog(chosen, screen)
    name = name_for_okta(loaded.catalog, person)
    target = choose_connector(loaded.catalog, connector)

    async def ask(session: Session) -> _Seen:
        async with session.reading() as reader:
            return await look(reader, session, loaded, name)

    with open_session(chosen, screen, loaded.catalog, target) as session:
        return asyncio.run(ask(session))


async def _see(
    reader: OktaReader, session: Session, loaded: Loaded, name: PersonName
) -> PersonSeen:
    return await look_at_person(reader, loaded.catalog, session.connector.id, name, session.clock())


async def _see_apps(
    reader: OktaReader, session: Session, loaded: Loaded, name: PersonName
) -> AppsSeen:
    return await look_at_apps(reader, await _see(reader, session, loaded, name))


def _print(
    context: click.Context,
    form: str,
    document: Callable[[], Document],
    plain: Callable[[], dict[str, object]],
) -> None:
    screen = Screen(no_color=settings(context).no_color)
    if form == "json":
        screen.data(json.dumps(clean_strings(plain(), screen.clean), indent=1) + "\n")
    else:
        screen.document(document())
