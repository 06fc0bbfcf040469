"""Publishes the change that ends all a person has: into the working tree, whole or not at all."""

from dataclasses import dataclass, replace
from datetime import datetime

from reconciler.accounts.offboarding import (
    Offboarding,
    OffboardingRequest,
    propose_offboarding,
)
from reconciler.catalog.files import Folder
from reconciler.catalog.load import Loaded, load_and_judge_from
from reconciler.catalog.rewrite import Proposed, propose_files
from reconciler.catalog.schema.rules import VALUE_WRONG_FORM
from reconciler.catalog.yaml.text_checks import SECRET_LITERAL
from reconciler.cli.clock import wall_clock
from reconciler.cli.options import Settings
from reconciler.cli.session.catalog import find_errors, is_rehearsal, require_valid
from reconciler.cli.terminal.screen import Screen
from reconciler.doors.working_tree import list_paths, write_files
from reconciler.identity.catalog_person import CatalogPerson
from reconciler.model.catalog import Catalog
from reconciler.model.diagnostics import Diagnostic
from reconciler.model.errors import ReconcilerError
from reconciler.render.document import count
from reconciler.render.formats.diagnostics import diagnostic_lines
from reconciler.render.people.offboarding import offboarding_document

__all__ = [
    "Order",
    "find_now",
    "load_working_tree",
    "open_folder",
    "require_made",
    "require_sayable",
    "write_change",
]

_OF_WORDS = frozenset({SECRET_LITERAL.code, VALUE_WRONG_FORM.code})
"""What a reason or a ticket is refused for that no file may hold."""


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
        return open_folder(self.chosen)


def load_working_tree(chosen: Settings, screen: Screen) -> Loaded:
    """The catalog as its files stand here, in CI too: they are what is edited."""
    loaded = load_and_judge_from(
        open_folder(chosen), None if is_rehearsal(chosen) else wall_clock()
    )
    require_valid(loaded, screen, is_rehearsal=True)
    return loaded


def find_now(chosen: Settings, catalog: Catalog) -> datetime:
    """The embedded org has a time of its own, by which its plans are made."""
    if not chosen.sandbox:
        return wall_clock()
    from reconciler.cli.session.sandbox import open_sandbox  # noqa: PLC0415 - only a sandbox run needs it

    with open_sandbox(chosen, catalog) as sandbox:
        return sandbox.now()


def open_folder(chosen: Settings) -> Folder:
    """The catalog's files as they stand here."""
    return Folder(chosen.catalog, chosen.catalog.as_posix())


def write_change(
    order: Order, person: CatalogPerson, now: datetime, *, is_carried_out: bool = False
) -> None:
    """The files say that the person has nothing any more, and what they say is shown.

    Raises `ReconcilerError` with what is left to do by hand, and then nothing is written.
    """
    proposal, proposed = _propose(order, person, now)
    require_made(proposed, order.screen)
    _refuse(_find_errors(proposed, order, now), order.screen)
    written = write_files(proposed)
    shown = offboarding_document(
        person,
        order.request,
        proposal,
        order.loaded.catalog,
        written,
        is_carried_out=is_carried_out,
    )
    closing = tuple(map(order.chosen.complete_commands, shown.closing))
    order.screen.document(replace(shown, closing=closing))


def require_made(proposed: Proposed, screen: Screen) -> None:
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


def require_sayable(order: Order, person: CatalogPerson, now: datetime) -> None:
    """The files can say what was typed; raises `ReconcilerError` where its words are none for them.

    Other errors of theirs keep nobody from doing at once what has to be done.
    """
    _, proposed = _propose(order, person, now)
    errors = _find_errors(proposed, order, now)
    _refuse(tuple(each for each in errors if each.code in _OF_WORDS), order.screen)


def _propose(order: Order, person: CatalogPerson, now: datetime) -> tuple[Offboarding, Proposed]:
    folder = order.folder
    paths = list_paths(folder)
    proposal = propose_offboarding(order.loaded.catalog, person, order.request, now, paths)
    return proposal, propose_files(folder, proposal.edits, proposal.new_files)


def _find_errors(proposed: Proposed, order: Order, now: datetime) -> tuple[Diagnostic, ...]:
    judged = load_and_judge_from(proposed, None if is_rehearsal(order.chosen) else now)
    return find_errors(judged, is_rehearsal=True)


def _refuse(errors: tuple[Diagnostic, ...], screen: Screen) -> None:
    """Their errors are on stderr, where there are any."""
    if errors:
        for line in diagnostic_lines(errors):
            screen.talk(line.text)
        raise ReconcilerError(
            "offboarding-invalid",
            "the files would have errors; none was written",
            "say what is wrong there in another way, or make the change by hand",
        )
