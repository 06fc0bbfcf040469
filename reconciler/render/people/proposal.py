"""A proposal as it is read: before it is sent or written, and as the pull request that it becomes.

Every word of a request was written by others: none of them may mention anybody, close an issue or
pass for ours.
"""

import re
from collections.abc import Sequence

from reconciler.model.stanzas import KeyEdit
from reconciler.proposals.nouns import Proposal
from reconciler.render.document import Document, Fact, Mark, Row, Section, count
from reconciler.render.formats.escape import escape
from reconciler.render.formats.markdown import clip, code, prose

__all__ = ["proposal_body", "proposal_document", "proposal_title"]

_LONGEST_TITLE = 200
_LONGEST_VALUE = 1500
_REMINDER = (
    "The files of this change say the same, and they are what counts: read them before you approve."
)
_REFERENCE = re.compile(r"(?<![0-9A-Za-z])@|[#!`<>]|://")
"""What GitHub makes a mention, a reference or a link of, where it stands in a title."""


def proposal_title(proposal: Proposal) -> str:
    """The title of the pull request: one line in which nothing is a mention or a reference."""
    plain = _REFERENCE.sub("_", escape(proposal.title))
    return plain if len(plain) <= _LONGEST_TITLE else f"{plain[: _LONGEST_TITLE - 1]}…"


def proposal_body(proposal: Proposal) -> str:
    """The pull request's text, in Markdown: what, who, why, until when, and who is asked."""
    facts = (
        f"- {prose(name)}: {code(clip(value, _LONGEST_VALUE))}" for name, value in proposal.facts
    )
    return "\n".join(
        (
            f"### {prose(clip(proposal.title, _LONGEST_TITLE))}",
            "",
            *facts,
            "",
            _REMINDER,
            "",
        )
    )


def proposal_document(
    proposal: Proposal, files: Sequence[str], verdict: str, closing: Sequence[str] = ()
) -> Document:
    """The proposal on a terminal: `files` are those that change, as messages name them."""
    new = dict(proposal.new_files)
    rows = tuple(_file_row(file, new, proposal.edits) for file in files)
    return Document(
        title=proposal.title,
        facts=tuple(Fact(name, value) for name, value in proposal.facts),
        verdict=verdict,
        totals=count(len(files), "file"),
        sections=(Section(title="Files", rows=rows),),
        closing=tuple(closing),
    )


def _file_row(file: str, new: dict[str, str], edits: Sequence[KeyEdit]) -> Row:
    text = next((text for path, text in new.items() if file.endswith(f"/{path}")), None)
    if text is not None:
        return Row(mark=Mark.CREATE, head=file, verbatim=tuple(text.splitlines()))
    lines = (f"{edit.at.line}: {edit.stanza}" for edit in edits if edit.at.path == file)
    return Row(mark=Mark.CHANGE, head=file, verbatim=tuple(lines))
