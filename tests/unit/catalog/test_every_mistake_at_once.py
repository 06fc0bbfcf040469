"""A catalog with more than sixty planted mistakes: one run reports them all, at exact places."""

import json

import pytest
from click.testing import CliRunner

from reconciler.cli.main import cli
from tests.support.catalogs import SOUND, loaded, said, write
from tests.unit.catalog.test_mistakes import (
    ACK,
    BINDING,
    CONNECTOR,
    GRANT,
    IDENTITY,
    MISTAKES,
    TOOL,
)

IDS = {TOOL: "id: claude", CONNECTOR: "id: okta-prod"}
OUT_OF_PLACE = {
    "connector-domain-invalid",
    "fulfilment-manual-bound",
    "group-name-pattern",
    "placeholder-unfilled",  # its form is right, so the copy is a binding like the one beside it
}
EXTRA = {  # by hand: several mistakes in one object, and the files themselves
    "settings.yaml": (
        SOUND["settings.yaml"]
        .replace("[mapping, login]", "[mapping, emial]")
        .replace("{count: 20}", "{}"),
        ["value-not-allowed 1:29", "key-missing 3:18"],
    ),
    "grants/claude/worst.yaml": (
        SOUND[GRANT]
        .replace("jane@", "worst@")
        .replace("claude", "curser")
        .replace("AI-1", "42")
        .replace("2027-01-20", "20270120")
        .replace("purpose", "porpoise"),
        [
            "grant-outside-tool-folder 1:7",
            "reference-unknown 1:7",
            "key-unknown 4:1",
            "value-wrong-type 6:11",
            "value-wrong-type 9:10",
        ],
    ),
    "bindings/worst.yaml": (
        SOUND[BINDING]
        .replace("users", "usres")
        .replace("okta-prod", "okta-prd")
        .replace("00g1", "00u1"),
        ["reference-unknown 2:14", "reference-unknown 3:12", "value-wrong-form 5:14"],
    ),
    "connectors/dev.yaml": (
        SOUND[CONNECTOR].replace("okta-prod", "okta-dev").replace("https", "http"),
        ["connector-domain-invalid 4:9"],
    ),
    "tools/lonely.yaml": (
        SOUND[TOOL].replace("id: claude", "id: lonely").replace(', github: "@lead"', ""),
        ["forge-handle-missing 10:15"],
    ),
    "grants/claude/empty.yaml": ("# later\n", ["file-empty 1:1"]),
    "grants/claude/latin.yaml": (b"tool: caf\xe9\n", ["file-not-utf8 1:10"]),
    "grants/jane.yaml": (SOUND[GRANT], ["file-unknown 1:1"]),
    "notes.txt": ("", ["file-unknown 1:1"]),
    "tools/old.yml": (SOUND[TOOL], ["file-unknown 1:1"]),
    "people/jane.yaml": ("", ["file-unknown 1:1"]),
}


def copies():
    """Each row of the table of mistakes as a file of its own, beside the sound catalog."""
    for number, (name, before, after, code, where) in enumerate(MISTAKES, start=10):
        stays_alone = name in {GRANT, TOOL, CONNECTOR, BINDING, IDENTITY, ACK}
        is_id = before == IDS.get(name)
        if not stays_alone or is_id or code in OUT_OF_PLACE or where is None:
            continue
        text = SOUND[name].replace(before, after, 1).replace("jane@", f"j{number}@")
        if name in IDS:
            text = text.replace(IDS[name], f"id: copy{number}")
        yield f"{name.rpartition('/')[0]}/{number}.yaml", text, f"{code} {where}"


def planted():
    """The files, and what is to be said of them."""
    files, expected = {}, []
    for path, text, wanted in copies():
        code, where = wanted.split()
        files[path] = text
        expected.append(f"{code} {path}:{where}")
    for path, (text, wanted) in EXTRA.items():
        files[path] = text
        expected += [f"{line.split()[0]} {path}:{line.split()[1]}" for line in wanted]
    return files, sorted(expected)


def test_more_than_sixty_mistakes_are_all_reported_in_one_run(tmp_path):
    """All of them, nothing else, each at its line and column."""
    files, expected = planted()
    assert len(expected) >= 60
    assert expected == sorted(said(loaded(tmp_path, files)))


@pytest.mark.parametrize("form", ["text", "json", "github", "sarif"])
def test_every_format_reports_them_all(tmp_path, monkeypatch, form):
    """Whoever reads them, and by whatever means."""
    files, expected = planted()
    write(tmp_path, {**SOUND, **files})
    monkeypatch.chdir(tmp_path)
    ran = CliRunner().invoke(
        cli, ["--catalog", str(tmp_path / "catalog"), "validate", "--format", form]
    )
    assert ran.exit_code == 1
    found = {
        "text": lambda out: [x for x in out.splitlines() if x.startswith(("error: ", "warning: "))],
        "json": lambda out: json.loads(out)["diagnostics"],
        "github": lambda out: [x for x in out.splitlines() if "file=catalog/" in x],
        "sarif": lambda out: [
            x
            for x in json.loads(out)["runs"][0]["results"]
            if x["locations"][0]["physicalLocation"]["artifactLocation"]["uri"].startswith(
                "catalog/"
            )
        ],
    }
    assert len(expected) == len(found[form](ran.stdout))
