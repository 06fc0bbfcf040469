"""The public face of an org."""

import socket
from collections.abc import Awaitable, Callable, Collection
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import Self, TypeAlias

import msgspec
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import Response

from reconciler.sandbox import admin_console, seeding
from reconciler.sandbox.api_errors import (
    Failure,
    SandboxError,
    WorldError,
    internal_error,
    method_not_allowed,
    unknown_path,
)
from reconciler.sandbox.changes import lifecycle
from reconciler.sandbox.faults import Faults
from reconciler.sandbox.keys import KeyKind
from reconciler.sandbox.limits.rate import RateLimit
from reconciler.sandbox.oauth import access_tokens, service_apps
from reconciler.sandbox.oauth.service_apps import ServiceApp
from reconciler.sandbox.resources.user_lifecycle import Operation
from reconciler.sandbox.search import listing
from reconciler.sandbox.search.listing import GroupRow, LogRow, UserRow
from reconciler.sandbox.server.in_process import InProcess
from reconciler.sandbox.server.middleware import SandboxMiddleware
from reconciler.sandbox.server.routes import error_response, routes
from reconciler.sandbox.state import Core, Exchange
from reconciler.sandbox.storage import database as tables
from reconciler.sandbox.storage.clock import Clock, WallClock, wall_clock
from reconciler.sandbox.storage.database import Database
from reconciler.sandbox.world.file import default_world
from reconciler.sandbox.world.model import App, CustomRole, OAuthClient, Rule, World
from reconciler.sandbox.world.options import Options
from reconciler.sandbox.world.validation import problems_of_client

_Handler: TypeAlias = Callable[[Request, Exception], Awaitable[Response]]


