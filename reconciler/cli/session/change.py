"""The two sides of a change, read from git's objects: the base, and what merging would make of it.

Nothing is checked out and nothing in either side is run, so a stranger's branch may be planned by a
job that holds a credential.
"""

from dataclasses import dataclass, replace
from datetime import datetime

from reconciler.catalog.digest import catalog_digest
from reconciler.catalog.files import Folder, Source
from reconciler.catalog.git.checkout import list_uncommitted
from reconciler.catalog.git.repository import Repository
from reconciler.catalog.git.tree import CommittedFolder
from reconciler.catalog.load import Loaded, load_and_judge_change, load_and_judge_from
from reconciler.cli.clock import wall_clock
from reconciler.cli.options import Settings
from reconciler.cli.session.approvals import approvals_before_merge
from reconciler.cli.session.catalog import find_errors, is_rehearsal, require_valid
from reconciler.cli.session.emptied import Proof, find_shown_empty
from reconciler.cli.session.grant_past import (
    find_grant_history,
    find_request_merges,
    limit_to_rules,
)
from reconciler.cli.session.plan import count_groups, make_inputs
from reconciler.cli.session.session import Session
from reconciler.cli.terminal.screen import Screen
from reconciler.model.catalog import Catalog
from reconciler.model.diagnostics import Diagnostic
from reconciler.model.errors import ReconcilerError
from reconciler.model.plan import CatalogRevision, Plan
from reconciler.planning.approvals.grant_past import GrantHistory
from reconciler.render.formats.diagnostics import diagnostic_lines
from reconciler.workflows.plan_change import Base, plan_against, plan_uncompared

__all__ = ["Sides", "judge_change", "plan_sides", "read_sides"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sides:
    """The catalog that the change would make, and the base, which is not sound if it has errors.

    `tree` is the head's, or what merging it into the base would make.
    """

    head: Loaded
    head_commit: str
    tree: str
    base: Base
    is_sound: bool
    uncommitted: tuple[str, ...] = ()

    @property
    def live_catalog(self) -> Catalog:
        """Whose connectors are asked: the base's, so that no change can turn them elsewhere."""
        return self.base.catalog if self.is_sound else self.head.catalog


def read_sides(settings: Settings, base: str, head: str | None, screen: Screen) -> Sides:
    """Both catalogs; errors in the head end the command, errors in the base are only shown.

    Without a head it is what is committed here, and files that are not are named.

    Where the base has moved on since the head branched off, the head is what a merge would make.
    """
    repository = Repository.around(settings.catalog)
    base_commit, head_commit = repository.commit(base), repository.commit(head or "HEAD")
    tree = _merge(repository, base_commit, head_commit)
    display = settings.catalog.as_posix()
    now = None if is_rehearsal(settings) else wall_clock()
    loaded = load_and_judge_from(CommittedFolder(repository, tree, display), now)
    require_valid(loaded, screen, is_rehearsal=is_rehearsal(settings))
    before = load_and_judge_from(CommittedFolder(repository, base_commit, display))
    return Sides(
        head=loaded,
        head_commit=head_commit,
        tree=tree,
        base=Base(
            catalog=before.catalog,
            commit=base_commit,
            digest=catalog_digest(before.catalog),
            committed_at=repository.committed_at(base_commit),
        ),
        is_sound=_is_sound(before, base_commit, screen, is_rehearsal=is_rehearsal(settings)),
        uncommitted=list_uncommitted(settings.catalog) if head is None else (),
    )


def _merge(repository: Repository, base: str, head: str) -> str:
    """The tree that merging would make; the head's own where it has the base in it."""
    if repository.contains(head, base):
        return head
    merge = repository.merge_trees(base, head)
    if not merge.is_clean:
        raise ReconcilerError(
            "merge-conflict",
            f"{head[:12]} cannot be merged into {base[:12]} as it is",
            "bring the base into the branch, settle the conflict, and plan again",
        )
    return merge.tree


def judge_change(
    settings: Settings, base: str, head: str | None, display: str, proof: Proof
) -> Loaded:
    """What is wrong with a change: of a commit, or of the files as they are.

    The files are compared with what they grew from, a commit with the base as it is now. Messages
    call the folder `display`.
    """
    repository = Repository.around(settings.catalog)
    start = repository.commit(base)
    if head is None:
        start = repository.find_merge_base(start, repository.commit("HEAD"))
        source: Source = Folder(settings.catalog, display)
    else:
        tree = _merge(repository, start, repository.commit(head))
        source = CommittedFolder(repository, tree, display)
    before = CommittedFolder(repository, start, display)
    shown = find_shown_empty(settings, repository, start, proof)
    return load_and_judge_change(source, before, proof.now, shown)


def _is_sound(loaded: Loaded, commit: str, screen: Screen, *, is_rehearsal: bool) -> bool:
    errors = find_errors(loaded, is_rehearsal=is_rehearsal)
    if errors:
        _show(errors, commit, screen)
    return not errors


def _show(errors: tuple[Diagnostic, ...], commit: str, screen: Screen) -> None:
    screen.talk(f"the base, {commit[:12]}, has errors, so nothing can be compared with it:")
    for line in diagnostic_lines(errors):
        screen.talk(line.text)


def _grant_history(settings: Settings, both: Sides, now: datetime) -> GrantHistory:
    """What the base's past tells: what the change brings has none yet."""
    return find_grant_history(
        settings, now, both.live_catalog, both.head.catalog, commit=both.base.commit
    )


async def plan_sides(session: Session, both: Sides, as_of: datetime | None = None) -> Plan:
    """The connector's plan of the change, split by cause where the base allows."""
    head, connector = both.head.catalog, session.connector
    revision = CatalogRevision(commit=both.head_commit, digest=catalog_digest(head))
    inputs = make_inputs(session.connection, revision, as_of)
    past = _grant_history(session.settings, both, inputs.as_of)
    merged_at = find_request_merges(
        session.settings, inputs.as_of, both.live_catalog, commit=both.base.commit
    )
    inputs = replace(inputs, record=limit_to_rules(past, head, inputs.as_of), merged_at=merged_at)
    base = replace(both.base, record=limit_to_rules(past, both.base.catalog, inputs.as_of))
    approvals = approvals_before_merge(session.settings, base.catalog, base.commit)
    async with session.reading(groups=count_groups(head, connector)) as reader:
        if both.is_sound:
            made = await plan_against(head, base, connector.id, reader, inputs, approvals)
        else:
            made = await plan_uncompared(head, base, connector.id, reader, inputs)
    return _name_uncommitted(made, both.uncommitted)


def _name_uncommitted(plan: Plan, uncommitted: tuple[str, ...]) -> Plan:
    """The plan, which says of the files that are not committed that they are no part of it."""
    if plan.against is None:
        return plan
    return replace(plan, against=replace(plan.against, uncommitted=uncommitted))
