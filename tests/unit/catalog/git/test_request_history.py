"""When a request for an account came onto the branch."""

from datetime import UTC, datetime, timedelta

import pytest

from reconciler.catalog.git import repository as git_module
from reconciler.catalog.git.repository import Repository
from reconciler.catalog.git.request_history import RequestHistory
from reconciler.catalog.load import load_and_judge
from reconciler.model.accounts import AccountPart
from reconciler.planning.refs import account_hash
from reconciler.policy.sample import ACCOUNT, ACCOUNTS
from tests.support.catalogs import SOUND, write
from tests.support.repository import committed, git

NOW = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)
ASKED = datetime(2026, 11, 20, 8, 0, tzinfo=UTC)
STATE = ACCOUNT.partition("unlock:")[0]
UNLOCK = "user: joe@example.com\nunlock:" + ACCOUNT.partition("unlock:")[2]


@pytest.fixture
def branch(tmp_path, monkeypatch):
    """Commits files of the catalog at an instant; None takes one away."""

    def commit(at, **files):
        monkeypatch.setenv("GIT_COMMITTER_DATE", f"{at:%Y-%m-%dT%H:%M:%S}+0000")
        for name, text in files.items():
            path = f"users/{name}.yaml"
            if text is None:
                (tmp_path / "catalog" / path).unlink()
            else:
                write(tmp_path, {path: text})
        return committed(tmp_path, str(at))

    write(tmp_path, {**SOUND, **ACCOUNTS, "users/joe.yaml": STATE})
    commit(datetime(2026, 11, 1, tzinfo=UTC))
    return commit


def merged(folder, now=NOW):
    """When each request came, by its part."""
    accounts = load_and_judge(folder / "catalog", display="catalog").catalog.accounts
    repository = Repository.around(folder / "catalog")
    found = RequestHistory(repository, repository.commit("HEAD")).find_merges(accounts, now)
    keys = {account_hash(a, part): part for a in accounts for part, _ in a.requests}
    assert found.keys() <= keys.keys()
    return {keys[key]: at for key, at in found.items()}


def after(**passed):
    """An instant after the request."""
    return ASKED + timedelta(**passed)


def test_a_request_came_with_the_commit_that_first_said_so(tmp_path, branch):
    """Whatever the commits before and after it did to other files."""
    branch(after(minutes=5), ann=STATE.replace("joe", "ann"))
    branch(after(minutes=30), joe=ACCOUNT)
    branch(after(hours=2), ann=STATE.replace("joe", "ann").replace("laptop", "phone"))
    assert merged(tmp_path) == {AccountPart.UNLOCK: after(minutes=30)}


def test_the_commit_of_a_merge_is_its_time(tmp_path, branch):
    """Not that of the branch, which may have waited for its review."""
    branch(after(minutes=1))
    git(tmp_path, "switch", "-q", "-c", "change")
    branch(after(minutes=10), joe=ACCOUNT)
    git(tmp_path, "switch", "-q", "main")
    branch(after(minutes=20), ann=STATE.replace("joe", "ann"))
    branch(after(hours=5))  # sets the date of the merge
    git(tmp_path, "merge", "-q", "--no-ff", "-m", "merge", "change")
    assert merged(tmp_path) == {AccountPart.UNLOCK: after(hours=5)}


@pytest.mark.parametrize(
    "files",
    [
        {"joe": ACCOUNT.replace("laptop stolen", "laptop lost")},
        {"joe": ACCOUNT.replace("locked out", "locked out on a journey")},
        {"joe": "# read me\n" + ACCOUNT},
        {"joe": UNLOCK},
        {"joe": None, "people": "users:\n  - " + ACCOUNT.replace("\n", "\n    ").rstrip() + "\n"},
        {"joe": ACCOUNT.replace("joe@", "JOE@")},
    ],
)
def test_a_request_that_is_moved_or_written_otherwise_is_no_newer(tmp_path, branch, files):
    """What was asked for, by whom it was agreed, and of whom, makes it one."""
    branch(after(minutes=30), joe=ACCOUNT)
    branch(after(hours=20), **files)
    assert merged(tmp_path) == {AccountPart.UNLOCK: after(minutes=30)}


def test_a_request_that_was_taken_back_and_made_again_came_at_first(tmp_path, branch):
    """It is the same request."""
    branch(after(minutes=30), joe=ACCOUNT)
    branch(after(hours=2), joe=STATE)
    branch(after(hours=20), joe=ACCOUNT)
    assert merged(tmp_path) == {AccountPart.UNLOCK: after(minutes=30)}


