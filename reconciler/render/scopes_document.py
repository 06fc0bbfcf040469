"""What a connector's credential needs, as it is read."""

from collections.abc import Iterator

from reconciler.model.catalog import Catalog, Connector
from reconciler.planning.scopes import (
    PermissionNeed,
    Purpose,
    ScopeNeed,
    needed_permissions,
    needed_scopes,
)
from reconciler.render.document import Document, Mark, Row, Section, count

__all__ = ["scopes_document", "scopes_plain"]

_USES = {"plan": Purpose.PROBE, "apply": Purpose.APPLY}
"""What each credential is for; that of plan is tested too, and the test reads its own roles."""
_APPS = (
    "A service app needs both halves: the scopes (Applications > the app > Okta API Scopes) and an "
    "admin role with the permissions, bound to a resource set of just these resources. An API "
    "token has no scopes: its owner needs the role."
)
_UNSURE = (
    "Whether a custom role gives group rules and the System Log is not documented; "
    "`reconciler connector test` shows what a credential can read."
)


def scopes_plain(catalog: Catalog, connector: Connector) -> dict[str, object]:
    """The needs as plain data, each with its reason."""
    return {
        "connector": connector.id,
        **{
            use: {
                "scopes": [
                    {
                        "scope": need.scope,
                        "required": need.is_required,
                        "because": need.because,
                        "loss": need.loss,
                    }
                    for need in needed_scopes(catalog, connector, purpose)
                ],
                "permissions": [
                    {
                        "permission": need.permission,
                        "resources": list(need.resources),
                        "required": need.is_required,
                        "because": need.because,
                        "loss": need.loss,
                    }
                    for need in needed_permissions(catalog, connector, purpose)
                ],
            }
            for use, purpose in _USES.items()
        },
    }


def scopes_document(catalog: Catalog, connector: Connector, *, is_explained: bool) -> Document:
    """The needs in words; explained, each with its reason and its loss."""
    required = {
        use: sum(1 for n in needed_scopes(catalog, connector, purpose) if n.is_required)
        for use, purpose in _USES.items()
    }
    return Document(
        title=f"What {connector.id} needs",
        facts=(),
        verdict=f"plan needs {count(required['plan'], 'scope')}, "
        f"apply {count(required['apply'], 'scope')}; the optional ones are marked.",
        totals="derived from the catalog; nothing was asked of any org",
        sections=tuple(_sections(catalog, connector, is_explained=is_explained)),
        closing=(_APPS, _UNSURE, *_write_probe(connector)),
    )


def _write_probe(connector: Connector) -> Iterator[str]:
    """The one command that writes more than an apply does."""
    if connector.canary is not None:
        yield (
            "`connector test --write-probe` also needs okta.groups.members.manage on the canary's "
            f"group, {connector.canary.group_id} ({connector.canary.group_name})."
        )


def _sections(catalog: Catalog, connector: Connector, *, is_explained: bool) -> Iterator[Section]:
    for use, purpose in _USES.items():
        scopes = needed_scopes(catalog, connector, purpose)
        rows = tuple(_row(need, need.scope, is_explained=is_explained) for need in scopes)
        yield Section(title=f"Scopes for {use}", rows=rows)
    for use, purpose in _USES.items():
        permissions = needed_permissions(catalog, connector, purpose)
        rows = tuple(
            _row(need, need.permission, *need.resources, is_explained=is_explained)
            for need in permissions
        )
        yield Section(title=f"Custom role permissions for {use}", rows=rows)


def _row(need: ScopeNeed | PermissionNeed, name: str, *resources: str, is_explained: bool) -> Row:
    reasons = (need.because, *((f"without it: {need.loss}",) if need.loss else ()))
    return Row(
        mark=Mark.NOTE,
        head=name if need.is_required else f"{name} (optional)",
        details=(*(f"on {each}" for each in resources), *(reasons if is_explained else ())),
    )
