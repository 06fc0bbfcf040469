"""What init writes for a GitHub Enterprise Server: nothing that it does not know."""

import re

import pytest

from tests.scaffold.test_written_workflows import tool
from tests.scaffold.written import actions, jobs, made, uses

HOST = "github.acme.example"
V3 = {
    "actions/upload-artifact@c24449f33cd45d4826c6702db7e49f7cdb9b551d",
    "actions/download-artifact@246d7188e736d3686f6d19628d253ede9697bd55",
}


@pytest.fixture(scope="module")
def repository(tmp_path_factory):
    """What init wrote."""
    return made(tmp_path_factory.mktemp("made") / "access", "--github-host", HOST)


def test_a_server_is_asked_for_nothing_newer_than_it_is(repository):
    """No `$/`, and artifacts of the third version (README of actions/upload-artifact v7.0.0)."""
    used = {name for _, name in uses(repository)}

    assert [name for name in used if name.startswith("$/")] == []
    assert {name for name in used if "-artifact@" in name} == V3
    assert {n.partition("/")[0] for n in used} == {".", "actions", "marocchino"}


def test_what_lies_in_the_workspace_is_checked_out_before_it_is_used(repository):
    """`./` names the files there, `$/` those of the workflow's own commit."""
    for name, job in jobs(repository).items():
        used = [s.get("uses", "") for s in job.get("steps", ())]
        ours = [n for n, each in enumerate(used) if each.startswith("./")]
        out = [n for n, each in enumerate(used) if each.startswith("actions/checkout@")]
        assert not ours or (out and out[0] < ours[0]), name


@pytest.mark.parametrize(
    ("options", "host", "token"),
    [
        (("--github-host", HOST), HOST, "GH_ENTERPRISE_TOKEN"),
        (("--github-host", "acme.ghe.com"), "acme.ghe.com", "GH_TOKEN"),
        ((), "github.com", "GH_TOKEN"),
    ],
)
def test_gh_speaks_to_the_host_of_the_repository(tmp_path, options, host, token):
    """It would ask github.com, and a Server's token goes by another name (gh help environment)."""
    folder = made(tmp_path / "access", *options)
    texts = {name: repr(job) for name, job in jobs(folder).items()}
    steps = [s for job in jobs(folder).values() for s in job.get("steps", ())]
    steps += [s for action in actions(folder).values() for s in action["runs"]["steps"]]
    asking = [s for s in steps if re.search(r"\bgh (api|auth|issue|run)\b", s.get("run", ""))]

    assert len(asking) >= len(("find", "plan", "check", "apply", "compare", "agree", "issue"))
    for each in asking:
        assert each["env"]["GH_HOST"] == host
        assert each["env"][token] == "${{ github.token }}"
    assert texts


def test_every_file_fits_its_schema_there_too(repository):
    """And zizmor finds nothing but the older sign."""
    paths = repository.glob(".github/workflows/*.yml")
    code, said = tool("check-jsonschema", "--builtin-schema", "vendor.github-workflows", *paths)
    assert code == 0, said
    code, said = tool("zizmor", "--offline", "--min-severity", "medium", repository)
    assert code == 0, said
