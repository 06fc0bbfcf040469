"""The file of a rehearsal's private key."""

import pytest

from reconciler.cli.commands.sandbox_show import new_key_file
from reconciler.model.errors import StoreError


def test_the_file_is_new_and_its_owners_alone(tmp_path):
    """0600 from its first moment."""
    path = tmp_path / "key.pem"
    with new_key_file(path) as file:
        assert path.stat().st_mode & 0o777 == 0o600
        file.write("key")
    assert path.read_text(encoding="utf-8") == "key"


def test_a_link_is_not_followed(tmp_path):
    """It counts as a file that is there."""
    path = tmp_path / "key.pem"
    path.symlink_to(tmp_path / "elsewhere")
    with pytest.raises(StoreError) as caught, new_key_file(path):
        pass
    assert caught.value.code == "key-file-exists"
    assert not (tmp_path / "elsewhere").exists()


def test_nothing_stays_when_nothing_came_of_it(tmp_path):
    """An empty key file would be taken for a key."""
    path = tmp_path / "key.pem"
    with pytest.raises(ValueError, match="no client"), new_key_file(path):
        raise ValueError("no client")
    assert not path.exists()
