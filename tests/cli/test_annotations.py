"""A problem is shown at its file in a pull request, wherever the command was run."""

import json
import re

import pytest

from tests.support.builders import Company
from tests.support.harness import Office
from tests.support.repository import git


@pytest.fixture
def office(tmp_path):
    """A repository whose catalog lies below a folder with a blank in its name."""
    office = Office(tmp_path / "access files", Company().tool().bind())
    (office.folder / "catalog/tools/bad, one.yaml").write_text("idd: x\n", encoding="utf-8")
    return office


@pytest.mark.parametrize("place", ["..", ".", "catalog", "catalog/tools"])
def test_annotations_name_files_from_the_top_of_the_repository(office, place):
    """GitHub finds them only so."""
    git(office.folder.parent, "init", "-q")
    catalog = str(office.folder / "catalog")
    elsewhere = Office.__new__(Office)
    elsewhere.folder = office.folder / place
    said = elsewhere.run("--catalog", catalog, "validate", "--format", "github").out
    files = set(re.findall(r"file=([^,]*),", said))
    assert files == {"access files/catalog/tools/bad%2C one.yaml"}
    report = json.loads(elsewhere.run("--catalog", catalog, "validate", "--format", "sarif").out)
    uris = {
        result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]
        for result in report["runs"][0]["results"]
    }
    assert uris == {"access%20files/catalog/tools/bad%2C%20one.yaml"}


def test_without_git_the_workspace_of_the_job_counts(office, tmp_path):
    """Then the current folder."""
    catalog = str(office.folder / "catalog")
    ran = office.run(
        *("--catalog", catalog, "validate", "--format", "github"),
        env={"GITHUB_WORKSPACE": str(tmp_path)},
    )
    assert "file=access files/catalog/tools/" in ran.out
    assert "file=catalog/tools/" in office.run("validate", "--format", "github").out