class Sandbox:
    """One org: what it answers over HTTP, and what its operators can do."""

    def __init__(self, core: Core) -> None:
        self._core = core
        self.app = _application(core)
        self.faults: Faults = core.faults

    @classmethod
    def open(
        cls,
        path: Path | None,
        *,
        world: World | None = None,
        wall: WallClock = wall_clock,
        rate_limit: RateLimit = "okta",
    ) -> "Sandbox":
        """The org in this file, or in memory; seeded when there is none yet."""
        database = Database(path)
        try:
            with database.write() as connection:
                if not tables.is_seeded(connection):
                    seeding.seed_org(connection, world or default_world(), wall(), rate_limit)
        except BaseException:
            database.close()
            raise
        clock = Clock(database=database, wall=wall)
        return cls(Core(database=database, clock=clock, faults=Faults(database)))

    def close(self) -> None:
        """The file is let go."""
        self._core.database.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def transport(self) -> InProcess:
        """A transport for httpx.AsyncClient that calls the org in process."""
        return InProcess(app=self.app)

    def requests(self) -> list[Exchange]:
        """The requests that this object has answered; the list itself: clear it."""
        return self._core.exchanges

    @property
    def org_id(self) -> str:
        """The org's id."""
        return self._core.org().id

    @property
    def rate_limit(self) -> RateLimit:
        """The rate limit that the org was seeded with."""
        return self._core.rate_limit()

    def now(self) -> datetime:
        """The org's time."""
        return self._core.clock.now()

    def token(self) -> str:
        """The value of the first token that was neither revoked nor left to expire."""
        sql = (
            "SELECT value FROM tokens WHERE status IN ('ACTIVE', 'DEPROVISIONED')"
            " ORDER BY status, rowid LIMIT 1"
        )
        row = self._core.database.first(sql)
        if row is None:
            raise SandboxError("the org has no active token")
        return str(row[0])

    def service_app(
        self,
        client_id: str | None = None,
        *,
        scopes: Collection[str],
        roles: Collection[str] = ("SUPER_ADMIN",),
        dpop: bool = False,
        custom_roles: Collection[CustomRole] = (),
        key: KeyKind = "EC",
    ) -> ServiceApp:
        """How to sign in as this client, which is registered when there is none.

        One that was registered before gets the scopes that are new, and requires DPoP or does not,
        as is said here; one of the world or changed since (`change_client`) stays as it is.
        """
        wanted = OAuthClient(
            label="reconciler",
            client_id=client_id or "",
            scopes=tuple(sorted(scopes)),
            roles=tuple(roles),
            custom_roles=tuple(custom_roles),
            dpop_bound=dpop,
        )
        return service_apps.register_client(self._core.database, self._by_ids(wanted), key)

    def clients(self) -> tuple[OAuthClient, ...]:
        """All service apps, with their public keys, and with groups by their ids."""
        return service_apps.list_clients(self._core.database)

    def change_client(self, client: OAuthClient) -> None:
        """A person gives the service app with this id other scopes, roles, zones or keys."""
        service_apps.change_client(self._core.database, self._by_ids(client))

    def revoke_access(self, client_id: str) -> None:
        """No access token that the service app holds by now is good any more."""
        access_tokens.revoke_tokens(self._core.database, client_id)

    def _by_ids(self, client: OAuthClient) -> OAuthClient:
        groups = {group.name: group.id for group in self.groups()}
        if found := tuple(problems_of_client(client, groups)):
            raise WorldError(found)
        return service_apps.resolve_groups(client, groups)

    def seed(self, world: World, *, rate_limit: RateLimit = "okta") -> None:
        """The org holds this world and nothing else; its clock starts anew."""
        with self._core.database.write() as connection:
            seeding.seed_org(connection, world, self._core.clock.wall(), rate_limit)
        self._core.limits.clear()

    def reset(self) -> None:
        """The org is again as it was seeded."""
        with self._core.database.write() as connection:
            world, rate_limit = seeding.read_seeded_world(connection)
            seeding.seed_org(connection, world, self._core.clock.wall(), rate_limit)
        self._core.limits.clear()

    def add_member(self, group: str, login: str) -> bool:
        """A person puts the user into the group, by name or id; true when that is a change."""
        return admin_console.add_member(self._core, group, login)

    def remove_member(self, group: str, login: str) -> bool:
        """A person takes the user out of the group; true when that is a change."""
        return admin_console.remove_member(self._core, group, login)

    def change_account(self, operation: Operation, login: str) -> bool:
        """A person does this to the user; false when it was so already.

        Who is locked out has tried too many passwords: there the user is the person.
        """
        return admin_console.change_account(self._core, operation, login)

    def set_status(self, login: str, status: str) -> None:
        """A person gives the user this status."""
        admin_console.set_status(self._core, login, status)

    def rename_login(self, old: str, new: str) -> None:
        """A person gives the user another login."""
        admin_console.rename_login(self._core, old, new)

    def delete_user(self, login: str) -> None:
        """A person deletes the user."""
        admin_console.delete_user(self._core, login)

    def rename_group(self, group: str, name: str) -> None:
        """A person gives the group another name."""
        admin_console.rename_group(self._core, group, name)

    def delete_group(self, group: str) -> None:
        """A person deletes the group."""
        admin_console.delete_group(self._core, group)

    def assign_app(self, app: str, group: str) -> bool:
        """A person gives the group the app, by label or id; true when that is a change."""
        return admin_console.assign_app(self._core, app, group)

    def set_rule_status(self, rule: str, status: str) -> None:
        """A person activates or deactivates the rule, by name or id."""
        admin_console.set_rule_status(self._core, rule, status)

    @property
    def options(self) -> Options:
        """How the org behaves."""
        return self._core.options()

    def set_options(self, options: Options) -> None:
        """The org behaves like this, until it is reset or seeded."""
        with self._core.database.write() as connection:
            connection.execute("UPDATE options SET body = ?", (msgspec.json.encode(options),))

    def users(self) -> tuple[UserRow, ...]:
        """All users."""
        self._finish_postponed()
        return listing.users(self._core.database)

    def groups(self) -> tuple[GroupRow, ...]:
        """All groups."""
        return listing.groups(self._core.database)

    def members(self, group: str) -> tuple[UserRow, ...]:
        """All members of the group, by name or id."""
        self._finish_postponed()
        return listing.members(self._core.database, admin_console.find_group(self._core, group).no)

    def rules(self) -> tuple[Rule, ...]:
        """All group rules, with the people whom they feed now."""
        return listing.rules(self._core.database)

    def apps(self) -> tuple[App, ...]:
        """All apps, with their groups and users."""
        return listing.apps(self._core.database)

    def log(self) -> tuple[LogRow, ...]:
        """The System Log, oldest first."""
        self._finish_postponed()
        return listing.log(self._core.database)

    def _finish_postponed(self) -> None:
        lifecycle.finish_postponed(self._core.database, self._core.clock.seconds())


def serve(sandbox: Sandbox, host: str, port: int, announce: Callable[[str], None]) -> None:
    """The org answers at this address until it is interrupted.

    The socket is made first, so that a taken port is an OSError here: uvicorn would end the
    process, with a status that means something else. Port 0 takes any free one.
    """
    # uvicorn is slow to import, and only a served org needs it.
    from reconciler.sandbox.server.uvicorn_server import server  # noqa: PLC0415 - as said above

    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.create_server((host, port), family=family) as listening:
        # asyncio does so only for sockets that name their protocol, and these do not: without it
        # every answer waits some 40 ms for the client's acknowledgement of its headers.
        listening.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        bound_host, bound_port = listening.getsockname()[:2]
        shown = f"[{bound_host}]" if family == socket.AF_INET6 else bound_host
        announce(f"url: http://{shown}:{bound_port}")
        announce(f"token: {sandbox.token()}")
        server(sandbox.app).run(sockets=[listening])


def _application(core: Core) -> Starlette:
    """The routes behind the edge; what the routes cannot answer is an error object too."""

    def answer_failure(make: Callable[[], Failure]) -> _Handler:
        async def answer(request: Request, _error: Exception) -> Response:
            return await error_response(request, make())

        return answer

    app = Starlette(
        routes=routes(core),
        middleware=[Middleware(SandboxMiddleware, core=core)],
        exception_handlers={
            Failure: error_response,
            404: answer_failure(unknown_path),
            405: answer_failure(method_not_allowed),
            500: answer_failure(internal_error),
        },
    )
    app.router.redirect_slashes = False
    return app
