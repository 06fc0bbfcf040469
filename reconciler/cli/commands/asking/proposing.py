"""From what was asked to a change: the files it starts from, what is shown, and what is written."""

import shlex
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from reconciler.catalog.files import Source
from reconciler.cli.commands.accounts.change_files import (
    find_now,
    load_working_tree,
    open_folder,
    require_made,
)
from reconciler.cli.commands.asking.asked import Sending, raise_refusal
from reconciler.cli.exit_codes import ExitCode
from reconciler.cli.options import Settings
from reconciler.cli.terminal.screen import Screen
from reconciler.doors.working_tree import Judged, judge_proposal, list_paths, write_files
from reconciler.model.catalog import Catalog
from reconciler.model.errors import ReconcilerError
from reconciler.proposals.nouns import AlreadySo, Outcome, Refusal
from reconciler.render.formats.diagnostics import diagnostic_lines
from reconciler.render.people.proposal import proposal_document, proposal_title

__all__ = ["Desk", "open_desk"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """The catalog that a request is held against, and where what comes of it goes."""

    chosen: Settings
    screen: Screen
    sending: Sending
    source: Source
    catalog: Catalog
    now: datetime

    @property
    def paths(self) -> frozenset[str]:
        """The files below the catalog, whose names are taken."""
        return list_paths(self.source)

    def finish(self, outcome: Outcome) -> ExitCode:
        """What was decided is written or sent, and told; raises why it cannot be."""
        if isinstance(outcome, Refusal):
            raise_refusal(outcome)
        if isinstance(outcome, AlreadySo):
            where = f" ({outcome.origin})" if outcome.origin else ""
            self.screen.talk(f"{outcome.summary}{where}: nothing is to be changed")
            return ExitCode.OK
        judged = judge_proposal(outcome, self.source, self.now)
        self._require_sound(judged)
        return self._write(judged)

    def _require_sound(self, judged: Judged) -> None:
        """What speaks against it is on stderr, and what to look at where nothing does."""
        require_made(judged.proposed, self.screen)
        for line in diagnostic_lines(judged.errors or judged.warnings):
            self.screen.talk(line.text)
        if judged.errors:
            raise ReconcilerError(
                "proposal-invalid",
                "the files would have errors; none was written and nothing was sent",
                "ask for it in another way, or make the change by hand",
            )

    def _write(self, judged: Judged) -> ExitCode:
        files = write_files(judged.proposed)
        verdict = "Written here. It counts once it is reviewed, merged and applied."
        closing = tuple(_next_steps(judged, files))
        self.screen.document(proposal_document(judged.proposal, files, verdict, closing))
        return ExitCode.OK


def _next_steps(judged: Judged, files: tuple[str, ...]) -> Iterator[str]:
    """What to type."""
    title = shlex.quote(proposal_title(judged.proposal))
    yield "next, on a branch of your own:"
    yield f"  git add {shlex.join(files)}"
    yield f"  git commit -m {title}"
    yield "  git push, and open a pull request"


def open_desk(chosen: Settings, screen: Screen, sending: Sending) -> Desk:
    """The files that the change starts from; raises where they have errors of their own."""
    loaded = load_working_tree(chosen, screen)
    return Desk(
        chosen=chosen,
        screen=screen,
        sending=sending,
        source=open_folder(chosen),
        catalog=loaded.catalog,
        now=find_now(chosen, loaded.catalog),
    )
