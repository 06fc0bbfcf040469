"""Who answers for a tool can be asked for a review: their name at GitHub is known."""

from collections.abc import Iterable, Iterator

from reconciler.model.catalog import Catalog
from reconciler.model.diagnostics import Rule, Severity, Span
from reconciler.model.settings import Contact, Operator
from reconciler.policy import sample
from reconciler.policy.finding import Finding, Path, Place, place
from reconciler.policy.quoting import quoted

__all__ = ["RULES", "check_handles", "check_tools"]

FORGE_HANDLE_MISSING = Rule(
    code="forge-handle-missing",
    summary="An owner, an approver, an admin or an operator has no name at GitHub",
    remedy='Add `github: "@name"`; nobody can be asked for a review by e-mail',
    severity=Severity.WARNING,
    example=sample.edit(sample.TOOL_FILE, ', github: "@lead"', ""),
)
RULES = (FORGE_HANDLE_MISSING,)


def check_tools(catalog: Catalog) -> Iterator[Finding]:
    """Every owner and approver has a name at GitHub."""
    for tool in catalog.tools.values():
        origin = place(tool).origin
        yield from check_handles(origin, ("owners",), tool.owners)
        yield from check_handles(origin, ("policy", "approvers"), tool.approvers)


def check_handles(
    origin: Span, path: Path, contacts: Iterable[Contact | Operator]
) -> Iterator[Finding]:
    """A warning for each of the contacts, listed at `path`, who has none."""
    for number, contact in enumerate(contacts):
        if contact.github is None:
            at = Place(origin, (*path, number))
            summary = f"{quoted(contact.email)} has no name at GitHub"
            yield Finding.at(at, FORGE_HANDLE_MISSING, summary)
