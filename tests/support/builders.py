"""One description of a small company, and from it both sides: the catalog's files and the org.

A test says "this is the world, now change one thing". Everything not said has a quiet default: the
tool `claude` with the entitlement `users`, bound to one group, approvals long after accounts began.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path

from reconciler.catalog.files import EntryKind, Listing, SourceFile
from reconciler.catalog.load import load_and_judge, load_and_judge_from
from reconciler.model.catalog import Catalog
from reconciler.model.directory import DirectoryGroup, DirectoryUser, LiveState, Org
from reconciler.model.ids import ConnectorId, OktaGroupId, OktaOrgId, OktaUserId
from reconciler.sandbox import (
    App,
    Choices,
    Group,
    Options,
    Rule,
    Sandbox,
    Token,
    User,
    World,
    derived_id,
)
from reconciler.sandbox import Org as SandboxOrg

NOW = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)
BEGAN = datetime(2025, 1, 1, tzinfo=UTC)
CONNECTOR = ConnectorId("okta-prod")
CANARY = "canary@example.com"
SERVICE = "svc@example.com"
ORG = Org(id=OktaOrgId(derived_id("org", "acme")), domain="acme.okta.com")


def login(name: str) -> str:
    """`jane` is jane@example.com."""
    return name if "@" in name or ":" in name else f"{name}@example.com"


def user_id(name: str) -> OktaUserId:
    """The id the sandbox derives for a person."""
    return OktaUserId(derived_id("user", login(name)))


def group_id(name: str) -> OktaGroupId:
    """The id the sandbox derives for a group."""
    return OktaGroupId(derived_id("group", name))


def group_name(tool: str = "claude", entitlement: str = "users") -> str:
    """How the builder names the group of an entitlement."""
    return f"AI Clearance - {tool} - {entitlement}"


@dataclass(frozen=True, kw_only=True)
class Person:
    """An account in the org."""

    login: str
    id: str = ""
    email: str = ""
    status: str = "ACTIVE"
    activated: datetime = BEGAN
    changed: datetime = BEGAN
    """When the status last changed."""
    provider: str = "OKTA"


@dataclass(frozen=True)
class _InMemory:
    """A catalog's files that lie nowhere."""

    texts: Mapping[str, str]
    display: str = "catalog"

    def list_files(self) -> Listing:
        found = Listing()
        for path in sorted(self.texts):
            found.add(path, self.display, tuple(path.split("/")), EntryKind.FILE)
        return found.sort()

    def read(self, file: SourceFile) -> bytes:
        return self.texts[file.path].encode()


