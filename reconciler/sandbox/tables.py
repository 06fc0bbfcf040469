"""The tables of an org.

Numbers (`no`) tie the tables together, and pages of rules and apps walk along them; AUTOINCREMENT
because a number that came back would put a new row behind a cursor that has already passed it.
Memberships hold the id of their user besides, because their pages walk along the ids.
"""

import sqlite3
import zlib
from typing import Final

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


def is_seeded(connection: sqlite3.Connection) -> bool:
    """Whether the file holds an org whose tables are these; an older one is seeded anew."""
    found = connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'settings'").fetchone()
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    return found is not None and version == _VERSION


def make(connection: sqlite3.Connection) -> None:
    """All tables are there and empty."""
    for name, columns in _TABLES.items():
        connection.execute(f"DROP TABLE IF EXISTS {name}")
        kind = " WITHOUT ROWID" if name == "members" else ""
        connection.execute(f"CREATE TABLE {name} ({columns}){kind}")
    connection.execute(f"PRAGMA user_version = {_VERSION}")


def index(connection: sqlite3.Connection) -> None:
    """All indexes are there; made after the rows, which is several times as fast."""
    for name, columns in _INDEXES.items():
        connection.execute(f"CREATE INDEX {name} ON {columns}")
