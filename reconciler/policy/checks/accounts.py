"""What a person's file asks for may be asked for: once, of whom, and by whose approval.

Names are claims here, as in grants. Which account a name means, and whether it may be touched as
Okta shows it, is asked where a plan is made.
"""

from collections.abc import Iterator
from datetime import UTC, datetime

from reconciler.accounts.authority import Lack, find_able, find_lacks, find_own_names, list_actions
from reconciler.identity.aliases import Naming, known_names, naming
from reconciler.model.accounts import AccountAction, AccountDeclaration, AccountPart
from reconciler.model.catalog import Catalog
from reconciler.model.diagnostics import Example, Rule
from reconciler.model.settings import Settings
from reconciler.model.validity import Approval
from reconciler.policy import sample
from reconciler.policy.finding import Finding, Path, Place, place
from reconciler.policy.quoting import choice, quoted

__all__ = [
    "ACCOUNT_APPROVAL_INSUFFICIENT",
    "RULES",
    "check_approvals",
    "check_connectors",
    "check_declarations",
    "check_ends",
    "check_protection",
    "check_requests",
    "list_approvals",
]

_DEACTIVATED = sample.ACCOUNT.partition("unlock:")[0].replace("suspended", "deactivated")

ACCOUNT_ABOUT_ONESELF = Rule(
    code="account-about-oneself",
    summary="A person agrees to a change of their own account, or asks for its state, by any name",
    remedy="Have another admin or operator agree",
    example=sample.edit_account("user: joe@", "user: desk@"),
)
ACCOUNT_APPROVAL_INSUFFICIENT = Rule(
    code="account-approval-insufficient",
    summary="A state or a request of the change is approved by nobody who may; a warning for old "
    "ones",
    remedy="Have an admin agree, or an operator whose `may` lists it",
    example=Example(
        {
            **sample.ACCOUNTS,
            sample.ACCOUNT_FILE: sample.ACCOUNT.replace("desk@", "boss@", 1),
        },
        base={**sample.ACCOUNTS, sample.ACCOUNT_FILE: None},
    ),
)
ACCOUNT_CONNECTOR_MISSING = Rule(
    code="account-connector-missing",
    summary="There are files about accounts, and no connector that may change any",
    remedy="Write `lifecycle: true` into the connector whose accounts are meant, or remove them",
    example=Example({**sample.ACCOUNTS, sample.CONNECTOR_FILE: sample.CONNECTOR}),
)
ACCOUNT_DUPLICATE = Rule(
    code="account-duplicate",
    summary="Two declarations are about one person, under one or two of their names",
    remedy="Join them in one file: the second could say otherwise than the first",
    example=Example(
        {**sample.ACCOUNTS, "users/z.yaml": sample.ACCOUNT.replace("user: joe@", "user: JOE@")}
    ),
)
ACCOUNT_OF_PROTECTED = Rule(
    code="account-of-protected",
    summary="A file is about the account of a protected person or of a connector's canary",
    remedy="Remove it; an Okta admin changes such an account in the console",
    example=sample.edit_account("user: joe@", "user: break.glass@"),
)
ACCOUNT_SECOND_MISSING = Rule(
    code="account-second-missing",
    summary="A deactivation is not approved by two admins or operators",
    remedy="Have a second one agree; one of the two is an admin, and it cannot be undone",
    example=Example(
        {
            **sample.ACCOUNTS,
            sample.ACCOUNT_FILE: _DEACTIVATED.replace("desk@", "admin@"),
        }
    ),
)
REQUEST_IN_FUTURE = Rule(
    code="request-in-future",
    summary="A request is dated after now, so it would count what happens until then as done",
    remedy="Write when it was asked for, in UTC: YYYY-MM-DDTHH:MMZ",
    example=Example(
        {
            **sample.ACCOUNTS,
            sample.ACCOUNT_FILE: sample.ACCOUNT.replace("2026-11-20T08", "2026-11-23T08"),
        },
        base={**sample.ACCOUNTS, sample.ACCOUNT_FILE: None},
    ),
)
SUSPENSION_ENDS_BEFORE_APPROVAL = Rule(
    code="suspension-ends-before-approval",
    summary="A suspension's last day is before its approval, so it would only give back",
    remedy="Write `state: active` to end one, or a later `until`",
    example=sample.edit_account("reason:", "until: 2026-11-19\nreason:"),
)
RULES = (
    ACCOUNT_ABOUT_ONESELF,
    ACCOUNT_APPROVAL_INSUFFICIENT,
    ACCOUNT_CONNECTOR_MISSING,
    ACCOUNT_DUPLICATE,
    ACCOUNT_OF_PROTECTED,
    ACCOUNT_SECOND_MISSING,
    REQUEST_IN_FUTURE,
    SUSPENSION_ENDS_BEFORE_APPROVAL,
)

_WHO_MAY = "settings:*"
"""Where admins and operators are: what cannot be read says nothing about who may approve."""
_Part = tuple[AccountPart, Approval, Path]


def list_approvals(declared: AccountDeclaration) -> Iterator[_Part]:
    """Each part of the file with its approval, and where that is written."""
    if declared.approval is not None:
        yield AccountPart.STATE, declared.approval, ("approval",)
    for part, request in declared.requests:
        yield part, request.approval, (part.value, "approval")


def check_connectors(catalog: Catalog) -> Iterator[Finding]:
    """A file about an account has a connector that may change it."""
    if not any(connector.lifecycle for connector in catalog.connectors.values()):
        for declared in catalog.accounts:
            summary = f"no connector may change the account of {quoted(declared.subject)}"
            yield Finding.at(place(declared, "user"), ACCOUNT_CONNECTOR_MISSING, summary)


