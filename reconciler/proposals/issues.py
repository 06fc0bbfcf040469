"""What an issue of Jira asks of the catalog, once its approval was judged: one decision for each.

An approved issue asks for access, or for more of it; one that ended, for the end of what its key
gave. An issue that only is approved no more asks for nothing: what it gave stays until somebody
says that it ends.
"""

from collections.abc import Container, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from reconciler.identity.catalog_index import CatalogIndex
from reconciler.identity.catalog_person import UnclearName, find_person
from reconciler.identity.issue_values import read_moment
from reconciler.model.approvals.doors import JiraDoor, JiraField
from reconciler.model.catalog import Catalog, Grant, Tool
from reconciler.model.ids import fold, login_key
from reconciler.model.stanzas import identity_stanza
from reconciler.model.validity import ApprovalAtSource, ApprovalSource, Moment, Phase
from reconciler.proposals.access import Access, find_access, list_grants
from reconciler.proposals.days import begin_now
from reconciler.proposals.grants import propose_grant, propose_new_file
from reconciler.proposals.nouns import (
    AlreadySo,
    GrantRequest,
    Outcome,
    Refusal,
    RenewalRequest,
    RevocationRequest,
    proposal_key,
)
from reconciler.proposals.renewals import propose_renewal
from reconciler.proposals.revocations import propose_revocation

__all__ = [
    "ApprovedIssue",
    "EndedIssue",
    "IssueDecision",
    "JudgedIssue",
    "RefusedIssue",
    "decide_issue",
    "find_named_grants",
    "narrow_to_issue",
]

