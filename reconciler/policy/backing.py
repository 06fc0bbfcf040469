"""Which live grants the rules of their tool do not allow as they stand.

The rules may have been others when such a grant was made, so the catalog is no less valid; but it
gives nobody access who does not have it.
"""

from collections.abc import Mapping
from datetime import datetime

from reconciler.model.catalog import Catalog
from reconciler.model.diagnostics import Span
from reconciler.policy.checks import approvals, grant_windows
from reconciler.policy.finding import Finding

__all__ = ["disallowed"]


def disallowed(catalog: Catalog, now: datetime) -> Mapping[Span, Finding]:
    """The first thing that is wrong with each of them, by where the grant is written."""
    found: dict[Span, Finding] = {}
    for finding in (*approvals.approvers(catalog, now), *grant_windows.windows(catalog, now)):
        found.setdefault(finding.origin, finding)
    return found
