"""One person as they are read: the account, the grants, the groups and the apps."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime

from reconciler.model.accounts import AccountDeclaration
from reconciler.model.catalog import Grant
from reconciler.model.directory import AccountProfile
from reconciler.model.ids import is_same_login
from reconciler.model.validity import Phase
from reconciler.planning.holdings import HeldApp, HeldGroup, Named
from reconciler.planning.wording import describe_end
from reconciler.render.document import Document, Fact, Mark, Row, Section, count
from reconciler.render.rows.citations import SEPARATOR, escape_separator, instant

__all__ = ["apps_document", "groups_document", "profile_facts", "show_document"]

_PHASES = {
    Phase.LIVE: ("Live grants", Mark.DONE),
    Phase.PENDING: ("Grants that are yet to begin", Mark.NOTE),
    Phase.ENDED: ("Ended grants", Mark.NOTE),
}
_NO_GRANT = "no grant"


def show_document(
    profile: AccountProfile, named: Named, groups: Sequence[HeldGroup], now: datetime
) -> Document:
    """Who it is, and everything that git says of them."""
    by_phase = {
        phase: [g for g in named.grants if g.validity.phase(now) is phase] for phase in _PHASES
    }
    bound = [held for held in groups if held.bindings]
    login = profile.user.login
    sections = [
        Section(title=title, rows=tuple(_grant_row(each, mark, login) for each in by_phase[phase]))
        for phase, (title, mark) in _PHASES.items()
    ]
    sections += [
        Section(title="Files in users/", rows=tuple(map(_declaration_row, named.declarations))),
        Section(title="Bound groups", rows=tuple(map(_group_row, bound))),
    ]
    return Document(
        title=profile.user.login,
        facts=(
            *profile_facts(profile),
            *((Fact("protected", named.protected),) if named.protected else ()),
        ),
        verdict=f"{profile.user.login} is {_status(profile)}.",
        totals=f"{count(len(by_phase[Phase.LIVE]), 'live grant')} {SEPARATOR} "
        f"{count(len(bound), 'bound group')}",
        sections=tuple(section for section in sections if section.rows),
    )


def profile_facts(profile: AccountProfile) -> tuple[Fact, ...]:
    """What tells the person from another of the same name."""
    user = profile.user
    facts = (
        ("name", user.name),
        ("login", user.login),
        ("e-mail", user.email if user.email.lower() != user.login.lower() else ""),
        ("id", user.id),
        ("status", _status(profile)),
        ("since", _when(user.status_changed_at)),
        ("becoming", user.moving_to),
        ("password kept by", user.provider),
        ("manager", profile.manager),
        ("department", profile.department),
        ("title", profile.title),
        ("last signed in", _when(profile.last_login_at)),
        ("password changed", _when(profile.password_changed_at)),
    )
    return tuple(Fact(name, value) for name, value in facts if value)


def _status(profile: AccountProfile) -> str:
    return profile.user.status or "without a status"


def _when(at: datetime | None) -> str:
    return instant(at) if at is not None else ""


def groups_document(login: str, groups: Sequence[HeldGroup], unread: int) -> Document:
    """Every group of the person; the unexplained ones are named in the verdict."""
    left = [held for held in groups if not held.is_explained]
    sections = (
        Section(title="Bound groups", rows=tuple(_group_row(h) for h in groups if h.bindings)),
        Section(title="Other groups", rows=tuple(_group_row(h) for h in groups if not h.bindings)),
    )
    return Document(
        title=f"Groups of {login}",
        facts=(),
        verdict=_judge_groups(left, has_bound=any(held.bindings for held in groups)),
        totals=f"{count(len(groups), 'group')}"
        + (f" {SEPARATOR} {unread} could not be read" if unread else ""),
        sections=tuple(section for section in sections if section.rows),
    )


def _judge_groups(left: Sequence[HeldGroup], *, has_bound: bool) -> str:
    if not left:
        return "A live grant explains every bound group." if has_bound else "No group is bound."
    return f"{count(len(left), 'bound group has', 'bound groups have')} no live grant behind it."


def apps_document(
    login: str, apps: Sequence[HeldApp], unread_why: str, unread_groups: Sequence[HeldGroup]
) -> Document:
    """Every app of the person, and which grant gives it."""
    direct = [app for app in apps if app.is_direct]
    through = [app for app in apps if app.is_direct is False]
    shown = [app for app in apps if app.is_direct is None]
    sections = (
        Section(title="Assigned to them alone", rows=tuple(map(_app_row, direct))),
        Section(title="Through a group", rows=tuple(map(_app_row, through))),
        Section(title="On the dashboard", rows=tuple(map(_app_row, shown))),
    )
    return Document(
        title=f"Apps of {login}",
        facts=tuple(Fact("apps not read of", _group_name(held)) for held in unread_groups),
        verdict=_judge_apps(unread_why, has_apps=bool(apps)),
        totals=count(len(apps), "app"),
        sections=tuple(section for section in sections if section.rows),
    )


def _judge_apps(unread_why: str, *, has_apps: bool) -> str:
    if not unread_why:
        every = "These are all apps that are assigned to the person."
        return every if has_apps else "No app is assigned to the person."
    return (
        "These are the links on the person's dashboard: assignments could not be read, which "
        f"takes the scope okta.apps.read ({unread_why})."
    )


def _grant_row(grant: Grant, mark: Mark, login: str) -> Row:
    return Row(
        mark=mark,
        head=f" {SEPARATOR} ".join([_entitled(grant), _window(grant), *_place(grant)]),
        details=() if is_same_login(grant.subject, login) else (f"as {grant.subject}",),
    )


def _entitled(grant: Grant) -> str:
    return f"{grant.tool}/{grant.entitlement}"


def _window(grant: Grant) -> str:
    starts = f"from {grant.starts} " if grant.starts else ""
    if grant.revoked is not None:
        return f"{starts}revoked as of {grant.revoked.at.isoformat()}"
    return starts + (describe_end(grant.expires) if grant.expires else "without an end")


def _place(noun: Grant | AccountDeclaration) -> Iterator[str]:
    if noun.origin is not None:
        yield f"{escape_separator(noun.origin.path)}:{noun.origin.line}"


def _declaration_row(declared: AccountDeclaration) -> Row:
    """The state that a file wants, and what it asks for once."""
    until = f" through {declared.until.isoformat()}" if declared.until else ""
    says = [f"{declared.state.value}{until}"] if declared.state else []
    says += [
        f"{part.value} requested at {instant(request.requested_at)}"
        for part, request in declared.requests
    ]
    return Row(
        mark=Mark.NOTE,
        head=f" {SEPARATOR} ".join([", ".join(says), *_place(declared)]),
        details=(declared.reason,) if declared.reason else (),
    )


def _group_row(held: HeldGroup) -> Row:
    if not held.bindings:
        return Row(mark=Mark.NOTE, head=_group_name(held))
    gives = ", ".join(dict.fromkeys(f"{b.tool}/{b.entitlement}" for b in held.bindings))
    return Row(
        mark=Mark.DONE if held.grants else Mark.BLOCKED,
        head=f"{_group_name(held)} {SEPARATOR} {gives}",
        details=tuple(_explanations(held.grants)),
    )


def _group_name(held: HeldGroup) -> str:
    return f'"{escape_separator(held.group.name)}" ({held.group.id})'


def _explanations(grants: Iterable[Grant]) -> Iterator[str]:
    """The grants, or that there is none."""
    lines = [f"grant {' '.join([_entitled(g), _window(g), *_place(g)])}" for g in grants]
    yield from lines or (_NO_GRANT,)


def _app_row(app: HeldApp) -> Row:
    gives = [
        f"{_group_name(held)} for {', '.join(f'{b.tool}/{b.entitlement}' for b in held.bindings)}: "
        f"{'; '.join(_explanations(held.grants))}"
        for held in app.groups
    ]
    if app.is_direct is False and not gives:
        gives = ["through a group that the catalog does not bind"]
    explained = any(held.grants for held in app.groups)
    return Row(
        mark=Mark.DONE if explained else Mark.NOTE,
        head=app.label,
        details=tuple(gives),
    )
