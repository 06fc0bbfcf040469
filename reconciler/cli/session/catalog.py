"""The catalog as a command finds it: valid, or its problems are shown and the command ends.

In CI it is the commit's own objects: what attributes or a filter make of them on the way into the
checkout was not what anybody reviewed.
"""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime

from reconciler.catalog.digest import catalog_digest
from reconciler.catalog.files import Folder
from reconciler.catalog.git.checkout import read_commit
from reconciler.catalog.git.command import NO_REPOSITORY
from reconciler.catalog.git.repository import Repository
from reconciler.catalog.git.tree import CommittedFolder, find_differences
from reconciler.catalog.load import Loaded, load_and_judge, load_and_judge_from
from reconciler.cli.clock import wall_clock
from reconciler.cli.options import Settings
from reconciler.cli.secrets.source import is_ci
from reconciler.cli.terminal.screen import Screen
from reconciler.model.catalog import Catalog
from reconciler.model.diagnostics import PROBLEMS_LEFT_OUT, Diagnostic, Severity
from reconciler.model.errors import CatalogError, ReconcilerError, UsageError
from reconciler.model.plan import CatalogRevision, PlanWarning
from reconciler.policy.checks.placeholders import PLACEHOLDER_UNFILLED
from reconciler.render.document import count
from reconciler.render.formats.diagnostics import diagnostic_lines

__all__ = [
    "connector_missing",
    "connector_needed",
    "describe_disabled",
    "describe_idle",
    "describe_unasked",
    "find_errors",
    "find_revision",
    "is_rehearsal",
    "require_valid",
    "valid_catalog",
]

_UNFILLED = PLACEHOLDER_UNFILLED.code


def valid_catalog(settings: Settings, screen: Screen, *, asks_okta: bool = True) -> Loaded:
    """The catalog without errors; otherwise every error is on stderr and `CatalogError` is raised.

    An unreadable grant must not look absent, so one error stops everything. A placeholder stops
    what asks an org, the embedded one apart: a rehearsal comes before every id is known.
    A sandbox has a clock of its own, which files are not judged by.
    """
    now = None if is_rehearsal(settings) else wall_clock()
    loaded = _load_committed(settings, now) if is_ci() and not is_rehearsal(settings) else None
    loaded = loaded or load_and_judge(settings.catalog, now=now)
    require_valid(loaded, screen, is_rehearsal=not asks_okta or is_rehearsal(settings))
    return loaded


def is_rehearsal(settings: Settings) -> bool:
    """Whether no live org answers."""
    return settings.sandbox or bool(settings.endpoints)


def _load_committed(settings: Settings, now: datetime | None) -> Loaded | None:
    """The catalog of the commit that is checked out; None outside a repository."""
    try:
        repository = Repository.around(settings.catalog)
    except ReconcilerError as error:
        if error.code == NO_REPOSITORY:
            return None
        raise
    sha = repository.commit("HEAD")
    display = settings.catalog.as_posix()
    return replace(load_and_judge_from(CommittedFolder(repository, sha, display), now), commit=sha)


def require_valid(
    loaded: Loaded, screen: Screen, *, is_rehearsal: bool = False, where: str = "the catalog"
) -> None:
    """Every error is on stderr and `CatalogError` is raised, where there is any."""
    errors = find_errors(loaded, is_rehearsal=is_rehearsal)
    if errors:
        left_out = tuple(d for d in loaded.diagnostics if d.code == PROBLEMS_LEFT_OUT.code)
        for line in diagnostic_lines(errors + left_out):
            screen.talk(line.text)
        raise CatalogError(errors, where)
    if is_rehearsal and (left := sum(d.code == _UNFILLED for d in loaded.diagnostics)):
        screen.talk(
            f"{count(left, 'value')} still to be replaced: `reconciler validate` lists them"
        )


def find_errors(loaded: Loaded, *, is_rehearsal: bool = False) -> tuple[Diagnostic, ...]:
    """What keeps the catalog from being used; a rehearsal gets by with placeholders."""
    errors = (d for d in loaded.diagnostics if d.severity is Severity.ERROR)
    return tuple(d for d in errors if not (is_rehearsal and d.code == _UNFILLED))


