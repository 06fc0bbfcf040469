"""Connectors and what their tests found, as they are read."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from reconciler.connector_checks.check_result import (
    CheckResult,
    CheckStatus,
    ConnectorTest,
    CredentialUse,
)
from reconciler.connector_checks.oauth_scopes import (
    PermissionNeed,
    Purpose,
    ScopeNeed,
    needed_permissions,
    needed_scopes,
)
from reconciler.model.catalog import Catalog, Connector
from reconciler.render.document import Document, Fact, Mark, Row, Section, count

__all__ = [
    "checks_document",
    "connector_rows",
    "connector_test_document",
    "connectors_document",
    "connectors_matrix",
    "scopes_document",
    "scopes_plain",
]

_MARKS = {
    CheckStatus.PASSED: Mark.DONE,
    CheckStatus.WARNED: Mark.NOTE,
    CheckStatus.UNPROVEN: Mark.NOTE,
    CheckStatus.FAILED: Mark.BLOCKED,
    CheckStatus.NOT_RUN: Mark.NOTE,
}


def connector_test_document(test: ConnectorTest) -> Document:
    """A connector's test in words."""
    which = "" if test.credential is CredentialUse.BOTH else f", for {test.credential.value}"
    title = f"Test of {test.connector}{which}{' · sandbox' if test.sandbox else ''}"
    found = checks_document(title, "The connector works.", test.checks)
    facts = (Fact(f"reached through the proxy {test.proxy}"),) if test.proxy else ()
    return replace(found, facts=facts)


def checks_document(title: str, works: str, checks: Sequence[CheckResult]) -> Document:
    """What a test found; `works` is the verdict where nothing failed."""
    failed = sum(1 for c in checks if c.status is CheckStatus.FAILED)
    warned = sum(1 for c in checks if c.status is CheckStatus.WARNED)
    return Document(
        title=title,
        facts=(),
        verdict=f"{count(failed, 'check')} failed." if failed else works,
        totals=f"{count(len(checks), 'check')} · {failed} failed · {warned} warned",
        sections=(Section(title="Checks", rows=tuple(_row(check) for check in checks)),),
    )


def _row(check: CheckResult) -> Row:
    """The trouble's name stands at the end, to be looked up."""
    is_named = check.code and check.status is not CheckStatus.NOT_RUN
    return Row(
        mark=_MARKS[check.status],
        head=f"{check.status.value}: {check.name}: {check.summary}"
        + (f" [{check.code}]" if is_named else ""),
        details=(f"hint: {check.hint}",) if check.hint else (),
    )


def connector_rows(catalog: Catalog) -> list[dict[str, object]]:
    """Each connector as plain data; nothing of it is a secret."""
    return [_plain(catalog, connector) for _, connector in sorted(catalog.connectors.items())]


def connectors_matrix(catalog: Catalog) -> dict[str, list[str]]:
    """What GitHub Actions takes as a job's `matrix`: one job per connector in use."""
    return {"connector": sorted(c.id for c in catalog.connectors.values() if not c.disabled)}


def connectors_document(catalog: Catalog) -> Document:
    """Every connector, and what uses it."""
    rows = tuple(
        Row(
            mark=Mark.NOTE,
            head=f"{row['id']}: {row['name']}{' (disabled)' if row['disabled'] else ''}",
            details=(
                f"{row['domain'] or 'the domain comes with the secret'}, by {row['method']}",
                f"used by {row['tools']}" if row["tools"] else "used by no tool",
            ),
        )
        for row in connector_rows(catalog)
    )
    return Document(
        title="Connectors",
        facts=(),
        verdict=f"{count(len(rows), 'connector')}." if rows else "The catalog has no connector.",
        totals="nothing was asked of any org",
        sections=(Section(title="Connectors", rows=rows),) if rows else (),
    )


def _plain(catalog: Catalog, connector: Connector) -> dict[str, object]:
    tools = sorted({b.tool for b in catalog.bindings if b.connector == connector.id})
    auth = connector.plan_auth
    return {
        "id": connector.id,
        "type": connector.type,
        "name": connector.name,
        "description": connector.description,
        "domain": connector.domain,
        "method": auth.method if auth else "config",
        "disabled": connector.disabled,
        "canary": connector.canary.user if connector.canary else None,
        "tools": ", ".join(tools),
    }


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
        rows = tuple(
            _scopes_document_row(need, need.scope, is_explained=is_explained) for need in scopes
        )
        yield Section(title=f"Scopes for {use}", rows=rows)
    for use, purpose in _USES.items():
        permissions = needed_permissions(catalog, connector, purpose)
        rows = tuple(
            _scopes_document_row(need, need.permission, *need.resources, is_explained=is_explained)
            for need in permissions
        )
        yield Section(title=f"Custom role permissions for {use}", rows=rows)


def _scopes_document_row(
    need: ScopeNeed | PermissionNeed, name: str, *resources: str, is_explained: bool
) -> Row:
    reasons = (need.because, *((f"without it: {need.loss}",) if need.loss else ()))
    return Row(
        mark=Mark.NOTE,
        head=name if need.is_required else f"{name} (optional)",
        details=(*(f"on {each}" for each in resources), *(reasons if is_explained else ())),
    )
