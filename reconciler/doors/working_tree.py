"""A proposal held against the catalog's files: judged as a change, and written into a folder.

What a pull request would be refused for is said before there is one.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from reconciler.catalog.files import Source
from reconciler.catalog.load import ChangeJudge
from reconciler.catalog.rewrite import Proposed, propose_files
from reconciler.model.diagnostics import Diagnostic, Severity
from reconciler.policy.checks.placeholders import PLACEHOLDER_UNFILLED
from reconciler.proposals.nouns import Proposal
from reconciler.store.atomic import Rewrite, rewrite_all

__all__ = ["Judged", "ProposalJudge", "judge_proposal", "list_paths", "write_files"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """A proposal, the files as it would leave them, and what is wrong with that.

    `errors` keep it from being made; `warnings` are about the files that it changes.
    """

    proposal: Proposal
    proposed: Proposed
    errors: tuple[Diagnostic, ...] = ()
    warnings: tuple[Diagnostic, ...] = ()

    @property
    def is_sound(self) -> bool:
        """Whether every edit can be made, and what comes out is a catalog without errors."""
        return not self.errors and not self.proposed.refused

    @property
    def files(self) -> tuple[str, ...]:
        """The files that change, as messages name them."""
        return tuple(change.file.shown for change in self.proposed.changes)


def list_paths(source: Source) -> frozenset[str]:
    """The paths of the files below the catalog: a new one needs a name that none has.

    In lower case, since a file system may take one name for another that has capitals.
    """
    return frozenset("/".join(file.parts).lower() for file in source.list_files().files)


class ProposalJudge:
    """Judges one proposal after the other, each by itself; the source stays as it is meanwhile."""

    def __init__(self, source: Source, now: datetime) -> None:
        self._source = source
        self._changes = ChangeJudge(source, now)

    def judge(self, proposal: Proposal) -> Judged:
        """What the proposal makes of the source, judged as the change that a review would see."""
        proposed = propose_files(self._source, proposal.edits, proposal.new_files)
        changed = {change.file.shown for change in proposed.changes}
        said = self._changes.judge(proposed).diagnostics
        return Judged(
            proposal=proposal,
            proposed=proposed,
            errors=tuple(d for d in said if _is_error(d, changed)),
            warnings=tuple(
                d for d in said if d.severity is Severity.WARNING and d.span.path in changed
            ),
        )


def judge_proposal(proposal: Proposal, source: Source, now: datetime) -> Judged:
    """As `ProposalJudge.judge`, for a single one."""
    return ProposalJudge(source, now).judge(proposal)


def _is_error(found: Diagnostic, changed: Collection[str]) -> bool:
    """A value that `init` left to be replaced is no fault of a change to other files."""
    is_ours = found.code != PLACEHOLDER_UNFILLED.code or found.span.path in changed
    return found.severity is Severity.ERROR and is_ours


def write_files(proposed: Proposed) -> tuple[str, ...]:
    """Every changed file is written, or none is; their names, as messages have them."""
    rewrite_all([Rewrite(Path(c.file.path), c.before, c.after) for c in proposed.changes])
    return tuple(change.file.shown for change in proposed.changes)
