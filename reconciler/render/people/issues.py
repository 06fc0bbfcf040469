"""What became of issues in a pull, as text and as plain data; what needs attention comes first."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from types import MappingProxyType

from reconciler.model.approvals.issue_state import PulledIssue, Stage, WriteBack
from reconciler.render.document import Document, Fact, Mark, Row, Section, count

__all__ = ["issue_rows", "issues_document"]


@dataclass(frozen=True, slots=True)
class _Shown:
    """How a stage is shown: the title of its issues, as a total counts them, and their mark."""

    title: str
    total: str
    mark: Mark


_SHOWN = MappingProxyType(
    {
        Stage.REFUSED: _Shown("Refused", "refused", Mark.BLOCKED),
        Stage.UNPUBLISHED: _Shown("Not proposed yet", "not proposed yet", Mark.BLOCKED),
        Stage.BLOCKED: _Shown("Merged, and not given", "merged and not given", Mark.BLOCKED),
        Stage.LEFT: _Shown("Approved no more", "approved no more", Mark.HELD),
        Stage.DECLINED: _Shown("Declined", "declined", Mark.NOTE),
        Stage.END_PROPOSED: _Shown("The end is proposed", "to end", Mark.REMOVE),
        Stage.TO_PROPOSE: _Shown("To be proposed", "to be proposed", Mark.CHANGE),
        Stage.PROPOSED: _Shown("Proposed", "proposed", Mark.ADD),
        Stage.MERGED: _Shown("Merged", "merged", Mark.NOTE),
        Stage.VERIFIED: _Shown("Verified in Okta", "verified in Okta", Mark.DONE),
        Stage.ALREADY: _Shown("Already so", "already so", Mark.NOTE),
        Stage.ENDED: _Shown("Ended", "ended", Mark.NOTE),
    }
)
_URGENT = frozenset({Stage.REFUSED, Stage.UNPUBLISHED, Stage.BLOCKED})

_TOLD = MappingProxyType(
    {
        WriteBack.UNCHANGED: "",
        WriteBack.WRITTEN: "told the issue",
        WriteBack.WOULD_WRITE: "the issue is not told: the door names no account that writes",
        WriteBack.FAILED: "the issue could not be told",
    }
)
_WOULD_TELL = "the issue would be told"


def issues_document(pulled: Iterable[PulledIssue], site: str, *, is_dry_run: bool) -> Document:
    """Every issue under how far it is."""
    listed = tuple(pulled)
    numbers = Counter(each.state.stage for each in listed)
    totals = [f"{numbers[stage]} {_SHOWN[stage].total}" for stage in Stage if numbers[stage]]
    return Document(
        title=f"Requests in Jira{' · dry run' if is_dry_run else ''}",
        facts=(Fact("site", site),),
        verdict=_verdict(listed, is_dry_run=is_dry_run),
        totals=" · ".join([count(len(listed), "issue"), *totals]),
        sections=tuple(
            Section(
                title=_SHOWN[stage].title,
                rows=tuple(
                    _row(each, is_dry_run=is_dry_run)
                    for each in listed
                    if each.state.stage is stage
                ),
                is_urgent=stage in _URGENT,
            )
            for stage in Stage
            if numbers[stage]
        ),
    )


def _verdict(listed: tuple[PulledIssue, ...], *, is_dry_run: bool) -> str:
    if not listed:
        return "No issue asks for anything."
    urgent = sum(each.state.stage in _URGENT for each in listed)
    lost = sum(each.written is WriteBack.FAILED for each in listed)
    if urgent or lost:
        needy = f"{count(urgent, 'issue')} {'needs' if urgent == 1 else 'need'} attention"
        untold = f"{count(lost, 'issue')} could not be told"
        return "; ".join([needy] * bool(urgent) + [untold] * bool(lost)) + "."
    unasked = "Nothing was sent, and GitHub was not asked what is proposed already."
    return unasked if is_dry_run else "Every issue is as far as it can be."


def _row(pulled: PulledIssue, *, is_dry_run: bool) -> Row:
    state = pulled.state
    titles = "; ".join(pulled.titles)
    would_tell = is_dry_run and pulled.written is WriteBack.WOULD_WRITE
    told = _WOULD_TELL if would_tell else _TOLD[pulled.written]
    told = "" if state.stage is Stage.TO_PROPOSE else told
    details = (
        f"why: {state.why}" if state.why else "",
        f"hint: {state.hint}" if state.hint else "",
        f"pull request: {state.pull_request}" if state.pull_request else "",
        f"issue: {pulled.url}",
        f"{told}: {pulled.problem}" if pulled.problem else told,
    )
    return Row(
        mark=_SHOWN[state.stage].mark,
        head=f"{pulled.key}: {titles}" if titles else pulled.key,
        details=tuple(detail for detail in details if detail),
    )


def issue_rows(pulled: Iterable[PulledIssue]) -> list[dict[str, object]]:
    """Each issue as plain data, in the order in which it was read."""
    return [
        {
            "key": each.key,
            "id": each.id,
            "url": each.url,
            "state": each.state.stage.value,
            "why": each.state.why,
            "hint": each.state.hint,
            "pull_request": each.state.pull_request,
            "proposals": list(each.titles),
            "told": each.written.value,
            "problem": each.problem,
        }
        for each in pulled
    ]