_DOOR = "jira"
_LONGEST_PURPOSE = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class ApprovedIssue:
    """An issue whose approval holds, with its mapped fields. `reporter` is as `jira:ID`."""

    id: str
    key: str
    url: str
    reporter: str
    approved_at: datetime
    values: Mapping[JiraField, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class EndedIssue:
    """An issue that says its access is over; `ended_by` is as `jira:ID`."""

    id: str
    key: str
    url: str
    ended_at: datetime
    ended_by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RefusedIssue:
    """An issue whose approval does not hold, and why. `is_left`: it only is approved no more."""

    id: str
    key: str
    url: str
    refusal: Refusal
    is_left: bool = False


JudgedIssue = ApprovedIssue | EndedIssue | RefusedIssue


@dataclass(frozen=True, slots=True, kw_only=True)
class IssueDecision:
    """What is to be done for an issue: nothing, where there is no outcome.

    `grants` are those of the catalog that name the issue and have not ended.
    """

    issue: JudgedIssue
    outcomes: tuple[Outcome, ...]
    grants: tuple[Grant, ...] = ()


def narrow_to_issue(index: CatalogIndex, issue: JudgedIssue) -> Catalog:
    """The part of the catalog by which the issue is decided just as by the whole of it."""
    return index.narrow(_names_in(issue), issue.key)


def _names_in(issue: JudgedIssue) -> tuple[str, ...]:
    """Whom it speaks of, besides those to whom its key gave something."""
    match issue:
        case ApprovedIssue():
            return (issue.values.get(JiraField.SUBJECT, ""), issue.reporter)
        case EndedIssue():
            return (issue.ended_by,)
        case RefusedIssue():
            return ()


def decide_issue(
    issue: JudgedIssue, door: JiraDoor, catalog: Catalog, paths: Container[str], now: datetime
) -> IssueDecision:
    """The one thing to do for the issue; `paths` are the catalog's files, as `list_paths`."""
    named = find_named_grants(catalog, issue.key, now)
    outcomes: tuple[Outcome, ...]
    match issue:
        case ApprovedIssue():
            asked = _Asked(issue=issue, door=door, catalog=catalog, now=now)
            outcomes = (_decide_approved(asked, named, paths),)
        case EndedIssue():
            outcomes = tuple(_decide_ended(issue, door, catalog, named, now))
        case RefusedIssue():
            outcomes = (issue.refusal,)
    return IssueDecision(issue=issue, outcomes=outcomes, grants=named)


def find_named_grants(catalog: Catalog, key: str, now: datetime) -> tuple[Grant, ...]:
    """The grants whose approval names the issue, and which have not ended."""
    named = (grant for grant in catalog.grants if fold(grant.approval.ticket) == fold(key))
    return tuple(grant for grant in named if not grant.has_ended(now))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Asked:
    """An approved issue beside the files that it is held against."""

    issue: ApprovedIssue
    door: JiraDoor
    catalog: Catalog
    now: datetime

    def read(self, field: JiraField) -> str:
        return self.issue.values.get(field, "").strip()

    @property
    def key(self) -> str:
        """A new approval of the same issue is another proposal."""
        when = self.issue.approved_at.astimezone(UTC).isoformat()
        return proposal_key(_DOOR, self.door.cloud_id, self.issue.id, when)

    @property
    def reporter(self) -> str:
        return _name_of(self.catalog, self.issue.reporter)

    @property
    def approval(self) -> ApprovalAtSource:
        return ApprovalAtSource(
            by=ApprovalSource.JIRA, ticket=self.issue.key, requested_by=self.reporter
        )

    @property
    def purpose(self) -> str:
        """In one line, without what moves the cursor; never empty."""
        text = self.read(JiraField.PURPOSE)
        words = "".join(letter if letter.isprintable() else " " for letter in text).split()
        return " ".join(words)[:_LONGEST_PURPOSE] or f"as {self.issue.key} says"


def _decide_approved(asked: _Asked, named: tuple[Grant, ...], paths: Container[str]) -> Outcome:
    if not named and _has_ended(asked, asked.catalog.grants):
        return _ENDED
    if not named and _is_over(asked):
        return _OVER
    access = _find_access(asked)
    if isinstance(access, Refusal):
        return access
    window = _read_window(asked, access.tool)
    if isinstance(window, Refusal):
        return window
    outcome = _settle(asked, access, named, window, paths)
    outcome = outcome or _propose_grant(asked, access, window, paths)
    revoked = _find_revocation(asked, access)
    return outcome if isinstance(outcome, AlreadySo) else revoked or outcome


def _find_access(asked: _Asked) -> Access | Refusal:
    """What it is for and whom; of an account that no file maps, the entry that would."""
    subject = asked.read(JiraField.SUBJECT)
    entitlement = asked.read(JiraField.ENTITLEMENT) or None
    found = find_access(asked.catalog, asked.read(JiraField.TOOL), entitlement, subject)
    if isinstance(found, Refusal) and found.code == "subject-unmapped":
        stanza = identity_stanza(subject, None)
        return replace(found, hint=f"add to identities/, by a change of its own: {stanza}")
    if isinstance(found, Refusal):
        return found
    if ApprovalSource.JIRA not in asked.catalog.sources_of(found.tool.id):
        return Refusal(
            code="source-not-counted",
            summary=f"approvals in Jira do not count for {found.tool.id}",
            hint=f"ask for it elsewhere, or add `jira` to `policy.approvals` of {found.tool.id}",
        )
    return found


def _find_revocation(asked: _Asked, access: Access) -> Refusal | None:
    """That the same access was revoked since: what was decided later holds."""
    own = list_grants(asked.catalog, access.person, access.tool, access.entitlement)
    since = [g.revoked.at for g in own if g.revoked and g.uses_up(asked.issue.approved_at)]
    if not since:
        return None
    return Refusal(
        code="revoked-since",
        summary=f"this access was revoked on {max(since)}, and the approval is no newer",
        hint="have the issue approved anew, on a later day",
    )


_ENDED = AlreadySo(
    summary="what it gave has ended; it takes an issue of its own to ask for it again",
    has_ended=True,
)


_OVER = AlreadySo(summary="the end that it names has passed", has_ended=True)
"""Whatever it gave: its record may be gone by now."""


def _is_over(asked: _Asked) -> bool:
    """Whether it was approved in time, for a time that is past."""
    until = read_moment(asked.read(JiraField.EXPIRES))
    return until is not None and asked.issue.approved_at < until.end <= asked.now


def _has_ended(asked: _Asked, grants: Iterable[Grant]) -> bool:
    """Whether what the issue gave came and went, and nobody approved it since."""
    return any(
        grant.uses_up(asked.issue.approved_at)
        for grant in grants
        if fold(grant.approval.ticket) == fold(asked.issue.key)
        and (grant.revoked or grant.has_ended(asked.now))
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Window:
    """From when until when; `expires` is None where the issue does not say."""

    starts: Moment
    expires: Moment | None


def _propose_grant(
    asked: _Asked, access: Access, window: _Window, paths: Container[str]
) -> Outcome:
    request = GrantRequest(
        tool=access.tool.id,
        entitlement=access.entitlement,
        subject=access.person.name,
        purpose=asked.purpose,
        approval=asked.approval,
        starts=window.starts,
        expires=window.expires,
        requested_by=asked.reporter,
        key=asked.key,
    )
    if window.starts.earliest > asked.now:
        # What holds until then stays as it was agreed on, beside a grant of its own.
        own = replace(access, subject=access.person.name)
        return propose_new_file(own, request, asked.catalog, paths, asked.now)
    return propose_grant(request, asked.catalog, paths, asked.now)


def _read_window(asked: _Asked, tool: Tool) -> _Window | Refusal:
    """It begins today, or when the issue says later: a day that has passed helps nobody."""
    found: dict[JiraField, Moment | None] = {}
    for field in (JiraField.STARTS, JiraField.EXPIRES):
        text = asked.read(field)
        found[field] = read_moment(text) if text else None
        if text and found[field] is None:
            return Refusal(
                code="day-unreadable",
                summary=f"its field for `{field.value}` holds neither a day nor an instant",
                hint="map a date field in doors/jira.yaml, or correct the issue and approve it",
            )
    wanted, starts = found[JiraField.STARTS], begin_now(tool.max_duration, asked.now)
    if wanted is not None and wanted.earliest > starts.earliest:
        starts = wanted
    return _Window(starts=starts, expires=found[JiraField.EXPIRES])


def _name_of(catalog: Catalog, account: str) -> str:
    """The person's login, where the catalog says it; else the account."""
    found = find_person(catalog, account)
    return account if isinstance(found, UnclearName) else found.name


def _settle(
    asked: _Asked,
    access: Access,
    named: tuple[Grant, ...],
    window: _Window,
    paths: Container[str],
) -> Outcome | None:
    """What the grants that are there make of the request; None where another one is needed.

    Without an end of its own an issue asks for the longest that there is, which is a day later each
    day: a grant that names it is enough. Any other counts if it holds when the wanted one begins,
    and is prolonged if that is now: a grant that begins later is none that was agreed on to begin
    now, nor the other way round.
    """
    own = list_grants(asked.catalog, access.person, access.tool, access.entitlement)
    begins = max(window.starts.earliest, asked.now)
    standing = [
        grant
        for grant in own
        if grant.revoked is None and (grant in named or grant.validity.phase(begins) is Phase.LIVE)
    ]
    longest = max(standing, key=_ends_at, default=None)
    wanted = window.expires or _longest(asked, access.tool)
    is_named = longest in named and window.expires is None
    if longest is not None and (is_named or _covers(longest, wanted)):
        told = f"until {longest.expires}" if longest.expires else "without an end"
        return AlreadySo(summary=f"a grant gives it {told}", origin=longest.origin)
    if _has_ended(asked, own):
        return _ENDED
    if longest is None or wanted is None or window.starts.earliest > asked.now:
        return None
    request = RenewalRequest(
        tool=access.tool.id,
        entitlement=access.entitlement,
        subject=longest.subject,
        expires=wanted,
        approval=asked.approval,
        purpose=asked.purpose,
        requested_by=asked.reporter,
        key=asked.key,
    )
    return propose_renewal(request, asked.catalog, paths, asked.now)


def _longest(asked: _Asked, tool: Tool) -> Moment | None:
    """The latest end that the tool allows from now on; None where it has no limit."""
    longest = tool.max_duration
    return None if longest is None else longest.last_end(begin_now(longest, asked.now))


def _covers(grant: Grant, wanted: Moment | None) -> bool:
    if grant.expires is None:
        return True
    return wanted is not None and grant.expires.end >= wanted.end


def _ends_at(grant: Grant) -> datetime:
    return grant.validity.ends_at or datetime.max.replace(tzinfo=UTC)


def _decide_ended(
    issue: EndedIssue,
    door: JiraDoor,
    catalog: Catalog,
    named: tuple[Grant, ...],
    now: datetime,
) -> Iterator[Outcome]:
    """One revocation for each person and entitlement that the issue's key gave."""
    when = issue.ended_at.astimezone(UTC)
    people = {(g.tool, g.entitlement, login_key(g.subject)): g.subject for g in named}
    for (tool, entitlement, person), subject in sorted(people.items()):
        what = (door.cloud_id, issue.id, when.isoformat(), tool, entitlement, person)
        request = RevocationRequest(
            tool=tool,
            entitlement=entitlement,
            subject=subject,
            at=now.astimezone(UTC).date(),
            by=_name_of(catalog, issue.ended_by),
            reason=f"{issue.key} ended in Jira on {when.date().isoformat()}",
            ticket=issue.key,
            key=proposal_key(_DOOR, "ended", *what),
        )
        yield propose_revocation(request, catalog, now)
