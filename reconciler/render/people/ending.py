"""Whose access ends soon, as it is read and as plain data, with what prolongs it."""

import shlex
from collections.abc import Callable, Sequence
from datetime import datetime

from reconciler.model.validity import ApprovalSource
from reconciler.proposals.expiring import Ending
from reconciler.render.document import Document, Fact, Mark, Row, Section, count
from reconciler.render.rows.citations import instant

__all__ = ["ending_document", "ending_plain"]

_TYPED = {
    ApprovalSource.GITHUB: ("", ""),
    ApprovalSource.JIRA: (" --ticket T", "T is the key of the approved issue"),
    None: (" --ticket T --approved-by WHO", "T is the ticket in which WHO agreed"),
}
"""What says who agreed, and what its letters mean; a review at GitHub needs no words."""


def ending_document(
    found: Sequence[Ending], within: int, now: datetime, command: Callable[[str], str]
) -> Document:
    """Every such access, soonest first; `command` completes what is to be typed."""
    rows = tuple(
        Row(
            mark=Mark.NOTE,
            head=f"{each.last!s} ({_describe_left(each)}) · {each.grant.subject} · {_name(each)}",
            verbatim=(command(_renewal(each)),),
        )
        for each in found
    )
    return Document(
        title="Access that ends",
        facts=(Fact("as of", instant(now)), Fact("within", count(within, "day"))),
        verdict="Each of these ends by itself unless it is renewed."
        if found
        else "Nothing ends by then.",
        totals=count(len(found), "grant"),
        sections=(Section(title="Ends", rows=rows),) if rows else (),
        closing=(_explain_letters(found),) if rows else (),
    )


def ending_plain(found: Sequence[Ending], within: int, now: datetime) -> dict[str, object]:
    """The same for programs, by stable names."""
    return {
        "format": "reconciler.expiring/1",
        "as_of": now.isoformat(),
        "within_days": within,
        "grants": [
            {
                "subject": each.grant.subject,
                "tool": each.grant.tool,
                "entitlement": each.grant.entitlement,
                "purpose": each.grant.purpose,
                "expires": each.last.written,
                "days_left": each.days_left,
                "origin": str(each.grant.origin) if each.grant.origin else "",
            }
            for each in found
        ],
    }


def _name(each: Ending) -> str:
    return f"{each.grant.tool}/{each.grant.entitlement}"


def _describe_left(each: Ending) -> str:
    return f"{each.days_left:,} d" if each.days_left else "today"


def _renewal(each: Ending) -> str:
    """What renews it; a name may hold what a shell would take for its own."""
    agreed = _TYPED[_find_source(each)][0]
    return f"renew {shlex.quote(each.grant.subject)} {_name(each)} --until D{agreed}"


def _find_source(each: Ending) -> ApprovalSource | None:
    """Where its approval is read with the fewest words."""
    return next((source for source in ApprovalSource if source in each.sources), None)


def _explain_letters(found: Sequence[Ending]) -> str:
    """What to put in place of each letter of the commands."""
    meant = dict.fromkeys(_TYPED[_find_source(each)][1] for each in found)
    return "; ".join(("D is the new last day, as 2027-06-30", *filter(None, meant)))
