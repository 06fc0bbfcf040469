"""A secret file is where the operator keeps secrets, and its owner's alone."""

import os

import pytest

from reconciler.cli.secrets.file import LARGEST, read_secret_file
from reconciler.model.errors import ConnectorError, GuardRefused

SECRET = b"a-very-secret-value"


@pytest.fixture
def folders(tmp_path):
    """The folder for secrets, with one in it, and a repository beside it."""
    secrets, repository = tmp_path / "secrets", tmp_path / "repository"
    for folder in (secrets / "okta-prod", repository):
        folder.mkdir(parents=True)
    for path in (secrets / "okta-prod" / "key", repository / "key", tmp_path / "key"):
        path.write_bytes(SECRET)
        path.chmod(0o600)
    return secrets, repository


def read(folders, name, folder=None):
    """The file's bytes."""
    secrets, repository = folders
    return read_secret_file(name, str(secrets) if folder is None else folder, repository)


def code_of(folders, name, folder=None):
    """Why the file is not read."""
    with pytest.raises((ConnectorError, GuardRefused)) as caught:
        read(folders, name, folder)
    assert SECRET.decode() not in caught.value.message + caught.value.hint
    return caught.value.code


@pytest.mark.parametrize("name", ["okta-prod/key", "okta-prod/../okta-prod/key"])
def test_a_path_is_taken_from_the_folder(folders, name):
    """The catalog need not know where the runner keeps secrets."""
    assert read(folders, name) == SECRET


def test_an_absolute_path_below_the_folder_is_as_good(folders):
    """It is the same file."""
    assert read(folders, str(folders[0] / "okta-prod" / "key")) == SECRET


@pytest.mark.parametrize("name", ["../key", "/etc/passwd", ".", "", "..", "okta-prod/../../key"])
def test_a_path_that_leads_out_of_the_folder_is_refused(folders, name):
    """A pull request must not choose any file of the runner."""
    assert code_of(folders, name) == "secret-not-allowed"


def test_a_link_that_leads_out_of_the_folder_is_refused(folders):
    """Resolved first, then judged."""
    (folders[0] / "link").symlink_to(folders[0].parent / "key")
    (folders[0] / "up").symlink_to(folders[0].parent)
    assert code_of(folders, "link") == "secret-not-allowed"
    assert code_of(folders, "up/key") == "secret-not-allowed"


def test_a_link_within_the_folder_is_followed(folders):
    """Kubernetes mounts secrets so."""
    (folders[0] / "link").symlink_to(folders[0] / "okta-prod" / "key")
    assert read(folders, "link") == SECRET


@pytest.mark.parametrize("folder", ["", "secrets", "./secrets"])
def test_without_an_absolute_folder_no_file_is_read(folders, folder):
    """A relative one would be the checkout's."""
    assert code_of(folders, "okta-prod/key", folder) == "secret-not-allowed"


def test_a_folder_inside_the_repository_is_refused(folders):
    """Whoever proposes a change could put a file there, or read it."""
    assert code_of(folders, "key", str(folders[1])) == "secret-not-allowed"
    assert code_of(folders, "repository/key", str(folders[1].parent)) == "secret-not-allowed"


@pytest.mark.parametrize("mode", [0o604, 0o644, 0o602, 0o620, 0o660, 0o666, 0o777, 0o640, 0o440])
def test_a_file_that_its_group_or_others_may_read_or_change_is_refused(folders, mode):
    """It is not a secret any more, or not the operator's."""
    (folders[0] / "okta-prod" / "key").chmod(mode)
    assert code_of(folders, "okta-prod/key") == "secret-file-exposed"


@pytest.mark.parametrize("mode", [0o600, 0o400])
def test_its_owner_may_read_it(folders, mode):
    """Nobody else has to."""
    (folders[0] / "okta-prod" / "key").chmod(mode)
    assert read(folders, "okta-prod/key") == SECRET


@pytest.mark.parametrize("mode", [0o777, 0o770, 0o720, 0o702])
@pytest.mark.parametrize("folder", ["secrets/okta-prod", "secrets", "."])
def test_a_folder_that_others_may_change_is_refused(folders, folder, mode):
    """They could put a key of theirs in the place of ours, anywhere on the way to it."""
    (folders[0].parent / folder).chmod(mode)
    assert code_of(folders, "okta-prod/key") == "secret-file-exposed"
    (folders[0].parent / folder).chmod(0o700)
    assert read(folders, "okta-prod/key") == SECRET


@pytest.mark.parametrize("mode", [0o1777, 0o755, 0o750, 0o700])
def test_a_folder_where_others_cannot_replace_our_file_is_as_good(folders, mode):
    """A sticky one is /tmp; others may look into the rest."""
    folders[0].chmod(mode)
    assert read(folders, "okta-prod/key") == SECRET


def test_a_link_to_the_folder_lies_in_a_folder_of_ours_too(folders, tmp_path):
    """Whoever can turn the link elsewhere chooses the secret."""
    shared = tmp_path / "shared"
    shared.mkdir()
    (shared / "link").symlink_to(folders[0])
    assert read(folders, "okta-prod/key", str(shared / "link")) == SECRET
    shared.chmod(0o777)
    assert code_of(folders, "okta-prod/key", str(shared / "link")) == "secret-file-exposed"


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a file away")
def test_a_file_or_folder_of_another_user_is_refused(folders):
    """They can change it whatever its mode says."""
    for path in (folders[0] / "okta-prod" / "key", folders[0] / "okta-prod"):
        os.chown(path, 1234, -1)
        assert code_of(folders, "okta-prod/key") == "secret-file-exposed"
        os.chown(path, 0, -1)


def test_what_is_no_regular_file_is_not_waited_for(folders):
    """A pipe would hang, and a folder has no bytes."""
    os.mkfifo(folders[0] / "pipe", 0o600)
    assert code_of(folders, "pipe") == "secret-file-invalid"
    assert code_of(folders, "okta-prod") == "secret-file-invalid"


@pytest.mark.parametrize("name", ["missing", "okta-prod/key/below", "x" * 5000, "a\0b"])
def test_a_file_that_is_not_there_is_missing(folders, name):
    """With the place to put it."""
    assert code_of(folders, name) == "secret-missing"


def test_a_link_that_leads_round_in_a_circle_is_missing(folders):
    """It names nothing."""
    (folders[0] / "round").symlink_to(folders[0] / "round")
    assert code_of(folders, "round") == "secret-missing"


def test_a_file_is_bounded(folders):
    """A secret is short; a device or a log is not one."""
    path = folders[0] / "okta-prod" / "key"
    path.write_bytes(b"x" * LARGEST)
    assert len(read(folders, "okta-prod/key")) == LARGEST
    path.write_bytes(b"x" * (LARGEST + 1))
    assert code_of(folders, "okta-prod/key") == "secret-file-invalid"