def check_declarations(catalog: Catalog) -> Iterator[Finding]:
    """One declaration is about a person, whatever they are called."""
    known = known_names(catalog)
    first_by_name: dict[str, AccountDeclaration] = {}
    for declared in catalog.accounts:
        first = first_by_name.setdefault(known.shortest(declared.subject), declared)
        if first is not declared:
            summary = f"the account of {quoted(declared.subject)} is declared already"
            related = (place(first, "user"),)
            yield Finding.at(place(declared, "user"), ACCOUNT_DUPLICATE, summary, related=related)


def check_protection(catalog: Catalog) -> Iterator[Finding]:
    """No file is about a person whom no run ever touches, or about a canary."""
    if not catalog.accounts:
        return
    who = naming(catalog)
    for declared in catalog.accounts:
        for person in catalog.settings.protected:
            is_theirs = (person.id or "").lower() in who.known.of(declared.subject)
            if is_theirs or who.possible.may_be_one(person.login, declared.subject):
                summary = f"{quoted(declared.subject)} is protected: {person.reason}"
                yield Finding.at(place(declared, "user"), ACCOUNT_OF_PROTECTED, summary)
                break
        for connector in catalog.connectors.values():
            canary = connector.canary
            if canary and who.possible.may_be_one(canary.user, declared.subject):
                summary = f"{quoted(declared.subject)} is the canary of {quoted(connector.id)}"
                related = (place(connector, "canary"),)
                yield Finding.at(
                    place(declared, "user"), ACCOUNT_OF_PROTECTED, summary, related=related
                )


def check_approvals(catalog: Catalog) -> Iterator[Finding]:
    """Each part is approved by enough of those who may, and by nobody for themselves.

    That nobody may any more is a warning: the settings may have changed since.
    """
    if not catalog.accounts:
        return
    who = naming(catalog)
    for declared in catalog.accounts:
        for part, approval, path in list_approvals(declared):
            yield from _find_own(declared, part, approval, path, who)
            yield from _find_lacks(declared, (part, approval, path), catalog.settings, who)


def check_ends(catalog: Catalog) -> Iterator[Finding]:
    """A suspension ends no earlier than it is approved."""
    for declared in catalog.accounts:
        approval, until = declared.approval, declared.until
        if approval is not None and until is not None and until < approval.approved_at:
            yield Finding.at(
                place(declared, "until"),
                SUSPENSION_ENDS_BEFORE_APPROVAL,
                f"the suspension of {quoted(declared.subject)} ends on {until}, before it was "
                f"approved",
                related=(place(declared, "approval", "approved_at"),),
            )


def check_requests(catalog: Catalog, now: datetime) -> Iterator[Finding]:
    """No request is dated after `now`."""
    for declared in catalog.accounts:
        for part, request in declared.requests:
            if request.requested_at > now:
                yield Finding.at(
                    place(declared, part.value, "requested_at"),
                    REQUEST_IN_FUTURE,
                    f"the request for {quoted(declared.subject)} is of "
                    f"{_format_instant(request.requested_at)}, which has not come: it is "
                    f"{_format_instant(now)}",
                )


def _find_own(
    declared: AccountDeclaration, part: AccountPart, approval: Approval, path: Path, who: Naming
) -> Iterator[Finding]:
    """Whoever is locked out asks for it themselves; the rest is others' to ask for."""
    related = (place(declared, "user"),)
    for number, name in find_own_names(declared.subject, approval.approved_by, who):
        at = place(declared, *path, "approved_by", number)
        summary = f"{quoted(name)} approves what is done with their own account"
        yield Finding.at(at, ACCOUNT_ABOUT_ONESELF, summary, related=related)
    asked = approval.requested_by or ""
    if part is AccountPart.STATE and any(find_own_names(declared.subject, (asked,), who)):
        at = place(declared, *path, "requested_by")
        summary = f"{quoted(asked)} asks for the state of their own account"
        hint = "have another person ask for it"
        yield Finding.at(at, ACCOUNT_ABOUT_ONESELF, summary, hint, related=related)


def _find_lacks(
    declared: AccountDeclaration, each: _Part, settings: Settings, who: Naming
) -> Iterator[Finding]:
    part, approval, path = each
    for action in list_actions(declared, part):
        for lack in find_lacks(action, approval, settings, who):
            at = place(declared, *path, "approved_by")
            if lack is Lack.SECOND:
                summary = (
                    f"no two admins or operators approve to deactivate {quoted(declared.subject)}"
                )
                yield Finding.at(at, ACCOUNT_SECOND_MISSING, summary).wanting(_WHO_MAY)
            else:
                yield _report_insufficient(declared, action, approval, at, settings)


def _report_insufficient(
    declared: AccountDeclaration,
    action: AccountAction,
    approval: Approval,
    at: Place,
    settings: Settings,
) -> Finding:
    able = [each.email for each in find_able(action, approval, settings)]
    hint = (
        f"one of them agrees: {choice(able)}"
        if able
        else "name admins or operators in settings.yaml"
    )
    found = Finding.at(
        at,
        ACCOUNT_APPROVAL_INSUFFICIENT,
        f"{quoted(action.value)} of {quoted(declared.subject)} is approved by nobody who may",
        hint,
    )
    return found.wanting(_WHO_MAY).as_warning()


def _format_instant(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC"
