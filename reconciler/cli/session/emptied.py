"""Which bindings are shown to leave empty groups behind, so that no file need say so.

A plan of the base shows it, and so does evidence: a run that did all there was to do after the
bindings came to stand as they do.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from reconciler.catalog.digest import catalog_digest
from reconciler.catalog.git.repository import Repository
from reconciler.catalog.git.tree import CommittedFolder
from reconciler.catalog.load import load_and_judge_from
from reconciler.catalog.schema.kinds import BY_FOLDER
from reconciler.cli.options import Settings
from reconciler.evidence.verification import read_runs
from reconciler.model.catalog import Catalog
from reconciler.model.errors import UsageError
from reconciler.planning.binding_moves import find_emptied, is_finished
from reconciler.planning.plan_codec import load_plan
from reconciler.policy.changes.bindings import Emptied, groups_left_by
from reconciler.store.atomic import read
from reconciler.workflows.apply import MAX_AGE

__all__ = ["Proof", "find_shown_empty"]

_AGAIN = "check the base out, and make it with `plan --connector ID --out FILE`"


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """What may show that groups are empty, and when it is looked at."""

    now: datetime
    plans: tuple[Path, ...] = ()
    evidence: Path | None = None


def find_shown_empty(
    settings: Settings, repository: Repository, base: str, proof: Proof
) -> Emptied:
    """The bindings of the base with the groups that the proof shows to be empty.

    A plan of other files is an error.
    """
    if not proof.plans and proof.evidence is None:
        return Emptied()
    display = settings.catalog.as_posix()
    catalog = load_and_judge_from(CommittedFolder(repository, base, display)).catalog
    planned = Emptied().union(*(_read_plan(path, catalog, settings, proof) for path in proof.plans))
    if proof.evidence is None:
        return planned
    if not any(groups_left_by(binding) for binding in catalog.bindings):
        return planned
    edits = repository.read_edits(base, BY_FOLDER["bindings"].plural)
    since = next((edit.at for edit in edits), None)
    return (
        planned
        if since is None
        else planned | set(_read_run(catalog, settings, proof.evidence, since))
    )


def _read_plan(path: Path, base: Catalog, settings: Settings, proof: Proof) -> Emptied:
    made = load_plan(read(path))
    if made.catalog.digest != catalog_digest(base):
        raise UsageError("plan-of-other-files", f"{path} is no plan of the base", _AGAIN)
    if made.sandbox != settings.sandbox:
        raise UsageError("plan-of-other-org", f"{path} is not of the org that counts", _AGAIN)
    if abs(proof.now - made.created_at) > MAX_AGE and not made.sandbox:
        raise UsageError("plan-stale", f"{path} is older than a day", _AGAIN)
    return find_emptied(made)


def _read_run(
    base: Catalog, settings: Settings, folder: Path, since: datetime
) -> Iterator[tuple[str, str]]:
    """What bindings leave, and each connector's last run left nobody in, if it came after `since`.

    A question about another group says nothing of theirs. A run on call looked at one person.
    """
    leaving = [b for b in base.bindings if groups_left_by(b)]
    for connector in sorted({b.connector for b in leaving}):
        runs = read_runs(folder, connector, sandbox=settings.sandbox)
        last = next((run for run in reversed(runs) if run.is_whole), None)
        if last is not None and last.started_at > since:
            is_done, settled = is_finished(last), last.settled
            mine = (pair for b in leaving if b.connector == connector for pair in groups_left_by(b))
            yield from (pair for pair in mine if is_done or pair in settled)
