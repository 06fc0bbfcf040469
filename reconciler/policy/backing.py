"""Which live grants the rules of their tool do not allow as they stand.

The rules may have been others when such a grant was made, so the catalog is no less valid; but it
gives nobody access who does not have it.
"""

from collections.abc import Mapping
from datetime import datetime

from reconciler.model.catalog import Catalog
from reconciler.model.diagnostics import Span
from reconciler.policy import approval, window
from reconciler.policy.check import Finding

__all__ = ["disallowed"]


def disallowed(catalog: Catalog, now: datetime) -> Mapping[Span, Finding]:
    """The first thing that is wrong with each of them, by where the grant is written."""
    found: dict[Span, Finding] = {}
    for finding in (*approval.approvers(catalog, now), *window.windows(catalog, now)):
        found.setdefault(finding.origin, finding)
    return found
