"""What an offboarding writes, and what is left for people to do, as it is read."""

from collections.abc import Iterator, Sequence

from reconciler.accounts.offboarding import Offboarding, OffboardingRequest, find_duties
from reconciler.identity.catalog_person import CatalogPerson, OutsideAccount, outside_accounts
from reconciler.model.accounts import AccountState
from reconciler.model.catalog import Catalog, Fulfilment, Grant
from reconciler.model.ids import login_key
from reconciler.model.settings import IdentityRule
from reconciler.render.document import Document, Fact, Mark, Row, Section, count

__all__ = ["offboarding_document"]

_SERVICES = {"jira": "Jira", "slack": "Slack", "github": "GitHub"}


def offboarding_document(
    person: CatalogPerson,
    request: OffboardingRequest,
    proposal: Offboarding,
    catalog: Catalog,
    written: Sequence[str],
    *,
    is_carried_out: bool = False,
) -> Document:
    """The grants that end, the account, the files, and what no file can do.

    `is_carried_out`: the person has lost all of it already, and the files follow.
    """
    sections = (
        Section(title="Grants revoked", rows=tuple(_grant_rows(proposal, catalog))),
        Section(title="Account", rows=tuple(_account_rows(proposal))),
        Section(
            title="Counted on",
            rows=tuple(
                Row(mark=Mark.BLOCKED, head=f"{duty.role} of {duty.of}")
                for duty in find_duties(catalog, person)
            ),
            note="name another in the catalog, by a change of its own",
        ),
        Section(title="Elsewhere", rows=tuple(map(_outside_row, outside_accounts(person)))),
        Section(title="Files written", rows=tuple(Row(mark=Mark.DONE, head=p) for p in written)),
    )
    also = sorted(person.keys - {login_key(person.name)})
    return Document(
        title=f"Offboarding of {person.name}",
        facts=(
            *((Fact("also known as", ", ".join(also)),) if also else ()),
            Fact("reason", request.reason),
            Fact("ticket", request.ticket),
            Fact("by", ", ".join(request.approvers)),
        ),
        verdict=_verdict(written, is_carried_out=is_carried_out),
        totals=f"{count(len(proposal.revoked), 'grant')} · {count(len(written), 'file')}",
        sections=tuple(section for section in sections if section.rows),
        closing=tuple(_next_steps(written, catalog, is_carried_out=is_carried_out)),
    )


def _verdict(written: Sequence[str], *, is_carried_out: bool) -> str:
    if not written:
        return "Nothing is left to write: the files say all of it already."
    if is_carried_out:
        return "The change is written here, for review: until it is merged the files say otherwise."
    return "The change is written here. It counts once it is reviewed, merged and applied."


def _next_steps(written: Sequence[str], catalog: Catalog, *, is_carried_out: bool) -> Iterator[str]:
    if not is_carried_out and IdentityRule.EMAIL in catalog.settings.match:
        yield "people are matched by e-mail too: run this again for each other address of theirs"
    if written:
        yield "look at it with `git diff`, commit it, and open a pull request"
    if written and not is_carried_out:
        yield (
            "an account is changed by a reviewed plan: once it is merged, "
            "`reconciler plan --out plan.json`, then `reconciler apply plan.json`"
        )


def _grant_rows(proposal: Offboarding, catalog: Catalog) -> Iterator[Row]:
    for grant in proposal.revoked:
        place = f"{grant.origin.path}:{grant.origin.line}" if grant.origin else ""
        yield Row(
            mark=Mark.REMOVE,
            head=f"{grant.tool}/{grant.entitlement} of {grant.subject} · {place}",
            details=tuple(_manual_details(grant, catalog)),
        )


def _manual_details(grant: Grant, catalog: Catalog) -> Iterator[str]:
    """No apply takes the access to a tool away that people fulfil."""
    tool = catalog.tools.get(grant.tool)
    if tool is not None and tool.fulfilment is Fulfilment.MANUAL:
        owners = ", ".join(owner.email for owner in tool.owners)
        yield f"by hand: ask {owners} to take it away in {tool.name}"


def _account_rows(proposal: Offboarding) -> Iterator[Row]:
    if proposal.state is None:
        yield Row(
            mark=Mark.NOTE,
            head="no connector changes accounts (`lifecycle: true`)",
            details=("an Okta admin suspends the account in the console",),
        )
        return
    yield Row(
        mark=Mark.REMOVE,
        head=f"state: {proposal.state.value}",
        details=(
            ("this cannot be undone: an app may destroy what it keeps of a person",)
            if proposal.state is AccountState.DEACTIVATED
            else ()
        ),
    )


def _outside_row(account: OutsideAccount) -> Row:
    """An account elsewhere that no group of Okta needs to give."""
    where = _SERVICES.get(account.service, account.service)
    return Row(
        mark=Mark.NOTE,
        head=f"{account.name} · {account.origin}" if account.origin else account.name,
        details=(f"see in {where} that it is closed there, and that others have what it owns",),
    )
