"""What a plan is told of its grants and requests: by rules, and by the branch's history.

A sandbox needs no git, and a folder outside of any repository has no history: there, grants and
requests are taken by their word.
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from reconciler.catalog.git.branch_history import BranchHistory, access_of, group_key
from reconciler.catalog.git.repository import Repository
from reconciler.catalog.git.request_history import RequestHistory
from reconciler.catalog.grant_history import GrantHistory as Introductions
from reconciler.catalog.grant_history import without_end
from reconciler.cli.options import Settings
from reconciler.model.catalog import Binding, Catalog, Grant, expand_moves
from reconciler.model.directory import ReadFailure
from reconciler.model.errors import ReconcilerError
from reconciler.model.ids import EntitlementId
from reconciler.model.plan import BlockReason
from reconciler.model.validity import Approval
from reconciler.planning.approvals.grant_past import GrantHistory
from reconciler.planning.refs import grant_hash
from reconciler.policy.registry import find_disallowed_grants

__all__ = ["find_grant_history", "find_request_merges", "limit_to_rules", "open_history"]

_SHALLOW = "the clone is shallow: check out with the whole history (fetch-depth: 0)"


def find_grant_history(
    settings: Settings, now: datetime, catalog: Catalog, *heads: Catalog, commit: str = "HEAD"
) -> GrantHistory:
    """The record of the catalog as the commit has it, and of what is made of it in `heads`."""
    every = (catalog, *heads)
    backing = {key: why for each in every for key, why in _find_unbacked(each, now).items()}
    ended = [g for each in every for g in each.grants if g.has_ended(now)]
    retired = [b for each in every for b in expand_moves(each.bindings) if b.retired]
    pointing = [g for each in every for g in each.grants if not isinstance(g.approval, Approval)]
    if settings.sandbox or settings.endpoints or not (ended or retired or pointing):
        return GrantHistory(unbacked=backing)
    try:
        repository = Repository.around(settings.catalog)
    except ReconcilerError as error:
        if _is_in_repository(settings.catalog):
            return GrantHistory(unbacked=backing, problem=error.message)
        # Nobody was ever added for an approval at a source: it is looked for by git.
        unseen = frozenset(grant_hash(g) for g in pointing if g.has_ended(now))
        return GrantHistory(unbacked=backing, stillborn=unseen)
    try:
        if repository.is_shallow():
            return GrantHistory(unbacked=backing, problem=_SHALLOW)
        past = _open_past(repository, catalog, settings, commit)
        return GrantHistory(
            unbacked=backing,
            stillborn=_find_stillborn(past, catalog, ended, now),
            unbound=_find_unbound(past, retired),
            introduced=_find_introduced(settings.catalog, catalog, pointing, commit, now),
        )
    except ReconcilerError as error:
        return GrantHistory(unbacked=backing, problem=error.message)


def find_request_merges(
    settings: Settings, now: datetime, catalog: Catalog, *, commit: str = "HEAD"
) -> Mapping[str, datetime]:
    """By its hash, when each request for an account came onto the branch; empty where git is mute.

    A plan then counts from the request and its approval, whichever is later.
    """
    is_asked = any(declared.requests for declared in catalog.accounts)
    if settings.sandbox or settings.endpoints or not is_asked:
        return {}
    try:
        repository = Repository.around(settings.catalog)
        if repository.is_shallow():
            return {}
        past = RequestHistory(repository, repository.commit(commit))
        return past.find_merges(catalog.accounts, now)
    except ReconcilerError:
        return {}


def open_history(
    folder: Path, catalog: Catalog, commit: str = "HEAD", *, ignores_ends: bool = False
) -> Introductions:
    """Which commits made the folder's grants say what they say, as the commit has them."""
    repository = Repository.around(folder)
    return Introductions(
        repository=repository,
        head=repository.commit(commit),
        display=_display(folder),
        only=_only_entitlements(catalog),
        ignores_ends=ignores_ends,
    )


