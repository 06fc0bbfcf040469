"""Whether an approval is borne out by the merged pull request's reviews.

Every name in `approved_by` needs an approving review of its own, by a person who was that approver
of the tool before the pull request, of a commit that changed the catalog just as the merged one
did, and before the merge. A grant that names nobody needs one by any approver. The author, the
writers of its commits until then, the requester, and the person whom the grant is for do not count,
by whatever name. Where a program is the author, the requester has to be there and to be known, and
no workflow to have had a part in it, for whoever may push a branch can bring one along. Who answers
for a team has to be known, or they might be that person. What is not known never verifies.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from datetime import UTC, date

from reconciler.model.approvals.review import Introduction, PullRequest, Review, ReviewRef, Verdict
from reconciler.model.catalog import Grant
from reconciler.model.ids import fold
from reconciler.model.settings import Contact
from reconciler.model.validity import Approval
from reconciler.planning.approvals.roster import (
    Roster,
    contacts_of,
    find_every_name,
    is_known_person,
    team_of,
)
from reconciler.planning.approvals.sources import READ_FIRST

__all__ = ["GRACE_DAYS", "Case", "select_approving_reviews", "verify"]

GRACE_DAYS = 1
"""By how many days an approval may be older than the grant's last edit."""

_APPROVED = "APPROVED"
_COMMIT_FIRST = "commit it on a branch, and have its pull request approved and merged"
_UNPLACED = "is by a member of a team of whom no identity says who they are in Okta"
_WORKFLOW = "github-actions[bot]"
"""As whom the token of a workflow acts: of any workflow, which a branch may bring along."""
_DECIDING = frozenset({_APPROVED, "CHANGES_REQUESTED", "DISMISSED"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """What is known of how a grant came to say what it says.

    `introduction` is None where the grant is not committed, `pull` where no pull request was merged
    with it. Every one of the rosters has to agree; without one nothing is verified. `members` are
    the teams, each with an account, that are known to go together; all in lower case. `may_be`
    gives every name that a person may go by, for refusing them.
    """

    introduction: Introduction | None
    pull: PullRequest | None = None
    rosters: tuple[Roster, ...] = ()
    members: frozenset[tuple[str, str]] = field(default_factory=frozenset)
    may_be: Callable[[str], frozenset[str]] = lambda name: frozenset((fold(name),))
    changed: str = ""
    """What the grant's words mean otherwise now than when they were approved; empty if nothing."""
    problem: str = ""
    """Why it could not be looked into to the end; then it is a claim, and no more is said."""
    doubt: str = ""
    """What else might have verified it, had it been possible to read that."""


def verify(grant: Grant, case: Case) -> Verdict:
    """Verified by which reviews, or why it stays a claim."""
    verdict = _verdict(grant, case)
    return replace(verdict, names=_involved_names(grant, case)) if verdict.why_not else verdict


def _involved_names(grant: Grant, case: Case) -> tuple[str, ...]:
    """Everyone whom the reason for a claim may name: approvers, and the others involved."""
    names = {*grant.approval.approved_by, grant.approval.requested_by or ""}
    names |= {account for _, account in case.members}
    if case.pull is not None:
        names |= {case.pull.author, *case.pull.committers}
        names |= {review.reviewer for review in case.pull.reviews}
    for tool in (roster.tools.get(grant.tool) for roster in case.rosters):
        contacts = contacts_of(tool) if tool is not None else ()
        names |= {c.email for c in contacts} | {c.github or "" for c in contacts}
    names |= {name.removeprefix("@") for name in names}
    return tuple(sorted(name for name in names if name))


def _verdict(grant: Grant, case: Case) -> Verdict:
    if case.problem:
        return Verdict(why_not=case.problem, hint=READ_FIRST)
    if case.introduction is None:
        return Verdict(why_not="not committed as it is", hint=_COMMIT_FIRST)
    found = _match_pull(grant, case, case.introduction)
    if isinstance(found, Verdict):
        return found
    if case.doubt:
        return Verdict(why_not=f"{found}; {case.doubt}")
    return Verdict(why_not=found, is_void=_is_outdated(grant, case.introduction, case.pull))


def select_approving_reviews(pull: PullRequest) -> tuple[Review, ...]:
    """Each reviewer's last word, where that approves just what was merged."""
    return tuple(r for r in _last_words(pull) if not _explain_discounting(r, pull))


def _match_pull(grant: Grant, case: Case, introduction: Introduction) -> Verdict | str:
    """Verified by whose reviews, or why by none."""
    pull = case.pull
    if pull is None:
        return f"{introduction.commit[:12]} came without a pull request"
    if problem := _explain_unfit_pull(grant, case, introduction, pull):
        return problem
    reviews = select_approving_reviews(pull)
    is_typed = isinstance(grant.approval, Approval)
    chosen = _match_reviews(grant, reviews, case) if is_typed else _find_any(grant, reviews, case)
    if isinstance(chosen, str):
        return _explain_missing_review(chosen, grant, case, pull)
    if case.changed:
        what = f"since pull request {pull.number} its words mean something else"
        return f"{what}: {case.changed}"
    return Verdict(
        reviews=tuple(_cite(review, pull) for review in chosen.values()),
        approved_by=tuple(chosen),
        approved_at=pull.merged_at,
        asked_by="" if pull.author_is_bot or not pull.author else f"@{pull.author}",
    )


def _explain_unfit_pull(
    grant: Grant, case: Case, introduction: Introduction, pull: PullRequest
) -> str:
    """Why no review of the pull request could bear the grant out; empty if one could."""
    what = f"pull request {pull.number}"
    if pull.files.isdisjoint(introduction.files):
        return f"the file that was merged is not the one at the head of {what}"
    if pull.has_unknown_committer:
        return f"not every commit of {what} has a known author"
    if not case.rosters or not all(roster.gives(grant) for roster in case.rosters):
        return f"{grant.tool}/{grant.entitlement} was not there before {what}"
    return _explain_unfit_program(grant, case, pull, what) if pull.author_is_bot else ""


def _explain_unfit_program(grant: Grant, case: Case, pull: PullRequest, what: str) -> str:
    """Why it is not known in whose name a program opened it; empty if it is."""
    if _WORKFLOW in {pull.author.lower(), *pull.committers}:
        return (
            f"a workflow wrote {what} with its own token, as every person who may push a branch can"
        )
    if not (requester := grant.approval.requested_by):
        return f"a program opened {what}, and the grant names nobody in `requested_by`"
    is_known = is_known_person(requester, _every_name(requester, case), case.rosters)
    return "" if is_known else f"a program opened {what}, and no file says who {requester} is"


def _last_words(pull: PullRequest) -> Iterable[Review]:
    """The deciding review of each account that came last."""
    last: dict[str, Review] = {}
    for review in sorted(pull.reviews, key=_when):
        if review.state in _DECIDING and review.reviewer:
            last[review.reviewer.lower()] = review
    return last.values()


def _when(review: Review) -> tuple[bool, float, bool, int]:
    """When it was submitted; of two at one instant the approval counts as the earlier one."""
    at = review.submitted_at
    is_approval = review.state == _APPROVED
    return at is None, at.timestamp() if at else 0.0, not is_approval, review.id


def _explain_discounting(review: Review, pull: PullRequest) -> str:
    """Why the review does not count; empty if it does."""
    account = review.reviewer.lower()
    at = review.submitted_at
    is_alike = review.commit == pull.head_sha or review.commit in pull.earlier
    reasons = {
        "does not approve": review.state != _APPROVED,
        "is of another commit than the merged one": not is_alike,
        "came after the merge": at is None or at > pull.merged_at,
        "is by a bot": not review.is_person,
        "is by its author": account == pull.author.lower(),
        "is by one of its committers": account in _committers(review, pull),
    }
    return next((why for why, is_so in reasons.items() if is_so), "")


def _committers(review: Review, pull: PullRequest) -> frozenset[str]:
    """Who had committed to what was reviewed."""
    earlier = pull.earlier.get(review.commit)
    is_earlier = earlier is not None and review.commit != pull.head_sha
    return earlier.committers if earlier and is_earlier else pull.committers


def _explain_missing_review(name: str, grant: Grant, case: Case, pull: PullRequest) -> str:
    """Who did not approve, and what is wrong with the reviews that there are."""
    found = sorted(
        (r.reviewer, _explain_discounting(r, pull) or _explain_partiality(r, grant, case, pull))
        for r in _last_words(pull)
    )
    is_typed = isinstance(grant.approval, Approval)
    role = "is by nobody who was an approver of the tool before it, and still is"
    nobody = "is by nobody so named" if is_typed else role
    words = [f"that of @{who} {why or nobody}" for who, why in found]
    objections = f": {', '.join(words)}" if words else ""
    return f"no review of pull request {pull.number} counts for {name}{objections}"


def _find_any(grant: Grant, reviews: tuple[Review, ...], case: Case) -> dict[str, Review] | str:
    """The reviews of all who may approve, by what the base's files call them; else who is missed.

    Everyone is found in each of the rosters, and named as the first one does.
    """
    found: dict[str, Review] = {}
    for review in reviews:
        contacts = [_find_contact(roster, review, grant, case) for roster in case.rosters]
        if (first := contacts[0]) is not None and None not in contacts:
            found.setdefault(f"@{review.reviewer}" if team_of(first) else first.email, review)
    return found or f"an approver of {grant.tool}"


def _match_reviews(
    grant: Grant, reviews: tuple[Review, ...], case: Case
) -> dict[str, Review] | str:
    """A review of its own for each approver; else the first approver who is left without one."""
    names = _distinct(grant.approval.approved_by, case.rosters)
    answers = {
        name: [
            review
            for review in reviews
            if all(_find_contact(each, review, grant, case, name) for each in case.rosters)
        ]
        for name in names
    }
    taken: dict[int, str] = {}

    def assign_review(name: str, tried: set[int]) -> bool:
        for review in answers[name]:
            if review.id not in tried:
                tried.add(review.id)
                holder = taken.get(review.id)
                if holder is None or assign_review(holder, tried):
                    taken[review.id] = name
                    return True
        return False

    for name in names:
        if not assign_review(name, set()):
            return name
    by_name = {taken[review.id]: review for review in reviews if review.id in taken}
    return {name: by_name[name] for name in names}


def _distinct(names: Iterable[str], rosters: tuple[Roster, ...]) -> tuple[str, ...]:
    """The names without those of a person who is named already."""
    kept: list[str] = []
    for name in names:
        if not any(all(r.called(name) & r.called(k) for r in rosters) for k in kept):
            kept.append(name)
    return tuple(kept)


def _explain_partiality(review: Review, grant: Grant, case: Case, pull: PullRequest) -> str:
    """Why the reviewer decides nothing about this grant, in whatever role."""
    account = review.reviewer.lower()
    person = _every_name(f"@{account}", case)
    if not person.isdisjoint(_every_name(grant.subject, case)):
        return "is by the person the grant is for"
    requester = grant.approval.requested_by
    if requester is not None and not person.isdisjoint(_every_name(requester, case)):
        return "is by the requester of the grant"
    writers = {pull.author.lower(), *_committers(review, pull)} - {""}
    if any(not person.isdisjoint(_every_name(f"@{each}", case)) for each in writers):
        return "is by one of its authors, under another name"
    return "" if _is_placed(account, grant, case) else _UNPLACED


def _every_name(name: str, case: Case) -> frozenset[str]:
    return find_every_name(name, case.may_be, case.rosters)


def _is_placed(account: str, grant: Grant, case: Case) -> bool:
    """Whether it is known who the reviewer is, where they would answer for a team.

    A member of a team whom nobody knows in Okta could be the person that the grant is for.
    """
    tools = [(roster, roster.tools[grant.tool]) for roster in case.rosters]
    teams = {team for _, tool in tools for c in contacts_of(tool) if (team := team_of(c))}
    if not any((team, account) in case.members for team in teams):
        return True
    return all(roster.is_known(account, tool) for roster, tool in tools)


def _find_contact(
    roster: Roster, review: Review, grant: Grant, case: Case, named: str | None = None
) -> Contact | None:
    """The approver of the tool who the reviewer is by these files: the one so named, if any is."""
    account = review.reviewer.lower()
    if case.pull is None or _explain_partiality(review, grant, case, case.pull):
        return None
    person, subject = roster.called(f"@{account}"), _every_name(grant.subject, case)
    reviewed = review.submitted_at.astimezone(UTC).date() if review.submitted_at else date.max
    for contact in contacts_of(roster.tools[grant.tool]):
        if not contact.may_approve(reviewed):
            continue
        names = roster.names_of(contact)
        is_named = named is None or not names.isdisjoint(roster.called(named))
        is_subject = any(not case.may_be(each).isdisjoint(subject) for each in names)
        is_reviewer = not names.isdisjoint(person) or (team_of(contact), account) in case.members
        if is_named and is_reviewer and not is_subject:
            return contact
    return None


def _cite(review: Review, pull: PullRequest) -> ReviewRef:
    return ReviewRef(
        id=review.id,
        reviewer=review.reviewer,
        head_sha=review.commit,
        url=review.url,
        submitted_at=review.submitted_at or pull.merged_at,
    )


def _is_outdated(grant: Grant, introduction: Introduction, pull: PullRequest | None) -> bool:
    """Whether the grant was edited more than a day after its approval.

    A commit says itself when it was made; when it was merged, GitHub says.
    """
    if not isinstance(grant.approval, Approval):
        return False
    edited = max(introduction.at, pull.merged_at) if pull else introduction.at
    return (edited.astimezone(UTC).date() - grant.approval.approved_at).days > GRACE_DAYS
