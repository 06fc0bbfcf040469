"""What stood on the branch, and when: which access was ever given by it, and which groups bound.

A change that writes an end into a grant ends no access by that alone: a grant counts as ended where
a version of it held while the branch had it. Commits give the time.
"""

from collections.abc import Generator, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime

from reconciler.catalog import decode
from reconciler.catalog.files import MAX_BYTES
from reconciler.catalog.git.log import Edit, date_edits
from reconciler.catalog.git.repository import Repository
from reconciler.catalog.schema.check import Item, check_form
from reconciler.catalog.schema.kinds import BY_FOLDER, Kind
from reconciler.catalog.yaml.reader import read_yaml
from reconciler.model.catalog import BindGroup, Binding, Grant
from reconciler.model.ids import EntitlementId, login_key
from reconciler.model.validity import Validity

__all__ = ["Access", "BranchHistory", "access_of", "group_key", "read_items"]

Access = tuple[str, str, str]
"""A tool, an entitlement and a subject's key."""
Bound = tuple[str, str]
"""A binding's name, and what its group is known by."""

_WINDOW = 32
"""Versions of a file that are read at once."""
_BATCH = 500
"""Contents that are in memory at once."""
_GRANTS, _BINDINGS = BY_FOLDER["grants"], BY_FOLDER["bindings"]
_EVER = datetime.min.replace(tzinfo=UTC)
_NEVER = datetime.max.replace(tzinfo=UTC)

_Asking = Generator[frozenset[str], None, frozenset[Access]]


def access_of(grant: Grant) -> Access:
    """Who has what by the grant, whatever its days and its approval."""
    return (grant.tool, grant.entitlement, login_key(grant.subject))


def group_key(binding: Binding) -> str:
    """What the binding's group is known by: its id, or the name under which it is made."""
    group = binding.group
    return group.id if isinstance(group, BindGroup) else f"new:{group.name}"


@dataclass(slots=True)
class BranchHistory:
    """The first-parent history of a commit; `display` is how messages name the catalog's folder."""

    repository: Repository
    head: str
    display: str
    only: Mapping[str, EntitlementId]
    """The entitlement that a grant means which names none, by tool."""
    _edits: list[Edit] = field(default_factory=list, repr=False)
    _earliest: list[datetime] = field(default_factory=list, repr=False)
    _latest: list[datetime] = field(default_factory=list, repr=False)
    """When each edit was made at the earliest and at the latest."""
    _places: dict[str, list[int]] = field(default_factory=dict, repr=False)
    """The edits of each file, newest first, as their places in the log."""
    _held: dict[str, tuple[tuple[Access, Validity], ...]] = field(default_factory=dict, repr=False)

    def find_past_access(self, grants: Iterable[Grant], now: datetime) -> frozenset[Access]:
        """Of the access that these grants of the commit are about: what held while it stood there.

        Raises `StoreError` where git fails.
        """
        self._read_log(now)
        wanted: dict[str, set[Access]] = {}
        for grant in grants:
            wanted.setdefault(self._path(grant), set()).add(access_of(grant))
        every = frozenset[Access]().union(*wanted.values())
        asking = [self._follow(path, frozenset(each), now) for path, each in wanted.items()]
        found: set[Access] = set()
        while asking:
            needed: set[str] = set()
            for one in list(asking):
                try:
                    needed |= next(one)
                except StopIteration as end:
                    found |= end.value
                    asking.remove(one)
            self._load(needed, every)
        return frozenset(found)

    def find_bound_groups(self) -> frozenset[Bound]:
        """Every binding with each group that it bound without being retired."""
        edits = self.repository.read_edits(self.head, _BINDINGS.plural)
        blobs = {new for edit in edits for _, new in edit.files.values() if new}
        found: set[Bound] = set()
        for content in self._contents(blobs):
            bindings = (
                decode.decode_binding(i.data, i.origin) for i in read_items(_BINDINGS, content[1])
            )
            found |= {(b.name, group_key(b)) for b in bindings if not b.retired}
        return frozenset(found)

    def _read_log(self, now: datetime) -> None:
        self._edits = list(self.repository.read_edits(self.head, _GRANTS.plural))
        self._earliest, self._latest = date_edits(self._edits, now)
        for place, edit in enumerate(self._edits):
            for path in edit.files:
                self._places.setdefault(path, []).append(place)

    def _path(self, grant: Grant) -> str:
        """The grant's file below the catalog folder."""
        shown = grant.origin.path if grant.origin else ""
        return shown.removeprefix(f"{self.display}/")

    def _follow(self, path: str, wanted: frozenset[Access], now: datetime) -> _Asking:
        """Back through a file's versions, and those of the files it was moved from.

        Yields the objects it has to look into next.
        """
        found: set[Access] = set()
        pending = [(path, 0, now)]
        while pending and not wanted <= found:
            path, start, until = pending.pop()
            places = [place for place in self._places.get(path, ()) if place >= start]
            for step in range(0, len(places), _WINDOW):
                window = places[step : step + _WINDOW]
                yield frozenset(n for p in window if (n := self._edits[p].files[path][1]))
                for place in window:
                    since = min(self._latest[place], until)
                    old, new = self._edits[place].files[path]
                    found |= self._access_held_in(new, since, until) & wanted
                    until = min(self._earliest[place], until)
                    if old is None:
                        moved = yield from self._sources(place, wanted - found)
                        pending += [(source, place + 1, until) for source in moved]
        return frozenset(found)

    def _access_held_in(self, blob: str | None, since: datetime, until: datetime) -> set[Access]:
        held = self._held[blob] if blob else ()
        return {what for what, validity in held if _overlaps(validity, since, until)}

    def _sources(
        self, place: int, wanted: frozenset[Access]
    ) -> Generator[frozenset[str], None, list[str]]:
        """The files that the same commit took the access out of, or may have."""
        before = {path: old for path, (old, _) in self._edits[place].files.items() if old}
        if not wanted or not before:
            return []
        yield frozenset(before.values())
        return [
            path
            for path, old in before.items()
            if not wanted.isdisjoint(what for what, _ in self._held[old])
        ]

    def _load(self, blobs: set[str], wanted: frozenset[Access]) -> None:
        for blob, content in self._contents(blobs - self._held.keys()):
            items = read_items(_GRANTS, content)
            grants = (decode.decode_grant(item.data, item.origin, self.only) for item in items)
            dated = ((access_of(grant), grant.validity) for grant in grants)
            self._held[blob] = tuple(each for each in dated if each[0] in wanted)

    def _contents(self, blobs: set[str]) -> Iterable[tuple[str, bytes]]:
        ordered = sorted(blobs)
        for start in range(0, len(ordered), _BATCH):
            yield from self.repository.read_contents(ordered[start : start + _BATCH]).items()


def read_items(kind: Kind, content: bytes) -> list[Item]:
    """The objects in a file; none where it cannot be read whole."""
    if len(content) > MAX_BYTES:
        return []
    document = read_yaml(content, kind.plural)
    judged = check_form(kind, document, "")
    return judged.items if document.is_whole and not judged.is_lossy else []


def _overlaps(validity: Validity, since: datetime, until: datetime) -> bool:
    """Whether the grant held at some time between the two."""
    begins, ends = validity.starts_at or _EVER, validity.ends_at or _NEVER
    return max(begins, since) < min(ends, until)
