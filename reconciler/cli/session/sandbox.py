"""The embedded org: opened, and made from a world or from the catalog when it is missing."""

import sqlite3
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from difflib import get_close_matches

from reconciler.cli.options import Settings
from reconciler.cli.secrets.credentials import ApiToken, Credential, ServiceKey
from reconciler.cli.terminal.screen import Screen
from reconciler.identity.subject import is_outside_account
from reconciler.model.catalog import BindGroup, Catalog, Connector
from reconciler.model.errors import StoreError
from reconciler.model.ids import login_key
from reconciler.render.document import count
from reconciler.sandbox import (
    Group,
    Org,
    Sandbox,
    SandboxError,
    Token,
    User,
    World,
    default_world,
    derived_id,
)
from reconciler.store.atomic import make_private_folder
from reconciler.store.run_folder import make_run_folder

__all__ = ["build_world", "credential_for", "open_sandbox"]

_SERVICE = "svc-reconciler@example.com"
_READERS = ("READ_ONLY_ADMIN",)
_WRITERS = ("READ_ONLY_ADMIN", "USER_ADMIN")
"""The smallest standard roles that read everything, and that write members and create groups."""
_MOST_NAMED = 5
_LONG_AGO = datetime.fromisoformat("2020-01-01T00:00:00+00:00")


@contextmanager
def open_sandbox(settings: Settings, catalog: Catalog) -> Iterator[Sandbox]:
    """The org in the settings' file, seeded when it is new; what it is made around is said."""
    path = settings.database
    if settings.sandbox_file is None:
        make_run_folder(path.parent)
    else:
        make_private_folder(path.parent)
    if path.is_symlink():
        raise StoreError("sandbox-linked", f"{path} is a symbolic link", "name the file itself")
    try:
        is_new = not path.exists()
        packaged = default_world() if is_new else World()
        lacking = _missing_groups(catalog, packaged) if is_new else {}
        world = build_world(catalog, packaged.now) if lacking else packaged
        with Sandbox.open(path, world=world if is_new else None) as sandbox:
            if lacking:
                _say_what_was_made(settings, lacking, packaged)
            if not is_new:
                _warn_of_other_groups(settings, catalog, sandbox)
            yield sandbox
    except SandboxError as error:
        raise StoreError("sandbox-refused", str(error)) from error
    except sqlite3.OperationalError as error:
        raise StoreError(
            "sandbox-not-writable",
            f"{path}: {error}",
            "make room on the disk, or name another file with --sandbox-file",
        ) from error


def credential_for(
    connector: Connector, sandbox: Sandbox, asked: Collection[str], *, is_apply: bool
) -> Credential:
    """What signs in to the embedded org: its own token, or a service app registered for this.

    The app has the connector's client id, or a made-up one where that is kept as a secret, and is
    granted what is asked for, with standard roles that allow no more than that; it requires DPoP
    unless the connector switches it off. One that a person registered stays as it is.
    """
    auth = connector.apply_auth if is_apply else connector.plan_auth
    domain = connector.domain or "https://sandbox.okta.com"
    if auth is None or auth.method == "ssws":
        return ApiToken(domain=domain, token=sandbox.token())
    named = auth.client_id if isinstance(auth.client_id, str) else None
    app = sandbox.service_app(
        named or derived_id("client", connector.id),
        scopes=asked,
        roles=_WRITERS if is_apply or connector.plan_auth == connector.apply_auth else _READERS,
        dpop=auth.dpop != "off",
    )
    return ServiceKey(
        domain=domain,
        client_id=app.client_id,
        key_id=app.key_id,
        private_key=app.private_key,
        dpop=auth.dpop,
    )


def _missing_groups(catalog: Catalog, packaged: World) -> dict[str, str]:
    """The groups that the catalog binds and the packaged world lacks: names by ids."""
    known = {group.id for group in packaged.groups}
    return {each: name for each, name in _bound_groups(catalog).items() if each not in known}


