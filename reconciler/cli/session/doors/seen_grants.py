"""What evidence says of the catalog's grants: a door asks no org itself."""

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path

from reconciler.cli.secrets.evidence_key import read_public_keys
from reconciler.doors.seen_grants import find_seen_grants
from reconciler.evidence.folder import read_chain
from reconciler.evidence.verification import require_whole, verify
from reconciler.model.catalog import Catalog, Grant
from reconciler.model.errors import StoreError
from reconciler.model.evidence import PastGrant

__all__ = ["read_seen_grants"]


def read_seen_grants(
    catalog: Catalog,
    now: datetime,
    folder: Path,
    keys: tuple[str, ...],
    *,
    is_rehearsed: bool = False,
) -> Mapping[Grant, PastGrant]:
    """What runs say of the grants that have not ended; `keys` are files of public keys.

    A rehearsal, whose door is on this machine, is told of rehearsals; a real door of none.
    Raises `StoreError` when evidence is not what was written.
    """
    if not folder.is_dir():
        raise StoreError(
            "evidence-missing", f"there is no folder {folder}", "name the --evidence folder"
        )
    vouch, chains = read_public_keys(keys), {}
    for connector in catalog.connectors.values():
        if not connector.disabled:
            chain = read_chain(folder, connector.id, sandbox=is_rehearsed)
            require_whole(verify(chain, vouch), folder)
            chains[connector.id] = chain.files
    grants = (grant for grant in catalog.grants if not grant.has_ended(now))
    return find_seen_grants(catalog, grants, chains)
