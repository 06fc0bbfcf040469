"""Why no org is asked at all: there is none to ask, and each reason has its sentence."""

from collections.abc import Iterator

from reconciler.model.catalog import Catalog
from reconciler.model.errors import ReconcilerError, UsageError

__all__ = ["connector_needed", "disabled", "idle", "nobody_asked", "unasked"]


def idle(catalog: Catalog) -> str:
    """The sentence for a catalog without a connector that may be used."""
    if catalog == Catalog():
        return "The catalog is empty: there is no connector, no tool and no grant in it."
    if not catalog.connectors:
        return "The catalog has no connector, so there is no org to ask."
    names = ", ".join(sorted(catalog.connectors))
    return f"Every connector is disabled ({names}), so no org is asked."


def disabled(catalog: Catalog, named: str | None = None) -> Iterator[str]:
    """A sentence for each connector that keeps its groups no longer, unless one was asked for."""
    for name, connector in sorted(catalog.connectors.items()):
        if connector.disabled and named is None:
            groups = {b.group for b in catalog.bindings if b.connector == name}
            what = "1 group" if len(groups) == 1 else f"{len(groups):,} groups"
            yield (
                f"{name} is disabled: nobody keeps its {what}, so no grant is carried out there "
                "and access that ends stays."
            )


def unasked(head: Catalog, base: Catalog) -> Iterator[str]:
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
        return UsageError("connector-needed", f"{what}. {idle(catalog)}", hint)
    return UsageError(
        "connector-needed", f"{what}, and there are {number}", "name one with --connector"
    )


def nobody_asked(what: str, catalog: Catalog) -> ReconcilerError:
    """The error of a command that says how things stand, where no org could be looked at."""
    return ReconcilerError(
        "connector-missing", f"{what}. {idle(catalog)}", "add one in connectors/, or enable one"
    )
