"""Connectors and what their tests found, as they are read."""

from reconciler.model.catalog import Catalog, Connector
from reconciler.model.probe import CredentialUse, Probe, ProbeCheck, ProbeStatus
from reconciler.render.document import Document, Mark, Row, Section, count

__all__ = ["connector_rows", "connectors_document", "connectors_matrix", "probe_document"]

_MARKS = {
    ProbeStatus.PASSED: Mark.DONE,
    ProbeStatus.WARNED: Mark.NOTE,
    ProbeStatus.UNPROVEN: Mark.NOTE,
    ProbeStatus.FAILED: Mark.BLOCKED,
    ProbeStatus.NOT_RUN: Mark.NOTE,
}


def probe_document(probe: Probe) -> Document:
    """A connector's test in words."""
    failed = sum(1 for c in probe.checks if c.status is ProbeStatus.FAILED)
    warned = sum(1 for c in probe.checks if c.status is ProbeStatus.WARNED)
    verdict = "The connector works." if not failed else f"{count(failed, 'check')} failed."
    which = "" if probe.credential is CredentialUse.BOTH else f", for {probe.credential.value}"
    return Document(
        title=f"Test of {probe.connector}{which}{' · sandbox' if probe.sandbox else ''}",
        facts=(f"reached through the proxy {probe.proxy}",) if probe.proxy else (),
        verdict=verdict,
        totals=f"{count(len(probe.checks), 'check')} · {failed} failed · {warned} warned",
        sections=(Section(title="Checks", rows=tuple(_row(check) for check in probe.checks)),),
    )


def _row(check: ProbeCheck) -> Row:
    """The trouble's name stands at the end, to be looked up."""
    is_named = check.code and check.status is not ProbeStatus.NOT_RUN
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
