"""What an issue of the form asks for, and in whose name: only a person whose account is mapped.

Who asks is the issue's author, as GitHub says it, and never what its text says.
"""

from reconciler.identity.catalog_person import CatalogPerson, find_person
from reconciler.identity.issue_values import read_moment
from reconciler.model.approvals.proposal import GitHubIssue
from reconciler.model.catalog import Catalog
from reconciler.model.validity import ApprovalAtSource, ApprovalSource, Moment
from reconciler.proposals.form_answers import FormAnswers, Question, read_answers
from reconciler.proposals.nouns import GrantRequest, Refusal, proposal_key

__all__ = ["FORM_LABEL", "is_of_form", "read_request"]

FORM_LABEL = "access-request"
"""GitHub gives it to an issue of the form, where the repository has such a label."""


def is_of_form(issue: GitHubIssue) -> bool:
    """Whether it was opened with the form, and may be answered and closed as a request."""
    begins = issue.body.startswith(f"### {Question.ACCESS.value}")
    return not issue.is_pull_request and (begins or FORM_LABEL in issue.labels)


def read_request(issue: GitHubIssue, repository: str, catalog: Catalog) -> GrantRequest | Refusal:
    """The request, to be approved by a review; its key is that of the issue."""
    requester = _find_requester(issue, catalog)
    if isinstance(requester, Refusal):
        return requester
    answers = read_answers(issue.body)
    if isinstance(answers, Refusal):
        return answers
    expires = _read_end(answers.until)
    if isinstance(expires, Refusal):
        return expires
    return GrantRequest(
        tool=answers.tool,
        entitlement=answers.entitlement,
        subject=_read_subject(answers, requester),
        purpose=answers.purpose,
        expires=expires,
        approval=ApprovalAtSource(by=ApprovalSource.GITHUB, requested_by=requester),
        requested_by=requester,
        key=proposal_key("github-form", repository.lower(), str(issue.number)),
    )


def _find_requester(issue: GitHubIssue, catalog: Catalog) -> str | Refusal:
    """The author's name for Okta: their login where a mapping says it, else their account here."""
    if not issue.is_person or not issue.author:
        return Refusal(
            code="requester-no-person",
            summary="the issue was not opened by a person",
            hint="open one with your own account",
        )
    account = f"github:{issue.author}"
    found = find_person(catalog, account)
    if isinstance(found, CatalogPerson) and found.mappings:
        return found.name
    return Refusal(
        code="requester-unmapped",
        summary=f"no file in identities/ says who @{issue.author} is in Okta",
        hint="ask an admin to map your account there, then reopen this issue",
    )


def _read_subject(answers: FormAnswers, requester: str) -> str:
    """Whom it is for; `@name` is an account at GitHub, as people write it there."""
    if not answers.subject:
        return requester
    is_handle = answers.subject.startswith("@")
    return f"github:{answers.subject[1:]}" if is_handle else answers.subject


def _read_end(text: str) -> Moment | Refusal | None:
    found = read_moment(text) if text else None
    if found is not None or not text:
        return found
    return Refusal(
        code="form-unanswered",
        summary="the last day is none of the calendar",
        hint="write it as year, month and day: 2027-02-18",
    )
