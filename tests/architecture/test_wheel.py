"""What is shipped is what was tested: data files lie where the code finds them."""

import subprocess
import sys
import venv
import zipfile
from pathlib import Path

import pytest
from click.testing import CliRunner

from reconciler.cli.main import cli
from tests.scaffold.written import run_step, step

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    """The wheel, built from this checkout without a network."""
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "pip", "wheel", "--no-deps", "--no-build-isolation", "-q"]
    subprocess.run([*command, "-w", str(folder), str(ROOT)], check=True, cwd=folder)
    (built,) = folder.glob("*.whl")
    return zipfile.ZipFile(built)


def test_the_wheel_holds_every_schema_every_template_every_catalog_file_and_the_world(wheel):
    """`demo` and `init` run where there is no checkout."""
    names = set(wheel.namelist())
    schemas = {f"reconciler/_schemas/{p.name}" for p in (ROOT / "schemas").glob("*.json")}
    catalog = {
        f"reconciler/_catalog/{p.relative_to(ROOT / 'catalog').as_posix()}"
        for p in (ROOT / "catalog").rglob("*.yaml")
    }

    scaffold = {
        p.relative_to(ROOT).as_posix()
        for p in (ROOT / "reconciler" / "scaffold").rglob("*")
        if p.is_file()
    }

    assert len(scaffold) > 15
    assert schemas | catalog | scaffold | {"reconciler/sandbox/default_world.yaml"} <= names


def test_the_wheel_holds_nothing_but_the_package(wheel):
    """No tests, no run files, no secrets of whoever built it."""
    tops = {name.split("/")[0] for name in wheel.namelist()}

    assert {"reconciler"} == {top for top in tops if not top.endswith(".dist-info")}
    inside = [name for name in wheel.namelist() if ".dist-info/" not in name]
    assert [n for n in inside if "/." in n or n.endswith((".db", ".pyc"))] == []


def test_the_wheel_carries_its_licence(wheel):
    """Whoever has the wheel alone may read what they may do with it."""
    (name,) = [n for n in wheel.namelist() if n.endswith(".dist-info/licenses/.github/LICENSE")]

    assert wheel.read(name) == (ROOT / ".github" / "LICENSE").read_bytes()


def test_a_repository_that_was_started_with_the_wheel_installs_it(wheel, tmp_path):
    """By the script of its own workflows; what the tool depends on is left out of it here."""
    folder, place = tmp_path / "access", tmp_path / "venv"
    words = ["init", str(folder), "--install-from", wheel.filename]
    assert CliRunner().invoke(cli, words).exit_code == 0
    venv.create(place, with_pip=True)
    python = {"python": f'exec {place}/bin/python "$@"'}
    alone = {"PIP_NO_DEPS": "1", "PIP_NO_INDEX": "1"}

    assert run_step(step(folder, "action/setup", "fixed="), folder, {}).code == 0
    ended = run_step(step(folder, "action/setup", "pip install"), folder, python, alone)
    assert ended.code == 0, ended.said
    assert (place / "bin" / "reconciler").is_file()
