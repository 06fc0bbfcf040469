"""When each request for an account came onto the branch, from git's objects alone.

The first commit in which any file of `users/` said so counts, so that one which is moved, or
written otherwise in the same words, is no newer. What happened before the requests, or longer ago
than a plan speaks of one, is not read.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from reconciler.catalog import decode
from reconciler.catalog.files import kind_of
from reconciler.catalog.git.branch_history import read_items
from reconciler.catalog.git.log import Edit, date_edits
from reconciler.catalog.git.repository import Repository
from reconciler.catalog.schema.kinds import BY_FOLDER
from reconciler.model.accounts import AccountDeclaration
from reconciler.planning.refs import account_hash

__all__ = ["RequestHistory"]

_WINDOW = 32
"""Commits whose versions of files are read at once."""
_APART = timedelta(hours=1)
"""How far apart the clocks may be of who asks and who commits."""
_REACH = timedelta(days=8)
"""How far back it matters: a day more than a plan speaks of a request that was not carried out."""
_USERS = BY_FOLDER["users"]


@dataclass(slots=True)
class RequestHistory:
    """The first-parent history of a commit."""

    repository: Repository
    head: str
    _said: dict[str, frozenset[str]] = field(default_factory=dict, repr=False)
    """The hashes of the wanted requests in each object that was read."""

    def find_merges(
        self, accounts: Iterable[AccountDeclaration], now: datetime
    ) -> Mapping[str, datetime]:
        """By the hash of each request: when it came; not there, where that is not known.

        Raises `StoreError` where git fails.
        """
        asked = {key: at for declared in accounts for key, at in _list_requests(declared)}
        if not asked:
            return {}
        since = max(min(asked.values()) - _APART, now - _REACH)
        edits = [_keep_users(e) for e in self.repository.read_edits(self.head, _USERS.plural)]
        times, _ = date_edits(edits, now)
        recent = [edit for edit, at in zip(edits, times, strict=True) if at >= since]
        found: dict[str, datetime] = {}
        before: dict[str, frozenset[str]] = {}
        for start in range(0, len(recent), _WINDOW):
            window = recent[start : start + _WINDOW]
            self._read(window, frozenset(asked))
            for edit, at in zip(window, times[start:], strict=False):
                for path, (old, new) in edit.files.items():
                    found |= dict.fromkeys(self._said.get(new or "", ()), at)
                    before[path] = self._said.get(old or "", frozenset())
        older = frozenset[str]().union(*before.values())
        return {key: at for key, at in found.items() if key not in older}

    def _read(self, edits: Iterable[Edit], wanted: frozenset[str]) -> None:
        blobs = {blob for edit in edits for pair in edit.files.values() for blob in pair if blob}
        contents = self.repository.read_contents(blobs - self._said.keys())
        for blob, content in contents.items():
            declared = (
                decode.decode_account(item.data, item.origin)
                for item in read_items(_USERS, content)
            )
            self._said[blob] = wanted & {
                key for each in declared for key, _ in _list_requests(each)
            }


def _list_requests(declared: AccountDeclaration) -> Iterator[tuple[str, datetime]]:
    """Each request by its hash, with its instant."""
    for part, request in declared.requests:
        yield account_hash(declared, part), request.requested_at


def _keep_users(edit: Edit) -> Edit:
    """The edit without files that were not read as people's."""
    for path in [p for p in edit.files if kind_of(tuple(p.split("/"))) is not _USERS]:
        del edit.files[path]
    return edit
