"""The nouns of a world: what an org holds when it is seeded.

Ids that are left out are derived from the names, so that a catalog can bind them.
"""

import random
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Final

from reconciler.sandbox.ids import derived_id, derived_token
from reconciler.sandbox.world.options import Options

USER_STATUSES: Final = frozenset(
    {
        "STAGED",
        "PROVISIONED",
        "ACTIVE",
        "RECOVERY",
        "LOCKED_OUT",
        "PASSWORD_EXPIRED",
        "SUSPENDED",
        "DEPROVISIONED",
    }
)
"""Every status a user can have (Okta: OpenAPI)."""

PROVIDERS: Final = frozenset({"OKTA", "FEDERATION", "ACTIVE_DIRECTORY", "LDAP", "SOCIAL", "IMPORT"})
"""Every type of `credentials.provider`: who checks the password (Okta: OpenAPI)."""

OWN_PROVIDERS: Final = frozenset({"OKTA", "IMPORT"})
"""The types whose passwords Okta itself keeps; all others sign in elsewhere."""

GROUP_TYPES: Final = frozenset({"OKTA_GROUP", "APP_GROUP", "BUILT_IN"})
"""Every type a group can have (Okta: OpenAPI)."""

MOST_EXCLUDED: Final = 100
"""How many people a group rule can exclude (Okta: documented)."""

ROLE_TYPES: Final = frozenset(
    {
        "SUPER_ADMIN",
        "ORG_ADMIN",
        "USER_ADMIN",
        "GROUP_MEMBERSHIP_ADMIN",
        "HELP_DESK_ADMIN",
        "READ_ONLY_ADMIN",
        "REPORT_ADMIN",
        "APP_ADMIN",
        "API_ACCESS_MANAGEMENT_ADMIN",
        "MOBILE_ADMIN",
        "WORKFLOWS_ADMIN",
        "ACCESS_CERTIFICATIONS_ADMIN",
        "ACCESS_REQUESTS_ADMIN",
        "CUSTOM",
    }
)
"""Every type of admin role (Okta: OpenAPI)."""

EVERYONE: Final = "Everyone"
DEFAULT_NOW: Final = datetime(2026, 9, 1, 9, 0, tzinfo=UTC)


_FIRST_NAMES = ("Amina", "Bruno", "Chen", "Dana", "Elif", "Farid", "Greta", "Hugo", "Ines", "Jonas")
_LAST_NAMES = ("Abbott", "Berg", "Costa", "Dunn", "Eze", "Fuchs", "Gupta", "Haas", "Ito", "Jensen")
_STATUSES = ("ACTIVE",) * 94 + ("SUSPENDED",) * 2 + ("DEPROVISIONED",) * 3 + ("STAGED",)


def _fill(noun: object, **values: str) -> None:
    """Fields left empty hold the derived value; a frozen noun is filled only while it is made."""
    for name, value in values.items():
        if not getattr(noun, name):
            object.__setattr__(noun, name, value)


