"""A plan, as it is read: what hurts first, then what is held, then the rest."""

from collections.abc import Iterable, Iterator

from reconciler.model.catalog import Authority
from reconciler.model.plan import Action, Ending, GroupSummary, ManualLine, Plan
from reconciler.planning.plan_codec import digest
from reconciler.planning.wording import describe_lag
from reconciler.render import three_way
from reconciler.render.document import Document, Fact, Mark, Row, Section, count
from reconciler.render.over_time import describe_window_end
from reconciler.render.rows.accounts import account_rows
from reconciler.render.rows.citations import grant_line, group, instant, person
from reconciler.render.rows.guards import guard_row
from reconciler.render.rows.memberships import blocked_row, change_row, drift_row

__all__ = ["plan_document", "verdict"]


_ORDER = "carried out before everything else, one after another"


def plan_document(plan: Plan) -> Document:
    """The plan in words."""
    reported = [d for d in plan.unapproved if d.authority is Authority.ADDITIVE]
    sections = (
        three_way.uncommitted_section(plan),
        *_lines(plan),
        _section(
            "Unapproved members, reported",
            [drift_row(d) for d in reported],
            "no grant names them; an additive group is left as it is",
        ),
        _section("By hand", [_manual_row(m) for m in plan.manual], "no Okta group gives these"),
        _section("Ending within 14 days", [_ending_row(e) for e in plan.ending]),
        Section(
            title="Warnings",
            rows=tuple(_warning_row(w.code, w.summary, w.hint) for w in plan.warnings),
            is_urgent=True,
        ),
        _section("Groups", [_group_row(g) for g in plan.groups]),
    )
    return Document(
        title=f"Plan for {plan.connector}",
        facts=_facts(plan),
        verdict=three_way.verdict(plan) or verdict(plan, len(reported)),
        totals=_totals(plan, len(reported)),
        sections=tuple(section for section in sections if section.rows),
        closing=(f"digest {digest(plan)}",),
    )


def _lines(plan: Plan) -> tuple[Section, ...]:
    """The lines by what they do; in a plan that was compared, by what brings them."""
    guards = _section("Guards", [guard_row(g) for g in plan.guards])
    if three_way.is_compared(plan):
        return (*three_way.change_sections(plan), guards, *three_way.waiting_sections(plan))
    hidden = (three_way.withheld_section(plan.against),) if plan.against else ()
    return (
        *hidden,
        _section(
            "Accounts",
            account_rows(plan.blocked_accounts, plan.accounts),
            _ORDER if plan.accounts else "",
        ),
        _section("Blocked", [blocked_row(b) for b in plan.blocked]),
        guards,
        _changes(plan, Action.REMOVE, "Removals"),
        _changes(plan, Action.CREATE_GROUP, "Groups to create"),
        _changes(plan, Action.ADD, "Additions"),
    )


def _facts(plan: Plan) -> tuple[Fact, ...]:
    where = f"{plan.org.domain} ({plan.org.id})"
    commit = plan.catalog.commit[:12] if plan.catalog.commit else "no commit"
    dirty = ", with changes not committed" if plan.catalog.dirty else ""
    members = sum(g.members or 0 for g in plan.groups)
    read = (
        f"{count(len(plan.groups), 'group')}, {count(members, 'membership')}, "
        f"{count(plan.reads.calls, 'request')}, {count(plan.reads.pages, 'page')}"
    )
    return (
        Fact("org", f"{where}{' · sandbox' if plan.sandbox else ''}"),
        Fact("as of", instant(plan.as_of)),
        Fact("catalog", f"{commit}{dirty}"),
        *three_way.facts(plan),
        Fact("read", read),
    )


def _totals(plan: Plan, reported: int) -> str:
    by_action = dict.fromkeys(Action, 0)
    for change in plan.changes:
        by_action[change.action] += 1
    parts = [
        *_account_totals(plan),
        f"{by_action[Action.REMOVE]:,} to remove",
        f"{by_action[Action.ADD]:,} to add",
        f"{count(by_action[Action.CREATE_GROUP], 'group')} to create",
        f"{len(plan.blocked):,} blocked",
        f"{reported:,} unapproved reported",
    ]
    return " · ".join(parts)


