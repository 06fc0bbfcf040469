"""The org's time."""

from reconciler.sandbox import Sandbox
from reconciler.sandbox.storage.clock import Clock
from reconciler.sandbox.storage.database import Database


def test_an_org_that_is_not_seeded_has_no_time_of_its_own(tmp_path):
    """Its clock is the one on the wall."""
    database = Database(tmp_path / "x.db")
    with database.write() as connection:
        connection.execute("CREATE TABLE settings (epoch REAL, wall REAL)")
    assert Clock(database=database, wall=lambda: 7.0).seconds() == 7.0
    database.close()


def test_two_objects_agree_on_the_time(tmp_path, world, wall):
    """The instant of the seed lies in the file."""
    path = tmp_path / "org.db"
    with Sandbox.open(path, world=world, wall=lambda: wall.seconds) as one:
        wall.seconds += 30
        with Sandbox.open(path, wall=lambda: wall.seconds) as two:
            assert one.now() == two.now()


def test_a_signed_instant_is_judged_by_the_clock_that_it_was_read_from(tmp_path):
    """The org's, or the machine's where that is nearer."""
    database = Database(tmp_path / "x.db")
    with database.write() as connection:
        connection.execute("CREATE TABLE settings (epoch REAL, wall REAL)")
        connection.execute("INSERT INTO settings VALUES (1000000.0, 7.0)")
    clock = Clock(database=database, wall=lambda: 17.0)
    assert clock.nearest(999_000.0) == clock.seconds() == 1_000_010.0
    assert clock.nearest(0.0) == 17.0
    database.close()
