"""The tables of an org.

Numbers (`no`) are the keys that pages walk along; AUTOINCREMENT because a number that came
back would put a new row behind a cursor that has already passed it.
"""

import sqlite3
from typing import Final

_TABLES: Final = {
    "settings": "epoch REAL, wall REAL, rate_limit TEXT, org BLOB, world BLOB",
    "users": """no INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT UNIQUE, login_lower TEXT UNIQUE,
        email_lower TEXT, first_lower TEXT, last_lower TEXT, status TEXT, roles BLOB, body BLOB""",
    "groups": """no INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT UNIQUE, name_lower TEXT, type TEXT,
        body BLOB""",
    "members": "group_no INTEGER, user_no INTEGER, PRIMARY KEY (group_no, user_no)",
    "changes": "at REAL, group_no INTEGER, user_no INTEGER, is_added INTEGER",
    "tokens": "id TEXT UNIQUE, name TEXT, value TEXT UNIQUE, owner TEXT, status TEXT",
    "declared": "kind TEXT, id TEXT UNIQUE, name TEXT, status TEXT, body BLOB",
    "faults": "no INTEGER PRIMARY KEY AUTOINCREMENT, body BLOB, left INTEGER, skip INTEGER",
    "log": "no INTEGER PRIMARY KEY AUTOINCREMENT, body BLOB",
}
_INDEXES: Final = {
    "users_email": "users (email_lower)",
    "users_status": "users (status)",
    "groups_name": "groups (name_lower)",
    "members_user": "members (user_no)",
    "changes_group": "changes (group_no, at)",
}


def is_seeded(connection: sqlite3.Connection) -> bool:
    """Whether the file holds an org."""
    found = connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'settings'").fetchone()
    return found is not None


def make(connection: sqlite3.Connection) -> None:
    """All tables are there and empty."""
    for name, columns in _TABLES.items():
        connection.execute(f"DROP TABLE IF EXISTS {name}")
        kind = " WITHOUT ROWID" if name == "members" else ""
        connection.execute(f"CREATE TABLE {name} ({columns}){kind}")


def index(connection: sqlite3.Connection) -> None:
    """All indexes are there; made after the rows, which is several times as fast."""
    for name, columns in _INDEXES.items():
        connection.execute(f"CREATE INDEX {name} ON {columns}")
