"""From what was asked to a change: the files it starts from, what is shown, and what is written."""

import asyncio
import shlex
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import NoReturn

from reconciler.catalog.files import Source
from reconciler.catalog.load import Loaded, load_and_judge_from
from reconciler.cli.clock import wall_clock
from reconciler.cli.commands.accounts.change_files import (
    find_now,
    load_working_tree,
    open_folder,
    require_made,
)
from reconciler.cli.commands.asking.asked import Sending
from reconciler.cli.exit_codes import ExitCode
from reconciler.cli.options import Settings
from reconciler.cli.session.catalog import require_valid
from reconciler.cli.session.doors.github import open_writer
from reconciler.cli.terminal.screen import Screen
from reconciler.doors.publish import Base, fetch_base, publish
from reconciler.doors.working_tree import Judged, judge_proposal, list_paths, write_files
from reconciler.github.proposals import Publisher
from reconciler.github.writer import GitHubWriter
from reconciler.model.approvals.proposal import NotPublished, Published, PublishedState
from reconciler.model.catalog import Catalog
from reconciler.model.directory import ReadFailure
from reconciler.model.errors import ConnectorError, GuardRefused, ReconcilerError
from reconciler.proposals.nouns import AlreadySo, Outcome, Refusal
from reconciler.render.formats.diagnostics import diagnostic_lines
from reconciler.render.formats.text import Line
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
    base: Base | None
    """What a pull request starts from; None where the files here are meant."""
    now: datetime

    @property
    def paths(self) -> frozenset[str]:
        """The files below the catalog, whose names are taken."""
        return list_paths(self.source)

    def finish(self, outcome: Outcome) -> ExitCode:
        """What was decided is written or sent, and told; raises why it cannot be."""
        if isinstance(outcome, Refusal):
            self._refuse(outcome)
        if isinstance(outcome, AlreadySo):
            where = f" ({outcome.origin})" if outcome.origin else ""
            self.screen.talk(f"{outcome.summary}{where}: nothing is to be changed")
            return ExitCode.OK
        judged = judge_proposal(outcome, self.source, self.now)
        self._require_sound(judged)
        return self._write(judged) if self.base is None else self._send(judged, self.base)

    def _refuse(self, refusal: Refusal) -> NoReturn:
        """All that is in the way is on stderr; nothing was written and nothing sent."""
        *others, last = (
            ReconcilerError(each.code, each.summary, each.hint) for each in refusal.all
        )
        for each in others:
            self.screen.error(each)
        raise last

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

    def _send(self, judged: Judged, base: Base) -> ExitCode:
        """Shown, asked about, and then sent; nobody is asked where nothing could be sent."""
        writer = open_writer(self.chosen, self.catalog)
        verdict = f"Not sent yet: it becomes a pull request into {base.branch}."
        self.screen.document(proposal_document(judged.proposal, judged.files, verdict))
        if not self.sending.agrees():
            self.screen.talk("nothing was sent")
            return ExitCode.ERROR
        return _tell(asyncio.run(self._publish(judged, base, writer)), self.screen)

    async def _publish(
        self, judged: Judged, base: Base, writer: GitHubWriter
    ) -> Published | NotPublished | ReadFailure:
        async with writer:
            publisher = Publisher(writer, self.catalog.settings.proposals.most_open)
            return await publish(judged, base, publisher)


_STATES = {
    PublishedState.OPENED: "opened, for review",
    PublishedState.ALREADY: "it was opened before, and waits for review",
    PublishedState.MERGED: "it was merged before",
}


def _tell(found: Published | NotPublished | ReadFailure, screen: Screen) -> ExitCode:
    """The pull request's address is on stdout; raises why there is none, or no open one."""
    match found:
        case ReadFailure():
            raise ConnectorError(
                "proposal-not-sent",
                found.detail,
                found.hint or "once that is settled, run it again: what was sent is found",
            )
        case NotPublished():
            raise GuardRefused(f"proposal-{found.problem.value}", found.summary, found.hint)
        case Published(state=PublishedState.DECLINED):
            raise GuardRefused(
                "proposal-declined",
                f"this very proposal was declined: {found.url}",
                "talk to the one who closed it; asked for in other words it is another proposal",
            )
        case Published():
            screen.lines([Line(""), Line(f"pull request: {found.url}")])
            screen.talk(_STATES[found.state])
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
    base = fetch_base(chosen.catalog) if sending.is_pull_request else None
    loaded = _load_base(base, screen) if base is not None else load_working_tree(chosen, screen)
    return Desk(
        chosen=chosen,
        screen=screen,
        sending=sending,
        source=open_folder(chosen) if base is None else base.folder,
        base=base,
        catalog=loaded.catalog,
        now=find_now(chosen, loaded.catalog),
    )


def _load_base(base: Base, screen: Screen) -> Loaded:
    loaded = load_and_judge_from(base.folder, wall_clock())
    require_valid(loaded, screen, is_rehearsal=True, where=base.where)
    return loaded