def _bound_groups(catalog: Catalog) -> dict[str, str]:
    bindings = (b.group for b in catalog.bindings if isinstance(b.group, BindGroup))
    return {group.id: group.name for group in bindings}


def _warn_of_other_groups(settings: Settings, catalog: Catalog, sandbox: Sandbox) -> None:
    """An org that was made before the catalog bound other groups makes each id look wrong."""
    bound = _bound_groups(catalog)
    if not bound or bound.keys() & {group.id for group in sandbox.groups()}:
        return
    screen = Screen(no_color=settings.no_color)
    screen.talk("sandbox: the org was made earlier, and has none of the groups that are bound now")
    seeding = replace(settings, sandbox=False, endpoints=()).command("sandbox seed")
    screen.talk(f"hint: make it anew, to fit the catalog: {seeding} --from-catalog")


def _say_what_was_made(settings: Settings, lacking: dict[str, str], packaged: World) -> None:
    """A mistyped id must not look as if its group were there: an org made from it has it."""
    screen = Screen(no_color=settings.no_color)
    screen.talk(
        "sandbox: the org was made from the catalog, with its groups empty, because the packaged "
        f"company lacks {count(len(lacking), 'group')} that it binds:"
    )
    similar = {each: guess for each in lacking if (guess := _find_similar_id(each, packaged))}
    named = [*similar, *(each for each in lacking if each not in similar)]
    for each in named[:_MOST_NAMED]:
        guess = f"; did you mean {similar[each]}?" if each in similar else ""
        screen.talk(f'  {each} ("{lacking[each]}"){guess}')
    if len(named) > _MOST_NAMED:
        screen.talk(f"  and {len(named) - _MOST_NAMED} more")
    if similar:
        command = replace(settings, sandbox=False, endpoints=()).command("sandbox seed")
        screen.talk(f"hint: correct the id in the catalog, then make the org anew: {command}")


def _find_similar_id(group_id: str, packaged: World) -> str | None:
    """The packaged group whose id is written almost like this."""
    known = [group.id for group in packaged.groups]
    return next(iter(get_close_matches(group_id, known, n=1, cutoff=0.9)), None)


def build_world(catalog: Catalog, now: datetime) -> World:
    """An org that fits the catalog: its groups, empty, and an account for everyone it names."""
    users = {login_key(user.login): user for user in _build_users(catalog)}
    groups = {
        b.group.id: Group(id=b.group.id, name=b.group.name)
        for b in catalog.bindings
        if isinstance(b.group, BindGroup)
    }
    for connector in catalog.connectors.values():
        canary = connector.canary
        if canary is not None:
            known = groups.get(canary.group_id, Group(id=canary.group_id, name=canary.group_name))
            groups[canary.group_id] = replace(known, members=(canary.user,))
    domain = next((c.domain for c in catalog.connectors.values() if c.domain), "")
    host = domain.removeprefix("https://").rstrip("/")
    return World(
        now=now,
        org=Org(subdomain=host.partition(".")[0] or "acme", domain=host),
        users=tuple(users.values()),
        groups=tuple(groups.values()),
        tokens=(Token(name="embedded", owner=_SERVICE),),
    )


def _build_users(catalog: Catalog) -> Iterator[User]:
    """Mapped people last: their ids are the ones that count."""
    logins = {_SERVICE}
    subjects = {grant.subject for grant in catalog.grants}
    subjects |= {declared.subject for declared in catalog.accounts}
    logins |= {subject for subject in subjects if not is_outside_account(subject)}
    logins |= {c.canary.user for c in catalog.connectors.values() if c.canary}
    for tool in catalog.tools.values():
        for entitlement in tool.entitlements.values():
            logins |= {s for s in entitlement.required_members if not is_outside_account(s)}
    for login in sorted(logins):
        yield User(login=login, created=_LONG_AGO, activated=_LONG_AGO)
    known = [(p.login, p.id) for p in catalog.settings.protected]
    known += [(m.login, m.id) for m in catalog.identities if m.login is not None]
    for login, user_id in known:
        yield User(login=login, id=user_id or "", created=_LONG_AGO, activated=_LONG_AGO)
