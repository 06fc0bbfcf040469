"""Why no org is asked at all: there is none to ask, and each reason has its sentence."""

from reconciler.model.catalog import Catalog
from reconciler.model.errors import UsageError

__all__ = ["connector_needed", "idle"]


def idle(catalog: Catalog) -> str:
    """The sentence for a catalog without a connector that may be used."""
    if catalog == Catalog():
        return "The catalog is empty: there is no connector, no tool and no grant in it."
    if not catalog.connectors:
        return "The catalog has no connector, so there is no org to ask."
    names = ", ".join(sorted(catalog.connectors))
    return f"Every connector is disabled ({names}), so no org is asked."


def connector_needed(what: str, catalog: Catalog, number: int) -> UsageError:
    """The error of a command that needs exactly one connector; `what` says why."""
    if not number:
        hint = "add one in connectors/, or enable one"
        return UsageError("connector-needed", f"{what}. {idle(catalog)}", hint)
    return UsageError(
        "connector-needed", f"{what}, and there are {number}", "name one with --connector"
    )
