"""A grant's window is one, no longer than its tool allows, and not inside another's.

A grant that has ended is a record, which no later rule makes wrong.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime

from reconciler.identity.aliases import known_names
from reconciler.model.catalog import Catalog, Grant, Tool
from reconciler.model.diagnostics import Example, Rule, Severity
from reconciler.model.validity import Duration, Moment
from reconciler.policy import sample
from reconciler.policy.finding import Finding, place
from reconciler.policy.quoting import quoted

__all__ = [
    "EXPIRES_MISSING",
    "GRANT_WINDOW_TOO_LONG",
    "RULES",
    "check_overlaps",
    "check_windows",
]

EXPIRES_BEFORE_START = Rule(
    code="expires-before-start",
    summary="A grant ends before it begins",
    remedy="Correct one of the two",
    example=sample.edit(sample.GRANT_FILE, "2027-01-20", "2026-11-19"),
)
EXPIRES_MISSING = Rule(
    code="expires-missing",
    summary="A grant of the change never ends though its tool has a limit; a warning for old ones",
    remedy="Add `expires: YYYY-MM-DD`, or `expires: YYYY-MM-DDTHH:MMZ`",
    example=Example(
        {sample.OTHER_GRANT_FILE: sample.OTHER_GRANT.replace("expires: 2027-01-20\n", "")}, base={}
    ),
)
GRANT_WINDOW_TOO_LONG = Rule(
    code="grant-window-too-long",
    summary="A grant of the change lasts longer than its tool allows; a warning for old ones",
    remedy="Shorten `expires`, or raise the tool's `max_duration`",
    example=Example(
        {sample.OTHER_GRANT_FILE: sample.OTHER_GRANT.replace("2027-01-20", "2027-06-08")}, base={}
    ),
)
GRANT_INSIDE_ANOTHER = Rule(
    code="grant-inside-another",
    summary="A grant is wholly inside the window of another for the same person and entitlement",
    remedy="Remove this one; to prolong the access, extend the other grant instead",
    severity=Severity.WARNING,
    example=Example(
        {
            "grants/claude/z.yaml": sample.GRANT.replace("AI-1", "AI-2").replace(
                "2027-01-20", "2026-12-24"
            )
        }
    ),
)
_FAR = datetime.max.replace(tzinfo=UTC)
RULES = (EXPIRES_BEFORE_START, EXPIRES_MISSING, GRANT_WINDOW_TOO_LONG, GRANT_INSIDE_ANOTHER)


def check_windows(catalog: Catalog, now: datetime | None = None) -> Iterator[Finding]:
    """Every grant ends after it begins, and in time.

    How long one may last is a warning: it may have been less when the grant was made.
    """
    for grant in catalog.grants:
        tool = catalog.tools.get(grant.tool)
        is_open = tool is not None and not grant.has_ended(now)
        longest = tool.max_duration if tool is not None and is_open else None
        if grant.expires is None:
            if tool is not None and longest is not None:
                yield _report_endless(grant, tool, longest)
        elif _never_holds(grant, grant.expires):
            yield _report_backwards(grant, grant.expires)
        elif tool is not None and longest is not None:
            yield from _check_length(grant, grant.expires, tool, longest)


def _never_holds(grant: Grant, expires: Moment) -> bool:
    """Whether it ends no later than it begins; by the days alone for all but a few."""
    begins = grant.counts_from
    if begins is None or begins.day < expires.day:
        return False
    return expires.end <= begins.earliest


def _begins_at(grant: Grant) -> datetime:
    begins = grant.counts_from
    return datetime.min.replace(tzinfo=UTC) if begins is None else begins.earliest


def _report_endless(grant: Grant, tool: Tool, longest: Duration) -> Finding:
    return Finding.at(
        place(grant),
        EXPIRES_MISSING,
        f"the grant never ends; {quoted(tool.id)} allows at most {longest}",
        related=(place(tool, "policy", "max_duration"),),
    ).as_warning()


def _report_backwards(grant: Grant, expires: Moment) -> Finding:
    begins = place(grant, "starts") if grant.starts else place(grant, "approval", "approved_at")
    what = "starts" if grant.starts else "is approved"
    return Finding.at(
        place(grant, "expires"),
        EXPIRES_BEFORE_START,
        f"the grant ends {_say_when(expires)}, before it {what} {_say_when(grant.counts_from)}",
        related=(begins,),
    )


def _say_when(moment: Moment | None) -> str:
    return f"{'on' if moment is None or moment.at is None else 'at'} {moment}"


def _check_length(
    grant: Grant, expires: Moment, tool: Tool, longest: Duration
) -> Iterator[Finding]:
    """Where nothing says from when it counts, that is what is missing."""
    begins = grant.counts_from
    if begins is not None and longest.is_exceeded(begins, expires.end):
        yield Finding.at(
            place(grant, "expires"),
            GRANT_WINDOW_TOO_LONG,
            f"the grant lasts {longest.measure(begins, expires.end)}; {quoted(tool.id)} allows at "
            f"most {longest}",
            related=(place(tool, "policy", "max_duration"),),
        ).as_warning()


def check_overlaps(catalog: Catalog, now: datetime | None = None) -> Iterator[Finding]:
    """No grant adds nothing to another of the same person; one that has ended is a record."""
    known = known_names(catalog)
    by_person: defaultdict[tuple[str, str, str], list[Grant]] = defaultdict(list)
    for grant in catalog.grants:
        if not grant.has_ended(now):
            key = (grant.tool, grant.entitlement, known.shortest(grant.subject))
            by_person[key].append(grant)
    for grants in by_person.values():
        if len(grants) > 1:
            yield from _find_inside(dict.fromkeys(grants))


def _find_inside(grants: Iterable[Grant]) -> Iterator[Finding]:
    """Each that ends no later than one that begins no later; of two alike, the later written."""
    widest: Grant | None = None
    for grant in sorted(grants, key=lambda each: (_begins_at(each), _FAR - _ends_at(each))):
        if widest is None or _ends_at(grant) > _ends_at(widest):
            widest = grant
            continue
        summary = f"{quoted(grant.subject)} has this from another grant all the while"
        yield Finding.at(place(grant), GRANT_INSIDE_ANOTHER, summary, related=(place(widest),))


def _ends_at(grant: Grant) -> datetime:
    """When it ends, or was taken back."""
    return grant.validity.ends_at or _FAR