@dataclass(frozen=True, slots=True, kw_only=True)
class Org:
    """The org itself: who answers at this address."""

    subdomain: str = "acme"
    id: str = ""
    name: str = ""
    domain: str = ""

    def __post_init__(self) -> None:
        _fill(
            self,
            id=derived_id("org", self.subdomain),
            name=self.subdomain,
            domain=f"{self.subdomain}.okta.com",
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class CustomRole:
    """A role made of permissions, held on the groups of a resource set; on all without any.

    A resource set here limits groups alone: the people in it are all people.
    """

    name: str
    permissions: tuple[str, ...]
    id: str = ""
    groups: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        _fill(self, id=derived_id("custom role", self.name))


@dataclass(frozen=True, slots=True, kw_only=True)
class User:
    """A person's account."""

    login: str
    id: str = ""
    email: str = ""
    first_name: str = ""
    last_name: str = ""
    department: str = ""
    title: str = ""
    manager: str = ""
    manager_id: str = ""
    status: str = "ACTIVE"
    provider: str = "OKTA"
    """The type of `credentials.provider`."""
    provider_name: str = ""
    """Of a directory the instance, such as `corp.example`; left out, it is the type."""
    created: datetime | None = None
    activated: datetime | None = None
    status_changed: datetime | None = None
    last_login: datetime | None = None
    password_changed: datetime | None = None
    has_password: bool | None = None
    """Left out, it follows from the status; who signs in elsewhere has none."""
    recovery_question: str = ""
    roles: tuple[str, ...] = ()
    targets: tuple[str, ...] = ()
    """The groups that the roles of a group admin are limited to, by name."""
    custom_roles: tuple[CustomRole, ...] = ()

    def __post_init__(self) -> None:
        _fill(self, id=derived_id("user", self.login), email=self.login)
        _fill(self, provider_name=self.provider)
        names = self.login.partition("@")[0].replace("_", ".").split(".")
        _fill(self, first_name=names[0].capitalize(), last_name=names[-1].capitalize())


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """A group and the logins of its members; `source` is the label of an APP_GROUP's app."""

    name: str
    id: str = ""
    description: str | None = None
    type: str = "OKTA_GROUP"
    source: str = ""
    created: datetime | None = None
    members: tuple[str, ...] = ()
    roles: tuple[str, ...] = ()
    """The admin roles that membership gives."""

    def __post_init__(self) -> None:
        _fill(self, id=derived_id("group", self.name))


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """A group rule: who matches the expression is put into the groups, by name.

    When `members` names people, by login, it is these whom the rule feeds.
    """

    name: str
    expression: str
    id: str = ""
    status: str = "ACTIVE"
    groups: tuple[str, ...] = ()
    members: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        _fill(self, id=derived_id("rule", self.name))


@dataclass(frozen=True, slots=True, kw_only=True)
class App:
    """An application, the names of the groups and the logins of the users assigned to it."""

    label: str
    id: str = ""
    name: str = "bookmark"
    status: str = "ACTIVE"
    groups: tuple[str, ...] = ()
    users: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        _fill(self, id=derived_id("app", self.label))


@dataclass(frozen=True, slots=True, kw_only=True)
class Token:
    """An SSWS token; it can do what its owner, given by login, can do."""

    name: str
    owner: str
    id: str = ""
    value: str = field(default="", repr=False)
    status: str = "ACTIVE"
    share: int = 50
    """How much of the org's rate limits it may use, in percent (Okta: recorded)."""
    created: datetime | None = None
    zones: tuple[str, ...] = ()
    """The addresses, or ranges of them, that it may be used from; without any, from everywhere."""

    def __post_init__(self) -> None:
        _fill(self, id=derived_id("token", self.name), value=derived_token(self.name))


@dataclass(frozen=True, slots=True, kw_only=True)
class OAuthClient:
    """A service app that signs in with a key of its own.

    `jwks` are its public keys; with `generate` the org makes it one. `zones` are the addresses, or
    ranges of them, that it may ask for tokens from; without any, every address may.
    """

    label: str
    client_id: str = ""
    status: str = "ACTIVE"
    application_type: str = "service"
    auth_method: str = "private_key_jwt"
    scopes: tuple[str, ...] = ()
    roles: tuple[str, ...] = ()
    targets: tuple[str, ...] = ()
    """The groups that the roles of a group admin are limited to, by name."""
    custom_roles: tuple[CustomRole, ...] = ()
    dpop_bound: bool = False
    zones: tuple[str, ...] = ()
    jwks: tuple[dict[str, str], ...] = ()
    generate: bool = False

    def __post_init__(self) -> None:
        _fill(self, client_id=derived_id("client", self.label))


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """Everything an org holds at one instant, `now`."""

    now: datetime = DEFAULT_NOW
    org: Org = field(default_factory=Org)
    users: tuple[User, ...] = ()
    groups: tuple[Group, ...] = ()
    rules: tuple[Rule, ...] = ()
    apps: tuple[App, ...] = ()
    tokens: tuple[Token, ...] = ()
    oauth_clients: tuple[OAuthClient, ...] = ()
    options: Options = field(default_factory=Options)

    def with_everyone(self) -> "World":
        """The same world, holding the built-in group of all who are not deprovisioned."""
        if any(group.name == EVERYONE for group in self.groups):
            return self
        everyone = Group(
            name=EVERYONE,
            type="BUILT_IN",
            description="All users in your organization",
            members=tuple(user.login for user in self.users if user.status != "DEPROVISIONED"),
        )
        return replace(self, groups=(everyone, *self.groups))


def generate_world(*, users: int, groups: int, members: int, seed: int = 0) -> World:
    """So many people, and so many groups of so many members each, drawn by the seed."""
    draw = random.Random(seed)  # noqa: S311 -- repeatable on purpose; nothing here is secret
    people = tuple(_user(number, draw) for number in range(users))
    logins = [user.login for user in people]
    service = User(login="svc-access@acme.example", first_name="Access", roles=("SUPER_ADMIN",))
    return World(
        users=(*people, service),
        groups=tuple(
            Group(
                name=f"group-{number:05}",
                members=tuple(draw.sample(logins, min(members, users))),
            )
            for number in range(groups)
        ),
        tokens=(Token(name="reconciler", owner=service.login),),
    )


def _user(number: int, draw: random.Random) -> User:
    return User(
        login=f"person.{number:06}@acme.example",
        first_name=draw.choice(_FIRST_NAMES),
        last_name=draw.choice(_LAST_NAMES),
        status=draw.choice(_STATUSES),
    )
