"""`python -m reconciler` is the script, also in a folder that somebody else wrote."""

import os
import subprocess
import sys

import pytest

pytestmark = pytest.mark.slow


@pytest.mark.parametrize("name", ["click", "httpx", "yaml", "json", "asyncio", "jsonschema_rs"])
def test_nothing_is_imported_from_the_working_folder(tmp_path, name):
    """A checkout with a module of a usual name would run as us, with our secrets."""
    planted = 'open("was-run", "w").close()\nraise SystemExit(9)\n'
    (tmp_path / f"{name}.py").write_text(planted, encoding="utf-8")
    (tmp_path / "catalog").mkdir()
    (tmp_path / "catalog" / "settings.yaml").write_text("{}\n", encoding="utf-8")
    ran = subprocess.run(
        [sys.executable, "-m", "reconciler", "validate"],
        cwd=tmp_path,
        env={k: v for k, v in os.environ.items() if k not in {"PYTHONPATH", "PYTHONSAFEPATH"}},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (ran.returncode, (tmp_path / "was-run").exists()) == (0, False), ran.stderr


def test_a_path_that_is_safe_already_is_left_alone(tmp_path):
    """There the first entry is Python's own."""
    (tmp_path / "catalog").mkdir()
    (tmp_path / "catalog" / "settings.yaml").write_text("{}\n", encoding="utf-8")
    ran = subprocess.run(
        [sys.executable, "-P", "-m", "reconciler", "validate"], cwd=tmp_path, check=False
    )
    assert ran.returncode == 0
