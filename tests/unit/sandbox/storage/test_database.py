"""One file, several processes."""

import stat
import subprocess
import sys

import pytest

from reconciler.sandbox import Sandbox, World
from reconciler.sandbox.storage.database import Database

WRITER = """
import sys
from pathlib import Path
from reconciler.sandbox import Sandbox, generate_world
world = generate_world(users=20, groups=1, members=0)
with Sandbox.open(Path(sys.argv[1]), world=world) as org:
    for user in [user for user in org.users() if user.status == "ACTIVE"][:10]:
        for _ in range(10):
            org.add_member("group-00000", user.login)
            org.remove_member("group-00000", user.login)
"""


@pytest.mark.slow
def test_processes_that_write_at_once_wait_for_each_other(tmp_path):
    """All open a file that is not there yet; none finds it locked."""
    path = tmp_path / "deep" / "org.db"
    running = [
        subprocess.Popen([sys.executable, "-c", WRITER, str(path)], stderr=subprocess.PIPE)
        for _ in range(3)
    ]
    for process in running:
        _, errors = process.communicate(timeout=60)
        assert (process.returncode, errors) == (0, b"")
    with Sandbox.open(path) as org:
        events = [row.event for row in org.log()]
    assert events.count("group.user_membership.add") >= 100
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_failed_write_leaves_nothing(tmp_path):
    """The transaction is undone."""
    database = Database(tmp_path / "x.db")
    with database.write() as connection:
        connection.execute("CREATE TABLE t (x)")

    def half():
        with database.write() as connection:
            connection.execute("INSERT INTO t VALUES (1)")
            raise KeyError

    with pytest.raises(KeyError):
        half()
    assert database.first("SELECT x FROM t") is None
    database.close()


def test_two_objects_see_one_org(tmp_path):
    """Plan and apply are two processes."""
    path = tmp_path / "org.db"
    with Sandbox.open(path, world=World()) as one, Sandbox.open(path) as two:
        assert one.org_id == two.org_id
        assert abs(one.now() - two.now()).total_seconds() < 60
