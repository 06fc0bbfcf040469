"""`reconciler offboard`: ends all that a person has, as one change to review."""

from datetime import datetime
from pathlib import Path
from typing import Any

import click

from reconciler.accounts.offboarding import (
    OffboardingRequest,
    find_refusal,
    propose_offboarding,
)
from reconciler.catalog.files import Folder
from reconciler.catalog.load import load_and_judge_from
from reconciler.catalog.rewrite import Proposed, propose_files
from reconciler.cli.clock import wall_clock
from reconciler.cli.commands.accounts.names import require_person
from reconciler.cli.commands.accounts.request import Asked, request_options
from reconciler.cli.options import Command, Settings, example, settings
from reconciler.cli.session.catalog import find_errors, is_rehearsal, require_valid
from reconciler.cli.terminal.screen import Screen
from reconciler.model.catalog import Catalog
from reconciler.model.errors import GuardRefused, ReconcilerError
from reconciler.render.document import count
from reconciler.render.formats.diagnostics import diagnostic_lines
from reconciler.render.people.offboarding import offboarding_document
from reconciler.store.atomic import Rewrite, rewrite_all

__all__ = ["command"]


@click.command(
    "offboard",
    cls=Command,
    epilog=example(
        "reconciler offboard kenji.sato@example.com --reason 'left the company' --ticket HR-7 "
        "--by it-admins@example.com"
    ),
)
@click.argument("person")
@request_options
@click.option("--deactivate", is_flag=True, help="Deactivate the account instead of suspending it.")
@click.pass_context
def command(context: click.Context, /, person: str, deactivate: bool, **typed: Any) -> None:  # noqa: ANN401 - click's options, typed by `Asked`
    """End all that a person has, as one change to review.

    PERSON is a login, an address or an account elsewhere (slack:U07QK3Z9M1D), as files write it.
    Every live grant of theirs is revoked, under each of their names and of each tool, and their
    file in users/ says that the account is suspended. The files are written here, all or none;
    commit them and have them reviewed. Asks no org.
    """
    chosen = settings(context)
    screen = Screen(no_color=chosen.no_color)
    asked = Asked.read(chosen.catalog, typed)
    request = OffboardingRequest(
        reason=asked.reason,
        ticket=asked.ticket,
        by=asked.by,
        approved_by=asked.approved_by,
        deactivates=deactivate,
    )
    folder = Folder(chosen.catalog, chosen.catalog.as_posix())
    loaded = load_and_judge_from(folder, None if is_rehearsal(chosen) else wall_clock())
    require_valid(loaded, screen, is_rehearsal=True)
    now = _find_now(chosen, loaded.catalog)
    found = require_person(loaded.catalog, person)
    refusal = find_refusal(loaded.catalog, found, request, now)
    if refusal is not None:
        raise GuardRefused(refusal.code, refusal.summary, refusal.hint)
    proposal = propose_offboarding(loaded.catalog, found, request, now, _list_paths(folder))
    proposed = propose_files(folder, proposal.edits, proposal.new_file)
    _require_sound(proposed, chosen, screen, now)
    rewrite_all([Rewrite(Path(c.file.path), c.before, c.after) for c in proposed.changes])
    written = tuple(change.file.shown for change in proposed.changes)
    screen.document(offboarding_document(found, request, proposal, loaded.catalog, written))


def _find_now(chosen: Settings, catalog: Catalog) -> datetime:
    """The embedded org has a time of its own, by which its plans are made."""
    if not chosen.sandbox:
        return wall_clock()
    from reconciler.cli.session.sandbox import open_sandbox  # noqa: PLC0415 - only a sandbox run needs it

    with open_sandbox(chosen, catalog) as sandbox:
        return sandbox.now()


def _list_paths(folder: Folder) -> frozenset[str]:
    return frozenset("/".join(file.parts) for file in folder.list_files().files)


def _require_sound(proposed: Proposed, chosen: Settings, screen: Screen, now: datetime) -> None:
    """Every edit could be made, and the files would be valid; else the error says what is left."""
    if proposed.refused:
        for each in proposed.refused:
            screen.talk(f"{each.edit.at}: {each.why}")
            if each.edit.stanza:
                screen.talk(f"  write it there by hand: {each.edit.stanza}")
        number = len(proposed.refused)
        raise ReconcilerError(
            "edit-refused",
            f"{count(number, 'edit')} cannot be made here; nothing was written",
            f"make {'it' if number == 1 else 'them'} by hand, then run this again for the rest",
        )
    judged = load_and_judge_from(proposed, None if is_rehearsal(chosen) else now)
    errors = find_errors(judged, is_rehearsal=True)
    if errors:
        for line in diagnostic_lines(errors):
            screen.talk(line.text)
        raise ReconcilerError(
            "offboarding-invalid",
            "the files would have errors; nothing was written",
            "say what is wrong there in another way, or make the change by hand",
        )