def find_revision(
    settings: Settings, loaded: Loaded
) -> tuple[CatalogRevision, tuple[PlanWarning, ...]]:
    """Which files a plan is made from, and what to know of the state they are in."""
    found = CatalogRevision(digest=catalog_digest(loaded.catalog))
    try:
        sha, is_dirty = read_commit(settings.catalog)
        if loaded.commit is not None:
            return replace(found, commit=loaded.commit), (_LEFT_OUT,) if is_dirty else ()
        differs = sha is not None and not is_dirty and _differs(settings, sha)
    except ReconcilerError as error:
        said = PlanWarning(code=error.code, summary=error.message, hint=error.hint)
        return replace(found, commit=loaded.commit), () if is_rehearsal(settings) else (said,)
    revision = replace(found, commit=sha, dirty=is_dirty or differs)
    return revision, (_DIFFERS,) if differs else ()


def _differs(settings: Settings, sha: str) -> bool:
    """Whether a file is not what the commit holds, though git calls it clean."""
    folder = Folder(settings.catalog, settings.catalog.as_posix())
    return any(find_differences(folder, Repository.around(settings.catalog), sha))


_LEFT_OUT = PlanWarning(
    code="checkout-left-out",
    summary="the checkout has changes that are not committed, and only the commit is planned",
    hint="commit what is meant; `git status` shows it",
)
_DIFFERS = PlanWarning(
    code="checkout-differs",
    summary="files of the catalog are not what their commit holds, though git calls them clean",
    hint="a filter, an encoding, an ignore rule or a sparse checkout does that; what the commit "
    "holds is planned by `plan --base HEAD`, and by every run in CI",
)


def describe_idle(catalog: Catalog) -> str:
    """The sentence for a catalog without a connector that may be used."""
    if catalog == Catalog():
        return "The catalog is empty: there is no connector, no tool and no grant in it."
    if not catalog.connectors:
        return "The catalog has no connector, so there is no org to ask."
    names = ", ".join(sorted(catalog.connectors))
    return f"Every connector is disabled ({names}), so no org is asked."


def describe_disabled(catalog: Catalog, named: str | None = None) -> Iterator[str]:
    """A sentence for each connector that keeps its groups no longer, unless one was asked for."""
    for name, connector in sorted(catalog.connectors.items()):
        if connector.disabled and named is None:
            groups = {b.group for b in catalog.bindings if b.connector == name}
            what = "1 group" if len(groups) == 1 else f"{len(groups):,} groups"
            is_asked = connector.lifecycle and bool(catalog.accounts)
            also = ", and no account is changed" if is_asked else ""
            yield (
                f"{name} is disabled: nobody keeps its {what}, so no grant is carried out there "
                f"and access that ends stays{also}."
            )


def describe_unasked(head: Catalog, base: Catalog) -> Iterator[str]:
    """A sentence for each connector whose org is asked only once the change is merged."""
    for name, connector in sorted(head.connectors.items()):
        before = base.connectors.get(name)
        if connector.disabled or (before is not None and not before.disabled):
            continue
        how = "is new in this change" if before is None else "is enabled by this change"
        yield f"{name} {how}: what it does there is seen once it is merged, and not in this plan"


def connector_needed(what: str, catalog: Catalog, number: int) -> UsageError:
    """The error of a command that needs exactly one connector; `what` says why."""
    if not number:
        hint = "add one in connectors/, or enable one"
        return UsageError("connector-needed", f"{what}. {describe_idle(catalog)}", hint)
    return UsageError(
        "connector-needed", f"{what}, and there are {number}", "name one with --connector"
    )


def connector_missing(what: str, catalog: Catalog) -> ReconcilerError:
    """The error of a command that says how things stand, where no org could be looked at."""
    return ReconcilerError(
        "connector-missing",
        f"{what}. {describe_idle(catalog)}",
        "add one in connectors/, or enable one",
    )
