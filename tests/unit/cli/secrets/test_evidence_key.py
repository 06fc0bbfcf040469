"""The key for evidence is where the operator says, outside the repository."""

import json

import pytest

from reconciler.cli.secrets.evidence_key import VARIABLE, build_evidence_signer, read_public_keys
from reconciler.model.errors import ConnectorError, GuardRefused, StoreError, UsageError
from tests.unit.evidence.test_signature import HASH, PRIVATE, PUBLIC


def signer(monkeypatch, folder, setting):
    """What signs, under this setting."""
    text = setting if isinstance(setting, str) else json.dumps(setting)
    monkeypatch.setenv(VARIABLE, text)
    return build_evidence_signer(folder)


@pytest.fixture
def kept(tmp_path, monkeypatch):
    """The key in each of the three places; the repository is beside them."""
    for name in ("secrets", "repository"):
        (tmp_path / name).mkdir(mode=0o700)
    path = tmp_path / "secrets" / "key"
    path.write_text(PRIVATE)
    path.chmod(0o600)
    (tmp_path / "key.pub").write_text(f"# of the CI\n{PUBLIC} ci\n")
    monkeypatch.setenv("EVIDENCE_KEY", PRIVATE)
    monkeypatch.setenv("RECONCILER_SECRET_DIR", str(tmp_path / "secrets"))
    return tmp_path


@pytest.mark.parametrize("kind", ["env", "file", "command"])
def test_the_key_is_taken_from_where_the_setting_says(kind, kept, monkeypatch):
    """As a connector's secret would be."""
    places = {
        "env": "EVIDENCE_KEY",
        "file": "key",
        "command": ["cat", str(kept / "secrets" / "key")],
    }
    sign = signer(monkeypatch, kept / "repository", {kind: places[kind]})
    assert read_public_keys((str(kept / "key.pub"),))(HASH, sign(HASH))


def test_without_a_setting_nothing_is_signed(monkeypatch, tmp_path):
    """And without a key nothing is checked."""
    monkeypatch.delenv(VARIABLE, raising=False)
    assert (build_evidence_signer(tmp_path), read_public_keys(())) == (None, None)


@pytest.mark.parametrize(
    "setting",
    [
        PRIVATE,
        "[1]",
        "{}",
        {"env": "A", "file": "b"},
        {"env": 5},
        {"command": []},
        {"command": "cat"},
        {"vault": "x"},
        "[" * 100_000,
    ],
)
def test_a_setting_that_is_no_reference_is_refused_unquoted(setting, kept, monkeypatch):
    """Somebody may have put the key itself there."""
    with pytest.raises(UsageError) as caught:
        signer(monkeypatch, kept / "repository", setting)
    assert caught.value.code == "evidence-key-invalid"
    assert "OPENSSH" not in caught.value.message + caught.value.hint


@pytest.mark.parametrize(
    ("code", "setting"),
    [
        ("evidence-key-missing", {"env": "NOT_SET"}),
        ("secret-missing", {"file": "no-such"}),
        ("secret-not-allowed", {"file": "../key.pub"}),
        ("secret-command-failed", {"command": ["false"]}),
        ("evidence-key-missing", {"command": ["true"]}),
        ("evidence-key-invalid", {"command": ["echo", "x"]}),
    ],
)
def test_a_place_without_a_key_is_an_error(code, setting, kept, monkeypatch):
    """Evidence that was to be signed is not left unsigned."""
    with pytest.raises((StoreError, ConnectorError, GuardRefused)) as caught:
        signer(monkeypatch, kept / "repository", setting)
    assert caught.value.code == code
