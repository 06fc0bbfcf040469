"""The drift of one connector, as people and programs read it."""

from collections.abc import Iterable, Mapping

from reconciler.model.plan import AccountDrift, Blocked, BlockedAccount, Change, Drift, Plan
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
                *(account_drift_row(line, _find_blocked(plan, line)) for line in found.accounts),
                *map(blocked_account_row, found.blocked_accounts),
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
        totals=f"{_account_totals(found)}"
        f"{len(found.unapproved)} unapproved · {len(found.missing)} missing · "
        f"{len(found.blocked)} blocked · {len(found.ended)} ended · "
        f"{count(len(found.uncompared), 'group')} not compared",
        sections=tuple(section for section in sections if section.rows),
    )


def drift_content(plan: Plan) -> dict[str, object]:
    """The same as plain data, for programs."""
    found = find_drift(plan)
    return {
        "format": DRIFT_FORMAT,
        "connector": plan.connector,
        "sandbox": plan.sandbox,
        "org": {"id": plan.org.id, "domain": plan.org.domain},
        "as_of": plan.as_of.isoformat(),
        "clean": found.is_clean,
        "accounts": [
            *(_account(plan, line) for line in found.accounts),
            *map(_blocked_account, found.blocked_accounts),
        ],
        "missing": _rows(found.missing),
        "unapproved": _rows(found.unapproved),
        "blocked": [_row(line) | {"code": line.code} for line in found.blocked],
        "ended": [_row(line) for line in found.ended],
        "uncompared": [
            {"group": {"id": line.group.id, "name": line.group.name}, "code": line.code}
            for line in found.uncompared
        ],
    }


def _account_totals(found: DriftReport) -> str:
    number = found.differing_accounts
    return f"{count(number, 'account differs', 'accounts differ')} · " if number else ""


def _find_blocked(plan: Plan, line: AccountDrift) -> BlockedAccount | None:
    """What keeps back the account's state, where something does."""
    about = (b for b in plan.blocked_accounts if b.wanted and b.person)
    return next((b for b in about if b.person and b.person.id == line.person.id), None)


def _account(plan: Plan, line: AccountDrift) -> dict[str, object]:
    blocked = _find_blocked(plan, line)
    return {
        "person": {"id": line.person.id, "login": line.person.login},
        "wanted": line.wanted.value,
        "status": line.person.status,
        "code": blocked.code if blocked else None,
    }


def _blocked_account(line: BlockedAccount) -> dict[str, object]:
    """One whose account is not known, as the name in its file says."""
    return {
        "person": {"id": None, "login": line.source.subject},
        "wanted": line.wanted.value if line.wanted else None,
        "status": None,
        "code": line.code,
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
    if found.has_drift:
        beside = (
            f" and {count(found.differing_accounts, 'account')}" if found.differing_accounts else ""
        )
        return f"{count(found.number, 'difference')} between git and Okta in {where}{beside}."
    if found.uncompared:
        return f"No drift in {where}, but others could not be compared, so this is not clean."
    return f"No drift: Okta holds what git says, in {where}."
