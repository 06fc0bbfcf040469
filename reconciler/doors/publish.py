"""A proposal as one pull request: made from the default branch's newest commit, and sent whole.

What lies in the working tree is no part of it: the files are read from git's objects.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from reconciler.catalog.git.repository import Repository
from reconciler.catalog.git.tree import CommittedFolder
from reconciler.doors.working_tree import Judged
from reconciler.model.approvals.proposal import (
    NotPublished,
    ProposedFile,
    Published,
    PublishedChange,
)
from reconciler.model.directory import ReadFailure
from reconciler.model.errors import UsageError
from reconciler.proposals.nouns import Proposal, proposal_key
from reconciler.render.people.proposal import proposal_body, proposal_title

__all__ = ["Base", "Forge", "describe_change", "fetch_base", "publish"]


class Forge(Protocol):
    """Where pull requests are opened."""

    async def publish(self, change: PublishedChange) -> Published | NotPublished | ReadFailure:
        """The one pull request of the change, opened now or known already."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Base:
    """The catalog at a commit of the branch that a change is proposed to."""

    folder: CommittedFolder
    branch: str

    @property
    def where(self) -> str:
        """What was read, in words: it need not be what is here."""
        return f"the newest commit of {self.branch} ({self.folder.tree[:12]})"

    @property
    def prefix(self) -> str:
        """The catalog's path from the repository's root, with a slash where it has one."""
        found = self.folder.repository.prefix
        return "" if found in {"", "."} else f"{found}/"


def fetch_base(catalog: Path) -> Base:
    """The newest commit of the default branch, as the remote says now.

    Raises `UsageError` where it is not fetched, and `GuardRefused` where the remote does not tell.
    """
    repository = Repository.around(catalog)
    branch, tip = repository.fetch_tip()
    if not repository.has_commit(tip):
        raise UsageError(
            "base-not-fetched",
            f"the newest commit of {branch} ({tip[:12]}) is not here",
            "run `git fetch origin`, then this again",
        )
    return Base(folder=CommittedFolder(repository, tip, catalog.as_posix()), branch=branch)


async def publish(
    judged: Judged, base: Base, forge: Forge, issue: int | None = None
) -> Published | NotPublished | ReadFailure:
    """The proposal's pull request, which names the issue that asks for it.

    Asked again, by whomever and however often, it is the same one.
    """
    return await forge.publish(describe_change(judged, base, issue))


def describe_change(judged: Judged, base: Base, issue: int | None = None) -> PublishedChange:
    """What is sent: every changed file whole, beside what it was made from."""
    proposal = judged.proposal
    body = proposal_body(proposal)
    return PublishedChange(
        key=proposal.key or _key_of_words(proposal),
        title=proposal_title(proposal),
        body=body if issue is None else f"{body}\nAsked for in #{issue}\n",
        files=tuple(
            ProposedFile(
                path=f"{base.prefix}{'/'.join(change.file.parts)}",
                content=change.after.decode(),
                before=change.before,
            )
            for change in judged.proposed.changes
        ),
        requester=proposal.requested_by,
        base=base.branch,
    )


def _key_of_words(proposal: Proposal) -> str:
    """By what it says, where no door keeps a name for it: the same words are the same proposal."""
    texts = [text for _, text in proposal.new_files]
    edits = [edit.stanza for edit in proposal.edits]
    return proposal_key("words", proposal.title, *texts, *edits)
