"""`reconciler sandbox`: a local Okta org to rehearse against."""

from contextlib import AbstractContextManager
from dataclasses import replace
from ipaddress import ip_address
from pathlib import Path
from typing import Any, Final, NamedTuple

import click

from reconciler.cli.clock import wall_clock
from reconciler.cli.commands.sandbox_show import SUBJECTS, new_key_file, show_lines
from reconciler.cli.options import CommandGroup, Settings, example, settings
from reconciler.cli.secrets.output_filter import print_unfiltered
from reconciler.cli.session.catalog import valid_catalog
from reconciler.cli.session.sandbox import build_world, open_sandbox
from reconciler.cli.terminal.screen import Screen
from reconciler.model.catalog import Catalog
from reconciler.model.errors import StoreError, UsageError
from reconciler.sandbox import (
    KINDS,
    Fault,
    Operation,
    RateLimit,
    Sandbox,
    World,
    default_world,
    generate_world,
    load_world,
    serve,
)

__all__ = ["command"]


class _AccountStep(NamedTuple):
    """What `sandbox user` does to an account, and how it says so."""

    operation: Operation
    done: str
    about: str
    example: str = "zoe.kruger@example.com"


_ACCOUNT_STEPS: Final = {
    "lock": _AccountStep(Operation.LOCK, "locked", "Try too many wrong passwords as LOGIN."),
    "unlock": _AccountStep(Operation.UNLOCK, "unlocked", "Let LOGIN, who is locked, sign in."),
    "suspend": _AccountStep(Operation.SUSPEND, "suspended", "Suspend LOGIN."),
    "unsuspend": _AccountStep(
        Operation.UNSUSPEND,
        "unsuspended",
        "Give LOGIN the status back that suspending took.",
        "victor.adeyemi@example.com",
    ),
    "deactivate": _AccountStep(
        Operation.DEACTIVATE, "deactivated", "Deactivate LOGIN, who loses assigned apps."
    ),
    "activate": _AccountStep(
        Operation.ACTIVATE, "activated", "Activate LOGIN, who is new or was deactivated."
    ),
    "reset-password": _AccountStep(
        Operation.RESET_PASSWORD, "reset", "Make LOGIN set a new password, by a mailed link."
    ),
    "expire-password": _AccountStep(
        Operation.EXPIRE_PASSWORD, "expired", "Make LOGIN set a new password at the next sign-in."
    ),
}


@click.group("sandbox", cls=CommandGroup, epilog=example("reconciler sandbox show groups"))
def command() -> None:
    """A local Okta org, kept in a file, to rehearse against.

    It is made when it is first needed: from the packaged company, or from your catalog when that
    binds other groups.
    """


@command.command("serve", epilog=example("reconciler sandbox serve --port 8765"))
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen on.")
@click.option("--port", default=8765, show_default=True, help="The port; 0 takes any free one.")
@click.option("--allow-remote", is_flag=True, help="Let --host be reached from other machines.")
@click.pass_context
def serve_command(context: click.Context, host: str, port: int, allow_remote: bool) -> None:
    """Answer on a socket, until it is interrupted.

    Prints `url:` and `token:` for other programs, Okta's own SDK among them. It speaks plain HTTP
    and is meant for this machine alone.
    """
    if not _is_loopback(host):
        if not allow_remote:
            raise UsageError(
                "host-not-loopback",
                f'"{host}" is no loopback address: other machines could reach the org, unencrypted',
                "leave --host out, or say --allow-remote",
            )
        Screen(no_color=settings(context).no_color).talk(
            f"warning: the org is reached from other machines at {host}, unencrypted"
        )
    with _open_org(context) as sandbox:
        try:
            serve(sandbox, host, port, print_unfiltered)
        except OSError as error:
            raise StoreError(
                "port-taken",
                f"{host}:{port} cannot be listened on: {error.strerror}",
                "choose another --port, or 0 for any free one",
            ) from error