@dataclass(frozen=True, kw_only=True)
class Company:
    """The whole description; every method gives a new one."""

    people: tuple[Person, ...] = ()
    files: tuple[tuple[str, object], ...] = ()
    members: tuple[tuple[str, tuple[str, ...]], ...] = ()
    types: tuple[tuple[str, str], ...] = ()
    rules: tuple[tuple[str, str, tuple[str, ...]], ...] = ()
    admin_groups: tuple[str, ...] = ()
    assigned: tuple[tuple[str, tuple[str, ...]], ...] = ()
    owner_roles: tuple[str, ...] = ()
    settings: dict[str, object] = field(default_factory=dict)
    choices: Choices = field(default_factory=Choices)
    has_canary: bool = True
    has_lifecycle: bool = False
    now: datetime = NOW

    def person(self, name: str, **attributes: object) -> "Company":
        """Somebody with an account."""
        one = Person(login=login(name), **attributes)
        kept = tuple(p for p in self.people if p.login != one.login)
        return replace(self, people=(*kept, one))

    def with_settings(self, **settings: object) -> "Company":
        """Parts of settings.yaml."""
        return replace(self, settings={**self.settings, **settings})

    def without_canary(self) -> "Company":
        """The connector names no canary."""
        return replace(self, has_canary=False)

    def with_lifecycle(self) -> "Company":
        """The connector lets accounts be changed; it-admins and two operators may agree."""
        may = ["unlock", "password-reset", "suspend", "unsuspend"]
        return replace(self, has_lifecycle=True).with_settings(
            admins=[{"email": "it-admins@example.com"}],
            operators=[
                {"email": "it-desk@example.com", "may": may},
                {"email": "night-desk@example.com", "may": ["unlock"]},
            ],
        )

    def account(self, name: str, **content: object) -> "Company":
        """What the file of a person says of their account."""
        return self.file(f"users/{name}.yaml", {"user": login(name), **content})

    def file(self, path: str, content: object) -> "Company":
        """Any other file of the catalog; a file of the same path is replaced."""
        kept = tuple(f for f in self.files if f[0] != path)
        return replace(self, files=(*kept, (path, content)))

    def tool(
        self,
        tool: str = "claude",
        entitlements: dict[str, dict[str, object]] | None = None,
        **more: object,
    ) -> "Company":
        """A tool; `entitlements` maps a name to more of its fields."""
        named = entitlements or {"users": {}}
        content = {
            "id": tool,
            "name": tool.capitalize(),
            "description": f"The tool {tool}",
            "owners": [{"email": "owner@example.com", "github": "@owner"}],
            "risk": "low",
            "fulfilment": "okta",
            "entitlements": {
                name: {"description": f"{name} of {tool}", **fields}
                for name, fields in named.items()
            },
            "policy": {"approvers": [{"email": "lead@example.com", "github": "@lead"}]},
            **more,
        }
        return self.file(f"tools/{tool}.yaml", content)

    def bind(
        self,
        *members: str,
        tool: str = "claude",
        entitlement: str = "users",
        authority: str = "additive",
        **more: object,
    ) -> "Company":
        """A binding to a group that holds these people, who all have accounts."""
        name = group_name(tool, entitlement)
        content = {
            "tool": tool,
            "entitlement": entitlement,
            "connector": CONNECTOR,
            "group": {"bind": {"id": group_id(name), "name": name}},
            "authority": authority,
            **more,
        }
        company = self.file(f"bindings/{tool}-{entitlement}.yaml", content)
        for member in members:
            if login(member) not in {p.login for p in company.people}:
                company = company.person(member)
        kept = tuple(m for m in company.members if m[0] != name)
        return replace(company, members=(*kept, (name, tuple(map(login, members)))))

    def create(self, tool: str = "claude", entitlement: str = "users", **more: object) -> "Company":
        """A binding to a group that is yet to be made."""
        content = {
            "tool": tool,
            "entitlement": entitlement,
            "connector": CONNECTOR,
            "group": {"create": {"name": group_name(tool, entitlement)}},
            "authority": "additive",
            **more,
        }
        return self.file(f"bindings/{tool}-{entitlement}.yaml", content)

    def group(self, name: str, *members: str, kind: str = "OKTA_GROUP") -> "Company":
        """A group in the org, bound or not."""
        kept = tuple(m for m in self.members if m[0] != name)
        return replace(
            self,
            members=(*kept, (name, tuple(map(login, members)))),
            types=(*self.types, (name, kind)),
        )

    def rule(self, name: str, group: str, *fed: str) -> "Company":
        """A group rule that puts these people, who all have accounts, into the group."""
        company = self
        for one in fed:
            if login(one) not in {p.login for p in company.people}:
                company = company.person(one)
        return replace(company, rules=(*self.rules, (name, group, tuple(map(login, fed)))))

    def admin_role(self, group: str) -> "Company":
        """Whoever is in the group is an admin."""
        return replace(self, admin_groups=(*self.admin_groups, group))

    def apps(self, group: str, *labels: str) -> "Company":
        """Just these apps are assigned through the group; any other has the app Everything."""
        kept = tuple(a for a in self.assigned if a[0] != group)
        return replace(self, assigned=(*kept, (group, labels)))

    def roles(self, *roles: str) -> "Company":
        """The admin roles of the token's owner, who else may do everything."""
        return replace(self, owner_roles=roles)

    def behaving(self, **choices: str) -> "Company":
        """Okta behaves so where it is known to vary."""
        return replace(self, choices=Choices(**choices))

    def grant(
        self, subject: str, *, tool: str = "claude", entitlement: str = "users", **more: object
    ) -> "Company":
        """A live grant, in a file of its own; a person without an account gets one."""
        content = {
            "tool": tool,
            "entitlement": entitlement,
            "subject": login(subject),
            "purpose": "Daily work",
            "approval": {
                "ticket": f"AI-{len(self.files)}",
                "approved_by": "lead@example.com",
                "approved_at": "2026-11-01",
            },
            **more,
        }
        number = sum(1 for path, _ in self.files if path.startswith(f"grants/{tool}/"))
        return self.file(f"grants/{tool}/{number:05}.yaml", content)

    def granted(self, *names: str, **more: object) -> "Company":
        """A live grant for each of these people, who all have accounts."""
        company = self
        for name in names:
            if login(name) not in {p.login for p in company.people}:
                company = company.person(name)
            company = company.grant(name, **more)
        return company

    def ended(self, *names: str, **more: object) -> "Company":
        """A grant for each that expired a week ago."""
        return self.granted(*names, expires="2026-11-15", **more)

    def texts(self) -> Iterator[tuple[str, str]]:
        """Path and text of each of the catalog's files."""
        connector = {
            "id": CONNECTOR,
            "type": "okta",
            "name": "Okta production",
            "domain": "https://acme.okta.com",
            "auth": {"method": "ssws", "token": {"env": "OKTA_PROD_TOKEN"}},
        }
        if self.has_lifecycle:
            connector["lifecycle"] = True
        if self.has_canary:
            group = {"id": group_id("Canary"), "name": "Canary"}
            connector["canary"] = {"user": CANARY, "group": group}
        files = (("connectors/okta-prod.yaml", connector), *self.files)
        if self.settings:
            files = (("settings.yaml", self.settings), *files)
        for path, content in files:
            # JSON in block-free form is YAML too, and quotes every string.
            text = content if isinstance(content, str) else json.dumps(content, default=str)
            yield path, text + "\n"

    def write(self, folder: Path) -> Path:
        """The catalog's files below `folder`; returns the catalog folder."""
        root = folder / "catalog"
        for path, text in self.texts():
            place = root / path
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_text(text, encoding="utf-8")
        return root

    def catalog(self, folder: Path | None = None) -> Catalog:
        """The catalog, read from its files, or from memory alone; it has to be valid."""
        source = _InMemory(dict(self.texts()))
        loaded = load_and_judge(self.write(folder)) if folder else load_and_judge_from(source)
        errors = [d for d in loaded.diagnostics if d.severity.value == "error"]
        assert not errors, errors
        return loaded.catalog

    def world(self) -> World:
        """The org that matches."""
        is_asked = self.has_canary and CANARY not in {p.login for p in self.people}
        canary = [Person(login=CANARY)] if is_asked else []
        people = [*self.people, *canary, Person(login=SERVICE)]
        roles = {SERVICE: self.owner_roles or ("SUPER_ADMIN",)}
        is_plain = not self.owner_roles and not self.admin_groups
        names = dict(self.types)
        groups = [*self.members, ("Canary", (CANARY,))] if self.has_canary else [*self.members]
        return World(
            now=self.now,
            org=SandboxOrg(subdomain="acme"),
            users=tuple(
                User(
                    login=p.login,
                    id=p.id,
                    email=p.email or p.login,
                    status=p.status,
                    provider=p.provider,
                    created=p.activated,
                    activated=p.activated,
                    status_changed=p.changed,
                    roles=() if is_plain else roles.get(p.login, ()),
                )
                for p in people
            ),
            groups=tuple(
                Group(
                    name=name,
                    members=members,
                    type=names.get(name, "OKTA_GROUP"),
                    roles=("USER_ADMIN",) if name in self.admin_groups else (),
                )
                for name, members in groups
            ),
            rules=tuple(
                Rule(name=name, expression='user.title=="Engineer"', groups=(group,), members=fed)
                for name, group, fed in self.rules
            ),
            apps=self._apps(tuple(name for name, _ in groups)),
            tokens=(Token(name="tests", owner=SERVICE),),
            options=Options(choices=self.choices),
        )

    def _apps(self, groups: tuple[str, ...]) -> tuple[App, ...]:
        special = dict(self.assigned)
        usual = App(label="Everything", groups=tuple(g for g in groups if g not in special))
        labels = sorted({label for labels in special.values() for label in labels})
        others = (
            App(label=label, groups=tuple(g for g in groups if label in special.get(g, ())))
            for label in labels
        )
        return (usual, *others)

    def sandbox(self, path: Path | None = None, **more: object) -> Sandbox:
        """The org, seeded; in memory unless a path is given."""
        return Sandbox.open(path, world=self.world(), **{"rate_limit": "off", **more})

    def live(self) -> LiveState:
        """The org as a complete observation, without any HTTP."""
        world = self.world()
        providers = {p.login: p.provider for p in self.people}
        users = {
            OktaUserId(u.id): DirectoryUser(
                id=OktaUserId(u.id),
                login=u.login,
                email=u.email,
                status=u.status,
                created_at=u.created,
                activated_at=u.activated,
                status_changed_at=u.status_changed,
                provider=providers.get(u.login, "OKTA"),
            )
            for u in world.users
        }
        ids = {u.login: u.id for u in users.values()}
        groups = {
            OktaGroupId(g.id): DirectoryGroup(
                id=OktaGroupId(g.id),
                name=g.name,
                type=g.type,
                has_admin_role=bool(g.roles),
                app_count=sum(1 for app in world.apps if g.name in app.groups),
            )
            for g in world.groups
        }
        fed: dict[str, frozenset[OktaUserId]] = {g.name: frozenset() for g in world.groups}
        for rule in world.rules:
            for name in rule.groups:
                fed[name] |= {ids[member] for member in rule.members}
        return LiveState(
            org=ORG,
            caller=user_id(SERVICE),
            groups=groups,
            members={
                OktaGroupId(g.id): frozenset(ids[m] for m in g.members) | fed[g.name]
                for g in world.groups
            },
            rule_fed={OktaGroupId(g.id): fed[g.name] for g in world.groups},
            users=users,
        )
