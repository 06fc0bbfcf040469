"""The tables of an org."""

import sqlite3
from contextlib import closing

from reconciler.sandbox.storage import database


def test_tables_are_made_anew():
    """What was in them is gone."""
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as connection:
        assert not database.is_seeded(connection)
        for _ in range(2):
            database.create_tables(connection)
            database.create_indexes(connection)
            assert connection.execute("SELECT count(*) FROM log").fetchone() == (0,)
            connection.execute("INSERT INTO log (body) VALUES ('x')")
        assert database.is_seeded(connection)


def test_a_file_with_other_tables_is_no_org_of_ours():
    """It is seeded anew, not misread."""
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as connection:
        database.create_tables(connection)
        connection.execute("PRAGMA user_version = 7")
        assert not database.is_seeded(connection)
