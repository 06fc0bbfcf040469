"""Where a new repository's workflows install the tool from."""

import json
import zipfile

import pytest

from reconciler.cli.commands.init import find_installation, parse_install_record
from reconciler.model.errors import UsageError
from reconciler.policy.tool_pin import DISTRIBUTION, UNKNOWN, requirement
from tests.unit.policy.test_tool_pin import COMMIT, HASH, WHEEL

GIT = f"git+https://github.com/acme/reconciler@{COMMIT}"


def test_a_source_that_is_fixed_is_taken_as_it_is():
    """Nothing has to lie beside it."""
    found = find_installation(GIT)
    assert (found.line, found.files, found.is_known) == (f"{DISTRIBUTION} @ {GIT}", {}, True)


def test_a_wheel_that_was_built_here_is_taken_along(tmp_path):
    """The repository's own history fixes it, and no host is asked."""
    with zipfile.ZipFile(tmp_path / WHEEL, "w") as archive:
        archive.writestr("reconciler/__init__.py", "")
    found = find_installation(str(tmp_path / WHEEL))
    assert found.line == f"./.github/{WHEEL}"
    assert found.files == {f".github/{WHEEL}": (tmp_path / WHEEL).read_bytes()}


@pytest.mark.parametrize("name", [WHEEL, "other-1.0-py3-none-any.whl", "missing.whl", ""])
def test_a_file_that_is_no_wheel_of_the_tool_is_refused(tmp_path, name):
    """By its name, and by what is in it."""
    if name and name != "missing.whl":
        (tmp_path / name).write_text("no archive")
    with pytest.raises(UsageError) as caught:
        find_installation(str(tmp_path / name))
    assert caught.value.code == "option-invalid"


def test_a_checkout_comes_from_nowhere_that_could_be_named():
    """Its commit may be nobody else's; a placeholder says so, and never a name in an index."""
    found = find_installation(None)
    assert (found.line, found.is_known) == (UNKNOWN, False)


@pytest.mark.parametrize(
    ("expected", "record"),
    [
        (
            GIT,
            {
                "url": "https://github.com/acme/reconciler",
                "vcs_info": {"vcs": "git", "commit_id": COMMIT, "requested_revision": "main"},
            },
        ),
        (
            f"https://example.com/{WHEEL}#sha256={HASH}",
            {
                "url": f"https://example.com/{WHEEL}",
                "archive_info": {"hash": f"sha256={HASH}", "hashes": {"sha256": HASH}},
            },
        ),
        ("", {"url": "file:///src", "dir_info": {"editable": True}}),
        ("", {"url": f"https://example.com/{WHEEL}", "archive_info": {}}),
        ("", {"vcs_info": 3, "url": 4}),
        ("", []),
        ("", None),
    ],
)
def test_the_installers_record_says_where_this_one_came_from(expected, record):
    """PEP 610: a commit, or a file and its hash; everything else is not fixed."""
    assert expected == parse_install_record(json.dumps(record))


@pytest.mark.parametrize("record", ["", "{", "\x00"])
def test_a_record_that_is_none_says_nothing(record):
    """From an index, there is none at all."""
    assert parse_install_record(record) == ""


def test_what_lies_on_this_machine_alone_is_no_source():
    """A runner has neither this folder nor this file."""
    local = json.dumps({"url": "file:///src", "vcs_info": {"vcs": "git", "commit_id": COMMIT}})
    assert requirement(parse_install_record(local)) is None
