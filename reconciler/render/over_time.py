"""What a change does to access at any later day, in words: renewals, starts and ends ahead."""

from collections import Counter
from collections.abc import Iterator
from datetime import datetime

from reconciler.model.approvals.review import AccessChange, BaseComparison, Cause, Effect, Window
from reconciler.model.plan import Blocked, Change, Plan
from reconciler.model.validity import Moment
from reconciler.planning.wording import describe_end
from reconciler.render.document import Mark, Row, Section, count
from reconciler.render.rows.citations import group, instant, person

__all__ = ["describe_window_end", "section", "summarize_effects", "summarize_ineffective_grants"]

_SUMS = {
    Effect.EXPLAINS: ("explains {} that is there already", "explains {} that are there already"),
    Effect.BEGINS: ("gives {} later", "gives {} later"),
    Effect.ENDS: ("ends {}", "ends {}"),
    Effect.ENDS_LATER: ("prolongs {}", "prolongs {}"),
    Effect.ENDS_EARLIER: ("shortens {}", "shortens {}"),
    Effect.MOVES: ("moves the days of {}", "moves the days of {}"),
}


_ORDER = (
    Effect.BEGINS,
    Effect.ENDS_LATER,
    Effect.MOVES,
    Effect.EXPLAINS,
    Effect.ENDS,
    Effect.ENDS_EARLIER,
    Effect.GIVES_NOTHING,
)


def summarize_effects(plan: Plan, against: BaseComparison) -> Iterator[str]:
    """Each kind of effect over time that no line of the plan tells, counted."""
    number = Counter(each.effect for each in _select_unreported(plan, against))
    for effect, (one, more) in _SUMS.items():
        if number[effect]:
            words = one if number[effect] == 1 else more
            yield words.format(count(number[effect], "membership"))


def summarize_ineffective_grants(against: BaseComparison) -> str:
    """How many of the change's grants change nothing on any day; empty where none does."""
    number = sum(1 for each in against.over_time if each.effect is Effect.GIVES_NOTHING)
    one, more = "new or edited grant changes no day", "new or edited grants change no day"
    return count(number, one, more) if number else ""


def section(plan: Plan, against: BaseComparison) -> Section:
    """Whose access differs at a later day, beside what the plan's lines tell."""
    return Section(
        title="Over time",
        rows=tuple(map(_row, sorted(_select_unreported(plan, against), key=_weight))),
        note="what merging changes at a later day, or explains",
        is_urgent=True,
    )


def _weight(each: AccessChange) -> int:
    """What gives most is first: a comment is cut at its end, and edits without effect are cheap."""
    return _ORDER.index(each.effect)


def describe_window_end(ends_at: datetime) -> str:
    """Until when it goes: of an end at a midnight, through the day before."""
    return describe_end(Moment.ending_at(ends_at))


def _select_unreported(plan: Plan, against: BaseComparison) -> Iterator[AccessChange]:
    lines: tuple[Change | Blocked, ...] = (*plan.changes, *plan.blocked)
    shown = {_place(line) for line in lines if line.cause is Cause.CHANGE}
    for each in against.over_time:
        windows = each.after or each.before
        is_whole = len(windows) == 1 and windows[0].starts is None
        is_now = each.effect in {Effect.BEGINS, Effect.ENDS} and is_whole
        where = each.group.id or each.group.key if each.group else ""
        if not (is_now and (where, each.person.id or each.person.login) in shown):
            yield each


def _place(line: Change | Blocked) -> tuple[str, str]:
    who = (line.person.id or line.person.login) if line.person else ""
    return line.group.id or line.group.key, who


def _row(each: AccessChange) -> Row:
    where = f" in {group(each.group)}" if each.group else ", carried out by hand,"
    about = f"{person(each.person)}{where} for {each.tool}/{each.entitlement}"
    before, after = _windows(each.before), _windows(each.after)
    return Row(
        mark=Mark.NOTE,
        head=f"{_WORDS[each.effect]}: {about}",
        details=(
            *_reason(each),
            f"without this change: {before}",
            f"with it: {after}",
        ),
    )


_WORDS = {
    Effect.EXPLAINS: "explains a member who is there already",
    Effect.BEGINS: "gives access",
    Effect.ENDS: "ends access",
    Effect.ENDS_LATER: "prolongs access",
    Effect.ENDS_EARLIER: "shortens access",
    Effect.MOVES: "moves the days of access",
    Effect.GIVES_NOTHING: "changes no day",
}


def _reason(each: AccessChange) -> Iterator[str]:
    if each.revoked_at is not None:
        yield f"it is revoked as of {instant(each.revoked_at)}"
    if each.ended_at is not None:
        ended = Moment.ending_at(each.ended_at)
        word = "with" if ended.at is None else "at"
        yield f"the grant gives nothing: it ended before, {word} {ended}"
    elif each.effect is Effect.GIVES_NOTHING:
        yield "the new or edited grant covers no day that is not covered without it"


def _windows(windows: tuple[Window, ...]) -> str:
    return ", and ".join(map(_window, windows)) or "no access"


def _window(window: Window) -> str:
    start = f"from {instant(window.starts)}" if window.starts else "now"
    end = describe_window_end(window.ends) if window.ends else "with no end date"
    return f"{start}, {end}"
