"""The one SQLite connection of an org: short reads, and writes that never meet halfway."""

import os
import sqlite3
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from threading import RLock
from typing import Any, TypeAlias

from reconciler.sandbox.errors import SandboxError

Row: TypeAlias = tuple[Any, ...]
"""What sqlite3 gives back; each query knows the types of its own columns."""

_PATIENCE_S = 30.0
_ATTEMPTS = 100


class Database:
    """A file that several processes share, or memory when there is no path."""

    def __init__(self, path: Path | None) -> None:
        if path is not None:
            _make(path)
        # The threads of one process (a served org and its test) share the connection under a lock.
        self._lock = RLock()
        self._connection = sqlite3.connect(
            path or ":memory:",
            timeout=_PATIENCE_S,
            isolation_level=None,
            check_same_thread=False,
        )
        if path is not None:
            self._share(path)

    def _share(self, path: Path) -> None:
        """The file is ready for several processes; one that is no database is refused."""
        try:
            _use_wal(self._connection)
        except sqlite3.DatabaseError as error:
            self._connection.close()
            if isinstance(error, sqlite3.OperationalError):
                raise
            raise SandboxError(f"{path} is not a sandbox file") from error

    def close(self) -> None:
        """The connection is closed; closing twice is fine."""
        with self._lock:
            self._connection.close()

    def rows(self, sql: str, parameters: Sequence[object] = ()) -> list[Row]:
        """All rows of a query."""
        with self._lock:
            return self._connection.execute(sql, parameters).fetchall()

    def first(self, sql: str, parameters: Sequence[object] = ()) -> Row | None:
        """The first row of a query, if there is one."""
        with self._lock:
            row: Row | None = self._connection.execute(sql, parameters).fetchone()
            return row

    @contextmanager
    def write(self) -> Iterator[sqlite3.Connection]:
        """A transaction that holds the write lock from its start; an exception undoes it.

        A deferred one would take the lock at its first write, and fail there when another
        process wrote in between.
        """
        with self._lock:
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                yield self._connection
            except BaseException:
                self._connection.execute("ROLLBACK")
                raise
            self._connection.execute("COMMIT")


def _make(path: Path) -> None:
    """The file is there, for its owner only: it holds the sandbox's tokens."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))


def _use_wal(connection: sqlite3.Connection) -> None:
    """Readers and the writer do not wait for each other.

    SQLite does not wait for the lock that the switch needs, so two processes that open a new
    file at once are told to try again.
    """
    for _ in range(_ATTEMPTS):
        try:
            connection.execute("PRAGMA journal_mode=WAL")
            connection.execute("PRAGMA synchronous=NORMAL")
        except sqlite3.OperationalError:
            time.sleep(0.02)
        else:
            return
    raise sqlite3.OperationalError("the sandbox's file stays locked")
