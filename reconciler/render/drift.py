"""The drift of one connector, as people and programs read it."""

from collections.abc import Iterable, Mapping

from reconciler.model.accounts import AccountState
from reconciler.model.ids import PersonRef
from reconciler.model.plan import Blocked, BlockedAccount, Change, Drift, Plan
from reconciler.planning.drift import DriftReport, find_drift
from reconciler.render.document import Document, Fact, Section, count
from reconciler.render.rows.accounts import account_drift_row, blocked_account_row
from reconciler.render.rows.citations import instant
from reconciler.render.rows.memberships import blocked_row, change_row, drift_row

__all__ = ["drift_content", "drift_document"]

DRIFT_FORMAT = "reconciler.drift/1"


def drift_document(plan: Plan) -> Document:
    """Each class of drift in words; a group that was not compared is said first."""
    found = find_drift(plan)
    sections = (
        Section(
            title="Not compared",
            rows=tuple(blocked_row(line) for line in found.uncompared),
            note="there may be drift here that nobody can see",
        ),
        Section(
            title="Accounts that differ",
            rows=(
                *map(account_drift_row, plan.account_drift),
                *map(blocked_account_row, _select_uncounted(plan)),
            ),
            note="Okta does not show the state that git wants",
        ),
        Section(
            title="Present, but unapproved",
            rows=tuple(drift_row(line) for line in found.unapproved),
            note="no grant ever named them for this group",
        ),
        Section(
            title="Approved, but missing",
            rows=tuple(drift_row(line) for line in found.missing),
            note="a live grant names them, and the next apply adds whom nothing blocks",
        ),
        Section(
            title="Blocked",
            rows=tuple(blocked_row(line) for line in found.blocked),
            note="what git says is not so in Okta until a person settles it",
        ),
        Section(
            title="Ended, but present",
            rows=tuple(change_row(line) for line in found.ended),
            note="their grants have ended, and the next apply removes whom nothing holds",
        ),
    )
    return Document(
        title=f"Drift of {plan.connector}",
        facts=_facts(plan),
        verdict=_verdict(found, plan),
        totals=f"{_account_totals(plan)}"
        f"{len(found.unapproved)} unapproved · {len(found.missing)} missing · "
        f"{len(found.blocked)} blocked · {len(found.ended)} ended · "
        f"{count(len(found.uncompared), 'group')} not compared",
        sections=tuple(section for section in sections if section.rows),
    )


def drift_content(plan: Plan) -> dict[str, object]:
    """The same as plain data, for programs."""
    found, accounts = find_drift(plan), _list_accounts(plan)
    return {
        "format": DRIFT_FORMAT,
        "connector": plan.connector,
        "sandbox": plan.sandbox,
        "org": {"id": plan.org.id, "domain": plan.org.domain},
        "as_of": plan.as_of.isoformat(),
        "clean": found.is_clean and not accounts,
        "accounts": accounts,
        "missing": _rows(found.missing),
        "unapproved": _rows(found.unapproved),
        "blocked": [_row(line) | {"code": line.code} for line in found.blocked],
        "ended": [_row(line) for line in found.ended],
        "uncompared": [
            {"group": {"id": line.group.id, "name": line.group.name}, "code": line.code}
            for line in found.uncompared
        ],
    }


def _select_uncounted(plan: Plan) -> tuple[BlockedAccount, ...]:
    """What is blocked of accounts that are not counted as differing already."""
    counted = {line.person.id for line in plan.account_drift}
    return tuple(
        line
        for line in plan.blocked_accounts
        if line.wanted is not None and not (line.person and line.person.id in counted)
    )


def _count_accounts(plan: Plan) -> int:
    return len(plan.account_drift) + len(_select_uncounted(plan))


def _account_totals(plan: Plan) -> str:
    number = _count_accounts(plan)
    return f"{count(number, 'account differs', 'accounts differ')} · " if number else ""


def _list_accounts(plan: Plan) -> list[dict[str, object]]:
    differing = [_account(line.person, line.wanted) for line in plan.account_drift]
    blocked = [
        _account(line.person, line.wanted) | {"code": line.code} for line in _select_uncounted(plan)
    ]
    return differing + blocked


def _account(who: PersonRef | None, wanted: AccountState | None) -> dict[str, object]:
    return {
        "person": {"id": who.id, "login": who.login} if who else None,
        "wanted": wanted.value if wanted else None,
        "status": who.status if who else None,
    }


def _rows(lines: Iterable[Drift]) -> list[Mapping[str, object]]:
    return [_row(line) | {"authority": line.authority.value} for line in lines]


def _row(line: Drift | Blocked | Change) -> dict[str, object]:
    who = line.person
    return {
        "person": {"id": who.id, "login": who.login} if who else None,
        "group": {"id": line.group.id, "name": line.group.name},
        "tool": line.tool,
        "entitlement": line.entitlement,
    }


def _facts(plan: Plan) -> tuple[Fact, ...]:
    where = f"{plan.org.domain} ({plan.org.id}){' · sandbox' if plan.sandbox else ''}"
    dirty = ", with changes not committed" if plan.catalog.dirty else ""
    commit = plan.catalog.commit[:12] if plan.catalog.commit else "no commit"
    return (
        Fact("org", where),
        Fact("as of", instant(plan.as_of)),
        Fact("catalog", f"{commit}{dirty}"),
        Fact("read", f"{count(len(plan.groups), 'group')}, {count(plan.reads.calls, 'request')}"),
    )


def _verdict(found: DriftReport, plan: Plan) -> str:
    """A different sentence for clean, for drift, and for not knowing."""
    where = count(len(plan.groups), "group")
    accounts = _count_accounts(plan)
    if found.has_drift or accounts:
        number = found.number + accounts
        beside = f" and {count(accounts, 'account')}" if accounts else ""
        return f"{count(number, 'difference')} between git and Okta in {where}{beside}."
    if found.uncompared:
        return f"No drift in {where}, but others could not be compared, so this is not clean."
    return f"No drift: Okta holds what git says, in {where}."
