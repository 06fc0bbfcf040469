"""The catalog as a command finds it: valid, or its problems are shown and the command ends."""

from reconciler.catalog.load import Loaded, load_and_judge
from reconciler.catalog.revision import commit, digest
from reconciler.cli.options import Settings
from reconciler.cli.screen import Screen
from reconciler.model.diagnostics import LEFT_OUT, Severity
from reconciler.model.errors import CatalogError
from reconciler.model.plan import CatalogRevision
from reconciler.render.diagnostics import diagnostic_lines

__all__ = ["require_valid", "revision_of", "valid_catalog"]


def valid_catalog(settings: Settings, screen: Screen) -> Loaded:
    """The catalog without errors; otherwise every error is on stderr and `CatalogError` is raised.

    An unreadable grant must not look absent, so one error stops everything.
    """
    loaded = load_and_judge(settings.catalog)
    require_valid(loaded, screen)
    return loaded


def require_valid(loaded: Loaded, screen: Screen) -> None:
    """Every error is on stderr and `CatalogError` is raised, where there is any."""
    errors = tuple(d for d in loaded.diagnostics if d.severity is Severity.ERROR)
    if errors:
        left_out = tuple(d for d in loaded.diagnostics if d.code == LEFT_OUT)
        for line in diagnostic_lines(errors + left_out):
            screen.talk(line.text)
        raise CatalogError(errors)


def revision_of(settings: Settings, loaded: Loaded) -> CatalogRevision:
    """Which files a plan is made from."""
    sha, is_dirty = commit(settings.catalog)
    return CatalogRevision(commit=sha, dirty=is_dirty, digest=digest(loaded.catalog))