def _find_introduced(
    folder: Path, catalog: Catalog, grants: Iterable[Grant], commit: str, now: datetime
) -> Mapping[str, datetime]:
    """When the words of the grants came onto the branch; without those that are not there.

    Who writes an end agrees to nothing anew: one that has ended came with what it ended.
    """
    by_hash = {grant_hash(grant): grant for grant in grants}
    over = {key: each for key, each in by_hash.items() if each.has_ended(now)}
    found: dict[str, datetime] = {}
    if over.keys() != by_hash.keys():
        history = open_history(folder, catalog, commit)
        lasting = [each for key, each in by_hash.items() if key not in over]
        found |= _read_introductions(history, lasting)
    ends = open_history(folder, catalog, commit, ignores_ends=True)
    while over:
        batch = {grant_hash(without_end(grant)): key for key, grant in over.items()}
        came = _read_introductions(ends, [without_end(over[key]) for key in batch.values()])
        found |= {batch[words]: at for words, at in came.items()}
        done = frozenset(batch.values())
        over = {key: grant for key, grant in over.items() if key not in done}
    return found


def _read_introductions(history: Introductions, grants: list[Grant]) -> dict[str, datetime]:
    found = history.find_introductions(grants)
    if isinstance(found, ReadFailure):
        raise ReconcilerError(found.code, found.detail)
    return {key: came.at for key, came in found.items() if came is not None}


def limit_to_rules(record: GrantHistory, catalog: Catalog, now: datetime) -> GrantHistory:
    """The record of the same past, its grants judged by the rules of this catalog alone.

    Of the two sides of a change each gives what its own rules allow.
    """
    return replace(record, unbacked=_find_unbacked(catalog, now))


def _find_unbacked(catalog: Catalog, now: datetime) -> Mapping[str, BlockReason]:
    wrong = find_disallowed_grants(catalog, now)
    if not wrong:
        return {}
    return {
        grant_hash(grant): BlockReason(code=found.code, summary=found.summary, hint=found.hint)
        for grant in catalog.grants
        if grant.origin and (found := wrong.get(grant.origin))
    }


def _is_in_repository(folder: Path) -> bool:
    here = folder.absolute()
    return any((above / ".git").exists() for above in (here, *here.parents))


def _open_past(
    repository: Repository, catalog: Catalog, settings: Settings, commit: str
) -> BranchHistory:
    return BranchHistory(
        repository=repository,
        head=repository.commit(commit),
        display=_display(settings.catalog),
        only=_only_entitlements(catalog),
    )


def _display(folder: Path) -> str:
    """How messages and origins name the folder."""
    return folder.as_posix().rstrip("/") or "/"


def _only_entitlements(catalog: Catalog) -> Mapping[str, EntitlementId]:
    """The entitlement that a grant means which names none, by tool."""
    tools = catalog.tools.values()
    return {t.id: next(iter(t.entitlements)) for t in tools if len(t.entitlements) == 1}


def _find_stillborn(
    past: BranchHistory, catalog: Catalog, ended: Iterable[Grant], now: datetime
) -> frozenset[str]:
    """The ended grants whose access the branch never gave."""
    about = {access_of(grant) for grant in ended}
    asked = [grant for grant in catalog.grants if access_of(grant) in about]
    lived = past.find_past_access(asked, now) if asked else frozenset()
    return frozenset(grant_hash(grant) for grant in ended if access_of(grant) not in lived)


def _find_unbound(past: BranchHistory, retired: Iterable[Binding]) -> frozenset[tuple[str, str]]:
    """The retired bindings whose group they never had, by its id or by the name it was made by."""
    sides_ = list(retired)
    bound = past.find_bound_groups() if sides_ else frozenset()
    return frozenset(
        (binding.name, group_key(binding))
        for binding in sides_
        if (binding.name, group_key(binding)) not in bound
        and (binding.name, f"new:{binding.group.name}") not in bound
    )
