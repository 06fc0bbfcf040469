"""Which grants Okta was seen to show, by the evidence of past runs: a door asks no org itself."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from reconciler.catalog.digest import catalog_digest
from reconciler.evidence.grants import grant_outcomes, newest_run
from reconciler.evidence.line_format import RunFile
from reconciler.model.catalog import Binding, Catalog, Grant, bindings_of
from reconciler.model.evidence import PastGrant, PastRun
from reconciler.model.ids import ConnectorId
from reconciler.planning.refs import grant_hash

__all__ = ["bindings_in_use", "find_seen_grants"]


@dataclass(frozen=True, slots=True)
class _Past:
    """What one connector's runs say."""

    outcomes: Mapping[str, PastGrant]
    newest: PastRun | None
    settled: frozenset[str]

    def find(self, grant: Grant, binding: Binding) -> PastGrant | None:
        """The newest word; whom no line was about was there where nothing was left open."""
        run = self.newest
        is_settled = run is not None and binding.name in self.settled
        if run is not None and is_settled and grant.validity.is_live(run.started_at):
            return PastGrant(at=run.started_at, is_done=True)
        return self.outcomes.get(grant_hash(grant))


def find_seen_grants(
    catalog: Catalog, grants: Iterable[Grant], chains: Mapping[ConnectorId, tuple[RunFile, ...]]
) -> Mapping[Grant, PastGrant]:
    """What became of each of the grants, in every group that it fills; without a word, it is out.

    `chains` are the runs of each connector, and hold together.
    """
    digest = catalog_digest(catalog)
    past = {name: _read(files, digest) for name, files in chains.items()}
    found = {grant: _join(catalog, grant, past) for grant in grants}
    return {grant: word for grant, word in found.items() if word is not None}


def _read(files: tuple[RunFile, ...], digest: str) -> _Past:
    newest = newest_run(files, digest)
    settled = frozenset(name for name, _ in newest.settled) if newest else frozenset[str]()
    return _Past(grant_outcomes(files), newest, settled)


def _join(catalog: Catalog, grant: Grant, past: Mapping[ConnectorId, _Past]) -> PastGrant | None:
    """Done where each connector says so; of those that do not, the newest says why."""
    words = [
        past[binding.connector].find(grant, binding) if binding.connector in past else None
        for binding in bindings_in_use(catalog, grant)
    ]
    missing = [word for word in words if word is not None and not word.is_done]
    if missing:
        return max(missing, key=lambda word: word.at)
    known = [word for word in words if word is not None]
    return max(known, key=lambda w: w.at) if known and len(known) == len(words) else None


def bindings_in_use(catalog: Catalog, grant: Grant) -> list[Binding]:
    """Those that give what the grant says; none where people hand it out."""
    return [
        binding
        for connector in catalog.connectors.values()
        if not connector.disabled
        for binding in bindings_of(catalog, connector.id)
        if (binding.tool, binding.entitlement) == (grant.tool, grant.entitlement)
        and not binding.retired
    ]