@command.command("seed", epilog=example("reconciler sandbox seed --users 1000 --groups 20"))
@click.argument("world", required=False)
@click.option("--from-catalog", is_flag=True, help="Make an org that fits the catalog.")
@click.option("--users", type=click.IntRange(0), help="Make an org with this many users.")
@click.option("--groups", type=click.IntRange(0), default=10, help="... and this many groups.")
@click.option("--members", type=click.IntRange(0), default=50, help="... of this many members.")
@click.option("--rate-limit", metavar="okta|off|N", default="okta", help="Requests per minute.")
@click.pass_context
def seed_command(  # noqa: PLR0913, PLR0917 - one parameter for each option
    context: click.Context,
    world: str | None,
    from_catalog: bool,
    users: int | None,
    groups: int,
    members: int,
    rate_limit: str,
) -> None:
    """Fill the org anew.

    From a WORLD file, from the catalog, by size, or as packaged.
    """
    given = [world is not None, from_catalog, users is not None]
    if sum(given) > 1:
        raise UsageError("seed-ambiguous", "WORLD, --from-catalog and --users exclude each other")
    chosen = settings(context)
    with _open_org(context) as sandbox:
        if world is not None:
            content = load_world(Path(world))
        elif from_catalog:
            content = _catalog_world(chosen)
        elif users is not None:
            content = generate_world(users=users, groups=groups, members=members)
        else:
            content = default_world()
        sandbox.seed(content, rate_limit=_parse_rate_limit(rate_limit))
        people, made = len(sandbox.users()), len(sandbox.groups())
    click.echo(f"seeded {people} users and {made} groups in {chosen.database}", err=True)


@command.command("show", epilog=example("reconciler sandbox show users"))
@click.argument("what", type=click.Choice(SUBJECTS), default="groups")
@click.argument("group", required=False)
@click.pass_context
def show_command(context: click.Context, what: str, group: str | None) -> None:
    """Print what the org holds.

    Its users, groups, members of a GROUP, rules, apps, clients or log.
    """
    if what == "members" and group is None:
        raise UsageError("group-needed", "members of which group?", "sandbox show members GROUP")
    with _open_org(context) as sandbox:
        Screen(no_color=settings(context).no_color).lines(show_lines(sandbox, what, group or ""))


@command.command("reset", epilog=example("reconciler sandbox reset"))
@click.pass_context
def reset_command(context: click.Context) -> None:
    """Put the org back to what it was seeded with."""
    with _open_org(context) as sandbox:
        sandbox.reset()


@command.group("member", cls=CommandGroup, epilog=example("reconciler sandbox member --help"))
def member() -> None:
    """Change memberships as an admin does in Okta's admin console."""


@member.command(
    "add",
    epilog=example(
        'reconciler sandbox member add "AI Clearance - Cursor - Users" zoe.kruger@example.com'
    ),
)
@click.argument("group")
@click.argument("login")
@click.pass_context
def member_add(context: click.Context, group: str, login: str) -> None:
    """Put LOGIN into GROUP (a name or an id)."""
    with _open_org(context) as sandbox:
        changed = sandbox.add_member(group, login)
    click.echo("added" if changed else "was a member already", err=True)


@member.command(
    "remove",
    epilog=example(
        'reconciler sandbox member remove "AI Clearance - Cursor - Users" zoe.kruger@example.com'
    ),
)
@click.argument("group")
@click.argument("login")
@click.pass_context
def member_remove(context: click.Context, group: str, login: str) -> None:
    """Take LOGIN out of GROUP (a name or an id)."""
    with _open_org(context) as sandbox:
        changed = sandbox.remove_member(group, login)
    click.echo("removed" if changed else "was no member", err=True)


@command.group("user", cls=CommandGroup, epilog=example("reconciler sandbox user --help"))
def user() -> None:
    """Change accounts as an admin does in Okta's admin console."""


def _account_command(name: str, step: _AccountStep) -> click.Command:
    """The command that does one thing to an account."""

    @click.command(
        name,
        help=step.about,
        epilog=example(f"reconciler sandbox user {name} {step.example}"),
    )
    @click.argument("login")
    @click.pass_context
    def change(context: click.Context, login: str) -> None:
        with _open_org(context) as sandbox:
            is_changed = sandbox.change_account(step.operation, login)
        click.echo(step.done if is_changed else f"was {step.done} already", err=True)

    return change


for _name, _step in _ACCOUNT_STEPS.items():
    user.add_command(_account_command(_name, _step))


@command.group("client", cls=CommandGroup, epilog=example("reconciler sandbox client --help"))
def client() -> None:
    """Service apps, for programs that sign in with a private key."""


