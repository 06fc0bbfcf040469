"""The one SQLite connection of an org: short reads, and writes that never meet halfway."""

import os
import sqlite3
import time
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from threading import RLock
from typing import Any, Final, TypeAlias

from reconciler.sandbox.api_errors import SandboxError

SqlRow: TypeAlias = tuple[Any, ...]
"""What sqlite3 gives back; each query knows the types of its own columns."""

_LOCK_TIMEOUT_S = 30.0
_ATTEMPTS = 100


_TABLES: Final = {
    "settings": "epoch REAL, wall REAL, rate_limit TEXT, org BLOB, world BLOB",
    "options": "body BLOB",
    "users": """no INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT UNIQUE, login_lower TEXT UNIQUE,
        email_lower TEXT, first_lower TEXT, last_lower TEXT, status TEXT, before TEXT, roles BLOB,
        targets BLOB, body BLOB""",
    "groups": """no INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT UNIQUE, name_lower TEXT, type TEXT,
        body BLOB""",
    "members": """group_no INTEGER, user_id TEXT, user_no INTEGER,
        PRIMARY KEY (group_no, user_id)""",
    "later": "due REAL, user_no INTEGER UNIQUE, status TEXT, event BLOB, author BLOB",
    "past_users": "at REAL, user_no INTEGER, id TEXT, body BLOB",
    "group_roles": "group_id TEXT, role TEXT",
    "changes": "at REAL, group_no INTEGER, user_no INTEGER, is_added INTEGER",
    "touches": "due REAL, at TEXT, group_no INTEGER",
    "tokens": "id TEXT UNIQUE, name TEXT, value TEXT UNIQUE, owner TEXT, status TEXT,"
    " share INTEGER, created TEXT, zones BLOB",
    "clients": "id TEXT UNIQUE, body BLOB, origin TEXT, private_key TEXT",
    "custom_roles": "principal TEXT UNIQUE, body BLOB",
    "access_tokens": """hash TEXT UNIQUE, id TEXT, client_id TEXT, scopes BLOB, expires REAL,
        thumbprint TEXT, is_revoked INTEGER""",
    "used": "name TEXT UNIQUE, until REAL",
    "nonces": "value TEXT UNIQUE, at REAL",
    "faults": "no INTEGER PRIMARY KEY AUTOINCREMENT, body BLOB, left INTEGER, skip INTEGER",
    "log": "no INTEGER PRIMARY KEY AUTOINCREMENT, at INTEGER, body BLOB",
    "rules": """no INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT UNIQUE, name TEXT, status TEXT,
        listed TEXT, body BLOB""",
    "fed": """group_no INTEGER, user_no INTEGER, rule_no INTEGER,
        UNIQUE (group_no, user_no, rule_no)""",
    "apps": """no INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT UNIQUE, label TEXT, name TEXT,
        status TEXT, body BLOB""",
    "app_groups": "app_no INTEGER, group_no INTEGER, at TEXT, UNIQUE (app_no, group_no)",
    "app_users": "app_no INTEGER, user_no INTEGER, at TEXT, UNIQUE (app_no, user_no)",
    "former_groups": "at REAL, group_no INTEGER, id TEXT, body BLOB",
}
_INDEXES: Final = {
    "users_email": "users (email_lower)",
    "users_status": "users (status, id)",
    "groups_name": "groups (name_lower, id)",
    "members_user": "members (user_no)",
    "past_users_at": "past_users (at)",
    "changes_group": "changes (group_no, at)",
    "fed_user": "fed (user_no)",
    "log_at": "log (at)",
}
_VERSION: Final = zlib.crc32(repr((_TABLES, _INDEXES)).encode()) & 0x7FFF_FFFF
"""Changes with the tables, so that a file of another release is not misread."""


class Database:
    """A file that several processes share, or memory when there is no path."""

    def __init__(self, path: Path | None) -> None:
        if path is not None:
            _create_file(path)
        # The threads of one process (a served org and its test) share the connection under a lock.
        self._lock = RLock()
        self._connection = sqlite3.connect(
            path or ":memory:",
            timeout=_LOCK_TIMEOUT_S,
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

    def rows(self, sql: str, parameters: Sequence[object] = ()) -> list[SqlRow]:
        """All rows of a query."""
        with self._lock:
            return self._connection.execute(sql, parameters).fetchall()

    def first(self, sql: str, parameters: Sequence[object] = ()) -> SqlRow | None:
        """The first row of a query, if there is one."""
        with self._lock:
            row: SqlRow | None = self._connection.execute(sql, parameters).fetchone()
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


def is_seeded(connection: sqlite3.Connection) -> bool:
    """Whether the file holds an org whose tables are these; an older one is seeded anew."""
    found = connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'settings'").fetchone()
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    return found is not None and version == _VERSION


def create_tables(connection: sqlite3.Connection) -> None:
    """All tables are there and empty."""
    for name, columns in _TABLES.items():
        connection.execute(f"DROP TABLE IF EXISTS {name}")
        kind = " WITHOUT ROWID" if name == "members" else ""
        connection.execute(f"CREATE TABLE {name} ({columns}){kind}")
    connection.execute(f"PRAGMA user_version = {_VERSION}")


def create_indexes(connection: sqlite3.Connection) -> None:
    """All indexes are there; made after the rows, which is several times as fast."""
    for name, columns in _INDEXES.items():
        connection.execute(f"CREATE INDEX {name} ON {columns}")


def _create_file(path: Path) -> None:
    """The file is there, for its owner only: it holds the sandbox's tokens."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))


def _use_wal(connection: sqlite3.Connection) -> None:
    """Readers and the writer do not wait for each other.

    SQLite does not wait for the lock that the switch needs, so two processes that open a new
    file at once must try again.
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
