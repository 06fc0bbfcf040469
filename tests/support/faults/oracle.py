"""What has to be so after a run, whatever went wrong, judged by what the org then holds."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from reconciler.model.errors import ReconcilerError
from reconciler.model.outcome import ApplyResult, LineResult, Outcome
from reconciler.model.plan import Action
from reconciler.sandbox import Sandbox
from tests.support.faults.trial import Trial, place_of

__all__ = ["Ideal", "Membership", "done_since", "memberships", "objections"]

_VERB = {"group.user_membership.add": "add", "group.user_membership.remove": "remove"}
_CREATED = "group.lifecycle.create"
_SAYS_LOST = ("was not answered", "is not whole", "is not Okta's", "named no id")
"""How a line says that what was sent may have been carried out."""

_UNSEEN = frozenset({"system-log-failed", "system-log-unread", "system-log-short"})
Membership = tuple[str, str]
"""Group and login."""


@dataclass(frozen=True, kw_only=True)
class Ideal:
    """What a run without any fault does, and where it ends."""

    added: frozenset[Membership]
    removed: frozenset[Membership]
    end: frozenset[Membership]
    objected: frozenset[Membership] = frozenset()
    """Held because the System Log tells of an objection: added where the log says nothing."""


def memberships(org: Sandbox) -> frozenset[Membership]:
    """Who is in which group, as the org holds it."""
    return frozenset(
        (group.name, user.login)
        for group in org.groups()
        if group.name != "Everyone"
        for user in org.members(group.id)
    )


def done_since(org: Sandbox, outset: int) -> dict[str, list[Membership]]:
    """What the org's log holds of memberships since its first lines."""
    found: dict[str, list[Membership]] = {"add": [], "remove": []}
    for row in org.log()[outset:]:
        if row.event in _VERB:
            found[_VERB[row.event]].append((row.group, row.user))
    return found


def objections(
    trial: Trial,
    outset: int,
    ideal: Ideal,
    ended: ApplyResult | ReconcilerError,
    *,
    is_log_silent: bool = False,
) -> Iterator[str]:
    """Everything that is wrong with how a run ended, in words.

    A silent log is one whose answer looks whole and has no events.
    """
    did = done_since(trial.org, outset)
    is_unseen = is_log_silent or bool(trial.warned & _UNSEEN)
    added = ideal.added | (ideal.objected if is_unseen else frozenset())
    for verb, wanted in (("add", added), ("remove", ideal.removed)):
        yield from (f"a wrong {verb}: {each}" for each in did[verb] if each not in wanted)
        twice = [each for each, count in Counter(did[verb]).items() if count > 1]
        yield from (f"{verb} twice: {each}" for each in twice)
    made = Counter(row.group for row in trial.org.log()[outset:] if row.event == _CREATED)
    yield from (f"{name} was made {count} times" for name, count in made.items() if count > 1)
    yield from trial.watch.wrong
    yield from _untold(trial)
    if isinstance(ended, ReconcilerError):
        if not (ended.code and ended.message and ended.hint):
            yield f"{type(ended).__name__} {ended.code!r} says too little: {ended} {ended.hint!r}"
        if any(did.values()) or made:
            yield f"something was written, and the run ended without a result: {ended}"
    else:
        yield from _untrue(trial.org, ended)


def _untold(trial: Trial) -> Iterator[str]:
    """Writes whose intent or outcome is missing in the journal, or in the evidence beside it."""
    pending = Counter(map(place_of, trial.journal.begun))
    pending.subtract(place_of(write) for write, _ in trial.journal.answered)
    yield from (
        f"the journal has {count:+} of {place}" for place, count in pending.items() if count
    )
    kept = Counter(event for event, _ in trial.evidence)
    kept_too = Counter(trial.journal.events)
    pairs = (("write-begun", "intent"), ("write-answered", "outcome"))
    for there, here in pairs:
        if kept[there] != kept_too[here]:
            yield f"the evidence has {kept[there]} of {there}, the journal {kept_too[here]}"


def _untrue(org: Sandbox, result: ApplyResult) -> Iterator[str]:
    """Lines that say what the org does not hold, and those that hide what it does."""
    held, names = memberships(org), {group.name for group in org.groups()}
    for line in result.lines:
        is_so = _is_so(line, held, names)
        if line.outcome.is_done and not is_so:
            yield f"said to be {line.outcome.value}, and is not: {_named(line)}"
        if not line.outcome.is_done and not line.detail:
            yield f"nothing explains {line.outcome.value}: {_named(line)}"
        if line.outcome in {Outcome.NOT_RUN, Outcome.HELD} and is_so:
            yield f"said to be {line.outcome.value}, and was done: {_named(line)}"
        is_lost = any(words in line.detail for words in _SAYS_LOST)
        if line.outcome in {Outcome.FAILED, Outcome.REFUSED} and is_so and not is_lost:
            yield f"said to have {line.outcome.value}, and was done: {_named(line)}"


def _is_so(line: LineResult, held: frozenset[Membership], names: set[str]) -> bool:
    change = line.change
    if change.person is None:
        return change.group.name in names
    there = (change.group.name, change.person.login) in held
    return there is (change.action is Action.ADD)


def _named(line: LineResult) -> str:
    change = line.change
    person = change.person.login if change.person else ""
    return f"{change.action.value} {person} {change.group.name} ({line.detail})"