@client.command(
    "add",
    epilog=example("reconciler sandbox client add --scope okta.groups.read --key-out key.pem"),
)
@click.option("--scope", "scopes", multiple=True, required=True, help="A scope it is granted.")
@click.option("--role", "roles", multiple=True, help="A standard admin role; none, no rights.")
@click.option("--dpop", is_flag=True, help="Its tokens are bound to a key (DPoP).")
@click.option("--client-id", metavar="ID", help="Its id; otherwise one is made up.")
@click.option("--key", type=click.Choice(["RSA", "EC"]), default="RSA", help="Its kind of key.")
@click.option("--key-out", metavar="FILE", required=True, help="Where its private key is put.")
@click.pass_context
def client_add(context: click.Context, /, key_out: str, **given: Any) -> None:  # noqa: ANN401 - the options above, as they are
    """Register a service app, and put its private key into a new FILE.

    Prints `client_id:` and `key_id:`. The key is good for this org alone. One that was registered
    before keeps its key and its roles, and is granted the scopes that are new. A connector with
    this client id then signs in as this app under --sandbox, with these scopes and no others.
    """
    with new_key_file(Path(key_out)) as file, _open_org(context) as sandbox:
        app = sandbox.service_app(**given)
        known = next(c for c in sandbox.clients() if c.client_id == app.client_id)
        scopes = tuple(sorted({*known.scopes, *given["scopes"]}))
        # What a person registered, a rehearsal does not widen: what is missing shall show.
        sandbox.change_client(replace(known, scopes=scopes, dpop_bound=given["dpop"]))
        file.write(app.private_key)
    click.echo(f"client_id: {app.client_id}")
    click.echo(f"key_id: {app.key_id}")


@command.group("fault", cls=CommandGroup, epilog=example("reconciler sandbox fault list"))
def fault() -> None:
    """Faults to rehearse: what Okta and networks do on bad days."""


@fault.command(
    "add",
    epilog=example("reconciler sandbox fault add --status 429 --method GET --path '*' --times 2"),
)
@click.option("--kind", type=click.Choice(list(KINDS)), default="status", help="What goes wrong.")
@click.option("--status", type=int, help="The HTTP status, for kind status.")
@click.option("--method", default="*", help="Only this method.")
@click.option("--path", default="*", metavar="GLOB", help="Only paths like this.")
@click.option("--times", type=int, default=1, help="How often; 0 is until cleared.")
@click.option("--skip", type=int, default=0, help="Let this many pass first.")
@click.option("--seconds", type=float, help="How long, for delay, lag, 429 and clock-skew.")
@click.pass_context
def fault_add(context: click.Context, /, **given: Any) -> None:  # noqa: ANN401 - the options above, as they are
    """Let matching requests go wrong."""
    with _open_org(context) as sandbox:
        sandbox.faults.add(Fault(**given))


@fault.command("list", epilog=example("reconciler sandbox fault list"))
@click.pass_context
def fault_list(context: click.Context) -> None:
    """Print the faults that are waiting."""
    with _open_org(context) as sandbox:
        Screen(no_color=settings(context).no_color).lines(show_lines(sandbox, "faults", ""))


@fault.command("clear", epilog=example("reconciler sandbox fault clear"))
@click.pass_context
def fault_clear(context: click.Context) -> None:
    """Let nothing go wrong any more."""
    with _open_org(context) as sandbox:
        sandbox.faults.clear()


def _is_loopback(host: str) -> bool:
    """Whether only this machine can reach the address; of a name, only `localhost` is sure."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _open_org(context: click.Context) -> AbstractContextManager[Sandbox]:
    """The embedded org; a catalog with errors still lets one look at an org that exists."""
    chosen = settings(context)
    catalog = Catalog() if chosen.database.exists() else _catalog(chosen)
    return open_sandbox(chosen, catalog)


def _catalog(chosen: Settings) -> Catalog:
    if not chosen.catalog.is_dir():
        return Catalog()
    return valid_catalog(chosen, Screen(no_color=chosen.no_color), asks_okta=False).catalog


def _catalog_world(chosen: Settings) -> World:
    loaded = valid_catalog(chosen, Screen(no_color=chosen.no_color), asks_okta=False)
    return build_world(loaded.catalog, wall_clock())


def _parse_rate_limit(text: str) -> RateLimit:
    if text == "okta":
        return "okta"
    if text == "off":
        return "off"
    if text.isascii() and text.isdigit() and int(text) > 0:
        return int(text)
    raise UsageError("rate-limit-invalid", f"{text!r} is not okta, off or a number above 0")
