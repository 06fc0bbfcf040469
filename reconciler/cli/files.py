"""The catalog as a command finds it: valid, or its problems are shown and the command ends."""

from reconciler.catalog.load import Loaded, load_and_judge
from reconciler.catalog.revision import commit, digest
from reconciler.cli.options import Settings
from reconciler.cli.screen import Screen
from reconciler.model.diagnostics import LEFT_OUT, Diagnostic, Severity
from reconciler.model.errors import CatalogError
from reconciler.model.plan import CatalogRevision
from reconciler.render.diagnostics import diagnostic_lines
from reconciler.render.document import count

__all__ = ["errors_of", "is_rehearsal", "require_valid", "revision_of", "valid_catalog"]

_UNFILLED = "placeholder-unfilled"


def valid_catalog(settings: Settings, screen: Screen, *, asks_okta: bool = True) -> Loaded:
    """The catalog without errors; otherwise every error is on stderr and `CatalogError` is raised.

    An unreadable grant must not look absent, so one error stops everything. A placeholder stops
    what asks an org, the embedded one apart: whoever starts rehearses before they know every id.
    """
    loaded = load_and_judge(settings.catalog)
    require_valid(loaded, screen, is_rehearsal=not asks_okta or is_rehearsal(settings))
    return loaded


def is_rehearsal(settings: Settings) -> bool:
    """Whether no live org answers."""
    return settings.sandbox or bool(settings.endpoints)


def require_valid(loaded: Loaded, screen: Screen, *, is_rehearsal: bool = False) -> None:
    """Every error is on stderr and `CatalogError` is raised, where there is any."""
    errors = errors_of(loaded, is_rehearsal=is_rehearsal)
    if errors:
        left_out = tuple(d for d in loaded.diagnostics if d.code == LEFT_OUT)
        for line in diagnostic_lines(errors + left_out):
            screen.talk(line.text)
        raise CatalogError(errors)
    if is_rehearsal and (left := sum(d.code == _UNFILLED for d in loaded.diagnostics)):
        screen.talk(
            f"{count(left, 'value')} still to be replaced: `reconciler validate` lists them"
        )


def errors_of(loaded: Loaded, *, is_rehearsal: bool = False) -> tuple[Diagnostic, ...]:
    """What keeps the catalog from being used; a rehearsal gets by with placeholders."""
    errors = (d for d in loaded.diagnostics if d.severity is Severity.ERROR)
    return tuple(d for d in errors if not (is_rehearsal and d.code == _UNFILLED))


def revision_of(settings: Settings, loaded: Loaded) -> CatalogRevision:
    """Which files a plan is made from."""
    sha, is_dirty = commit(settings.catalog)
    return CatalogRevision(commit=sha, dirty=is_dirty, digest=digest(loaded.catalog))
