"""What is shown before an account is changed on call: who it is, and what follows from it."""

from collections.abc import Sequence

from reconciler.model.accounts import AccountDeclaration
from reconciler.model.directory import AccountProfile
from reconciler.model.plan import AccountChange
from reconciler.render.document import Document, Mark, Row, Section, count
from reconciler.render.people.user import profile_facts
from reconciler.render.rows.accounts import account_row
from reconciler.render.rows.citations import escape_separator

__all__ = ["confirmation_document"]


def confirmation_document(
    what: str,
    profile: AccountProfile,
    lines: Sequence[AccountChange],
    contradicted: AccountDeclaration | None = None,
) -> Document:
    """The person, each line with its consequences, and the file that says otherwise."""
    sections = (
        Section(title="Now", rows=tuple(map(account_row, lines))),
        Section(
            title="A file says otherwise",
            rows=(_contradiction_row(contradicted),) if contradicted else (),
        ),
    )
    return Document(
        title=f"{what} {profile.user.login}",
        facts=profile_facts(profile),
        verdict="This is what would be done." if lines else "It is so already.",
        totals=count(len(lines), "change"),
        sections=tuple(section for section in sections if section.rows),
    )


def _contradiction_row(declared: AccountDeclaration) -> Row:
    place = f"{declared.origin.path}:{declared.origin.line}" if declared.origin else "users/"
    state = declared.state.value if declared.state else ""
    return Row(
        mark=Mark.BLOCKED,
        head=f"{escape_separator(place)} says {state}",
        details=("change the file too, or the next plan asks which of the two holds",),
    )