def _account_totals(plan: Plan) -> Iterator[str]:
    if plan.accounts:
        yield count(len(plan.accounts), "account change")
    final = sum(1 for line in plan.accounts if line.consequences.is_final)
    if final:
        yield f"{final:,} of them cannot be undone"
    if plan.blocked_accounts:
        yield f"{count(len(plan.blocked_accounts), 'account')} blocked"


def _section(title: str, rows: Iterable[Row], note: str = "") -> Section:
    return Section(title=title, rows=tuple(rows), note=note)


def _changes(plan: Plan, action: Action, title: str) -> Section:
    return _section(title, [change_row(c) for c in plan.changes if c.action is action])


def _manual_row(line: ManualLine) -> Row:
    return Row(
        mark=Mark.NOTE,
        head=f"{line.subject} for {line.tool}/{line.entitlement}",
        details=(grant_line(line.grant),),
    )


def _ending_row(line: Ending) -> Row:
    return Row(
        mark=Mark.NOTE,
        head=f"{_describe_ending(line)}: {person(line.person)} in {group(line.group)}",
        details=(grant_line(line.grant),),
    )


def _describe_ending(line: Ending) -> str:
    ends = line.grant.ends
    if ends is None or ends.at is None or ends.end != line.ends_at:
        return describe_window_end(line.ends_at)
    lag = describe_lag(line.within_minutes)
    return f"ends {ends}" + (f" ({lag})" if lag else "")


def _warning_row(code: str, summary: str, hint: str) -> Row:
    details = (f"hint: {hint}",) if hint else ()
    return Row(mark=Mark.NOTE, head=f"{code}: {summary}", details=details)


def _group_row(line: GroupSummary) -> Row:
    members = "to be created" if line.members is None else count(line.members, "member")
    kept = "".join(
        f", {number} {word}"
        for number, word in ((line.protected, "protected"), (line.rule_fed, "rule-fed"))
        if number
    )
    return Row(
        mark=Mark.NOTE,
        head=f"{group(line.group)} {line.authority.value}, {members}, {line.granted} granted{kept}",
        details=(", ".join(line.bindings),),
    )


def verdict(plan: Plan, reported: int) -> str:
    """The sentence; `reported` members are unapproved and stay."""
    held = sum(1 for c in plan.accounts if c.held_by) + sum(1 for c in plan.changes if c.held_by)
    ready = _count_ready(plan)
    if ready and held:
        return f"{ready} can be applied; guards hold {held}."
    if ready:
        return f"{ready} can be applied."
    if held:
        every = "the one change" if held == 1 else f"all {held:,} changes"
        return f"Guards hold {every}, so nothing can be applied."
    return _idle_verdict(plan, reported)


def _count_ready(plan: Plan) -> str:
    """The lines that no guard holds, those of accounts first; empty where there is none."""
    accounts = sum(1 for c in plan.accounts if not c.held_by)
    others = sum(1 for c in plan.changes if not c.held_by)
    first = count(accounts, "account change") if accounts else ""
    if not others:
        return first
    then = count(others, "other change" if first else "change")
    return f"{first} and {then}" if first else then


def _idle_verdict(plan: Plan, reported: int) -> str:
    number = len(plan.blocked) + len(plan.blocked_accounts)
    if number:
        blocked = count(number, "line is", "lines are")
        needs = "needs" if number == 1 else "need"
        return f"No change is left to apply, but {blocked} blocked and {needs} a person."
    if not plan.groups:
        by_hand = f"; {_by_hand(plan)}" if plan.manual else ""
        return f"No binding names {plan.connector}, so no group was compared{by_hand}."
    if reported:
        return f"Nothing to apply; {count(reported, 'unapproved member')} reported."
    if plan.manual:
        return f"Nothing to do in Okta, which holds what git says; {_by_hand(plan)}."
    if not any(group.granted or group.members for group in plan.groups):
        return "Nothing to do: no grant is live, and the groups are empty."
    return "Nothing to do: Okta holds what git says."


def _by_hand(plan: Plan) -> str:
    return f"{count(len(plan.manual), 'grant is', 'grants are')} for a person to carry out"
