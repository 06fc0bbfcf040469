"""Every name of the catalog that has to become a person for one connector's plan."""

from collections.abc import Iterable
from datetime import datetime

from reconciler.model.catalog import Binding, Catalog

__all__ = ["granted_subjects", "lasting_subjects", "required_subjects", "wanted_subjects"]


def granted_subjects(catalog: Catalog, bindings: Iterable[Binding]) -> tuple[str, ...]:
    """The subjects of every grant that one of the bindings carries out, ended ones too."""
    bound = {(b.tool, b.entitlement) for b in bindings}
    return tuple(g.subject for g in catalog.grants if (g.tool, g.entitlement) in bound)


def required_subjects(catalog: Catalog, bindings: Iterable[Binding]) -> tuple[str, ...]:
    """The members that the bound entitlements require."""
    return tuple(
        subject
        for b in bindings
        for subject in catalog.tools[b.tool].entitlements[b.entitlement].required_members
    )


def lasting_subjects(
    catalog: Catalog, bindings: tuple[Binding, ...], now: datetime | None
) -> tuple[str, ...]:
    """Those of them whose grant has not ended, or who are required; at no time, all of them."""
    bound = {(b.tool, b.entitlement) for b in bindings}
    granted = (
        g.subject
        for g in catalog.grants
        if (g.tool, g.entitlement) in bound and (now is None or not g.validity.has_ended(now))
    )
    return tuple(dict.fromkeys((*granted, *required_subjects(catalog, bindings))))


def wanted_subjects(catalog: Catalog, bindings: tuple[Binding, ...]) -> tuple[str, ...]:
    """Everyone a plan has to resolve, each spelling once."""
    granted, required = granted_subjects(catalog, bindings), required_subjects(catalog, bindings)
    return tuple(dict.fromkeys((*granted, *required)))