def test_another_instant_or_approval_makes_another_request(tmp_path, branch):
    """Asking again is agreed to again."""
    branch(after(minutes=30), joe=ACCOUNT)
    branch(after(hours=20), joe=ACCOUNT.replace("T08:00Z", "T20:00Z").replace("IT-1", "IT-2"))
    assert merged(tmp_path) == {AccountPart.UNLOCK: after(hours=20)}


def test_each_part_came_by_itself(tmp_path, branch):
    """A reset that is asked for later does not renew the unlock."""
    reset = "password_reset:" + ACCOUNT.partition("unlock:")[2]
    branch(after(minutes=30), joe=ACCOUNT)
    branch(after(hours=3), joe=ACCOUNT + reset)
    assert merged(tmp_path) == {
        AccountPart.UNLOCK: after(minutes=30),
        AccountPart.PASSWORD_RESET: after(hours=3),
    }


def test_a_request_that_no_commit_holds_has_not_come(tmp_path, branch):
    """Nor one that was committed only as a file that nobody reads."""
    branch(after(minutes=30), **{"notes/joe": ACCOUNT})
    (tmp_path / "catalog/users/notes/joe.yaml").unlink()
    write(tmp_path, {"users/joe.yaml": ACCOUNT})
    assert merged(tmp_path) == {}


def test_one_that_stood_there_before_it_is_said_to_be_asked_is_not_dated(tmp_path, branch):
    """A later edit of its file does not make it one of that day."""
    branch(ASKED - timedelta(days=3), joe=ACCOUNT)
    branch(after(hours=1), joe=ACCOUNT.replace("laptop stolen", "laptop lost"))
    assert merged(tmp_path) == {}


def test_a_clock_that_is_a_little_behind_changes_nothing(tmp_path, branch):
    """Who commits and who writes the instant have clocks of their own."""
    branch(ASKED - timedelta(minutes=20), joe=ACCOUNT)
    assert merged(tmp_path) == {AccountPart.UNLOCK: ASKED - timedelta(minutes=20)}


def test_a_commit_that_claims_a_time_to_come_makes_no_request_newer(tmp_path, branch):
    """It lapses as if it had come with the commit before."""
    branch(after(minutes=10), ann=STATE.replace("joe", "ann"))
    branch(NOW + timedelta(days=30), joe=ACCOUNT)
    assert merged(tmp_path) == {AccountPart.UNLOCK: after(minutes=10)}


def test_what_was_asked_long_ago_is_a_record(tmp_path, branch):
    """No plan speaks of it any more, so its day is not looked for."""
    branch(after(minutes=30), joe=ACCOUNT)
    branch(after(days=20), joe=ACCOUNT.replace("laptop stolen", "laptop lost"))
    assert merged(tmp_path, NOW + timedelta(days=21)) == {}


def test_more_commits_than_are_read_at_once_are_all_looked_at(tmp_path, branch):
    """The request is behind them."""
    branch(after(minutes=30), joe=ACCOUNT)
    for number in range(70):
        branch(after(hours=1, minutes=number), joe=f"# {number}\n{ACCOUNT}")
    assert merged(tmp_path) == {AccountPart.UNLOCK: after(minutes=30)}


def test_a_version_that_cannot_be_read_says_nothing(tmp_path, branch):
    """It was refused when it came."""
    branch(after(minutes=30), joe=ACCOUNT + "more: [\n")
    branch(after(hours=1), joe=ACCOUNT + "more: 1\n")
    branch(after(hours=2), joe=ACCOUNT)
    assert merged(tmp_path) == {AccountPart.UNLOCK: after(hours=2)}


def test_only_versions_since_the_request_are_read(tmp_path, branch, monkeypatch):
    """And without a request, git is not asked at all."""
    for day in range(2, 12):
        branch(datetime(2026, 11, day, tzinfo=UTC), joe=f"# {day}\n{STATE}")
    branch(after(minutes=30), joe=ACCOUNT)
    asked = []
    run = git_module.run_git

    def counted(top, *words, **more):
        asked.append((words[0], (more.get("stdin") or b"").count(b"\n")))
        return run(top, *words, **more)

    monkeypatch.setattr(git_module, "run_git", counted)
    assert merged(tmp_path) == {AccountPart.UNLOCK: after(minutes=30)}
    assert [n for word, n in asked if word == "cat-file"] == [2]
    asked.clear()
    repository = Repository.around(tmp_path / "catalog")
    accounts = ()
    assert RequestHistory(repository, "HEAD").find_merges(accounts, NOW) == {}
    assert [word for word, _ in asked if word in {"log", "cat-file"}] == []
