"""Publishes the change that ends all a person has: into the working tree, whole or not at all."""

from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from reconciler.accounts.offboarding import OffboardingRequest, propose_offboarding
from reconciler.catalog.files import Folder
from reconciler.catalog.load import Loaded, load_and_judge_from
from reconciler.catalog.rewrite import Proposed, propose_files
from reconciler.cli.clock import wall_clock
from reconciler.cli.options import Settings
from reconciler.cli.session.catalog import find_errors, is_rehearsal, require_valid
from reconciler.cli.terminal.screen import Screen
from reconciler.identity.catalog_person import CatalogPerson
from reconciler.model.errors import ReconcilerError
from reconciler.render.document import count
from reconciler.render.formats.diagnostics import diagnostic_lines
from reconciler.render.people.offboarding import offboarding_document
from reconciler.store.atomic import Rewrite, rewrite_all

__all__ = ["Order", "load_working_tree", "write_change"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What was asked for, and the files of the working tree as they were found."""

    chosen: Settings
    screen: Screen
    loaded: Loaded
    request: OffboardingRequest

    @property
    def folder(self) -> Folder:
        """The catalog's folder."""
        return _folder(self.chosen)


def load_working_tree(chosen: Settings, screen: Screen) -> Loaded:
    """The catalog as its files stand here, in CI too: they are what is edited."""
    loaded = load_and_judge_from(_folder(chosen), None if is_rehearsal(chosen) else wall_clock())
    require_valid(loaded, screen, is_rehearsal=True)
    return loaded


def _folder(chosen: Settings) -> Folder:
    return Folder(chosen.catalog, chosen.catalog.as_posix())


def write_change(
    order: Order, person: CatalogPerson, now: datetime, *, is_carried_out: bool = False
) -> None:
    """The files say that the person has nothing any more, and what they say is shown.

    Raises `ReconcilerError` with what is left to do by hand, and then nothing is written.
    """
    folder, catalog = order.folder, order.loaded.catalog
    paths = frozenset("/".join(file.parts) for file in folder.list_files().files)
    proposal = propose_offboarding(catalog, person, order.request, now, paths)
    proposed = propose_files(folder, proposal.edits, proposal.new_file)
    _require_made(proposed, order.screen)
    _require_valid(proposed, order, now)
    rewrite_all([Rewrite(Path(c.file.path), c.before, c.after) for c in proposed.changes])
    written = tuple(change.file.shown for change in proposed.changes)
    shown = offboarding_document(
        person, order.request, proposal, catalog, written, is_carried_out=is_carried_out
    )
    closing = tuple(map(order.chosen.complete_commands, shown.closing))
    order.screen.document(replace(shown, closing=closing))


def _require_made(proposed: Proposed, screen: Screen) -> None:
    """Every edit could be made; else each line to write by hand is on stderr."""
    for each in proposed.refused:
        screen.talk(f"{each.edit.at}: {each.why}")
        if each.edit.stanza:
            screen.talk(f"  write it there by hand: {each.edit.stanza}")
    if proposed.refused:
        number = len(proposed.refused)
        raise ReconcilerError(
            "edit-refused",
            f"{count(number, 'edit')} cannot be made here; no file was written",
            f"make {'it' if number == 1 else 'them'} by hand, then run this again for the rest",
        )


def _require_valid(proposed: Proposed, order: Order, now: datetime) -> None:
    """The files would be valid; else their errors are on stderr."""
    judged = load_and_judge_from(proposed, None if is_rehearsal(order.chosen) else now)
    errors = find_errors(judged, is_rehearsal=True)
    if errors:
        for line in diagnostic_lines(errors):
            order.screen.talk(line.text)
        raise ReconcilerError(
            "offboarding-invalid",
            "the files would have errors; none was written",
            "say what is wrong there in another way, or make the change by hand",
        )
