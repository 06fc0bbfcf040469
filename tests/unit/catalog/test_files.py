"""Which files are read: all of them or a word about it."""

import os

import pytest

from reconciler.catalog.files import MAX_BYTES
from reconciler.catalog.load import load_and_judge
from tests.support.catalogs import GRANT, loaded, said, write


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("grants/claude/jane.yml", 'rename it to "jane.yaml"'),
        ("grants/claude/jane.YAML", 'rename it to "jane.yaml"'),
        ("grants/claude/jane.yaml.bak", "name it .yaml"),
        ("grants/jane.yaml", "grants/<tool>/"),
        ("tools/more/x.yaml", "directly in tools/"),
        ("tool/x.yaml", 'did you mean "tools"?'),
        ("users/more/jane.yaml", "directly in users/"),
        ("settings.yml", "rename it to settings.yaml"),
        ("notes.txt", "connectors/"),
        ("grants/claude/identities.lock.yaml", ""),
        ("tools/a\x1bb.yaml", "rename it"),
    ],
)
def test_a_file_that_no_kind_reads_is_an_error(tmp_path, name, hint):
    """A grant in the wrong place must not look like no grant."""
    if name.endswith("lock.yaml"):
        assert said(loaded(tmp_path, {name: "a: 1\n"}))
        return
    only = loaded(tmp_path, {name: ""}).diagnostics
    assert [each.code for each in only] == ["file-unknown"]
    assert hint in only[0].hint
    assert "\x1b" not in str(only[0].span)


def test_dot_files_readmes_and_the_lock_may_lie_there(tmp_path):
    """Editors, people and `lock` put them there."""
    quiet = {
        ".gitkeep": "",
        "README.md": "",
        "grants/claude/README.md": "",
        ".git/x": "",
        "identities.lock.yaml": "",
        "identities/identities.lock.yaml": "",
    }
    assert said(loaded(tmp_path, quiet)) == []


def test_folders_below_a_tools_are_free(tmp_path):
    """Teams file their grants as they like."""
    path = "grants/claude/support/emea/joe.yaml"
    result = loaded(tmp_path, {path: GRANT.replace("jane@", "joe@")})
    assert (said(result), len(result.catalog.grants)) == ([], 2)


def test_symbolic_links_are_refused_and_not_followed(tmp_path):
    """A link could show the runner's own files to a pull request."""
    (tmp_path / "outside.yaml").write_text(GRANT)
    catalog = write(tmp_path, {"grants/claude/jane.yaml": GRANT})
    (catalog / "grants/claude/link.yaml").symlink_to(tmp_path / "outside.yaml")
    (catalog / "grants/other").symlink_to(tmp_path)
    (catalog / "dangling.yaml").symlink_to("nowhere")
    codes = said(loaded(tmp_path))
    assert codes == [
        "file-symlink dangling.yaml:1:1",
        "file-symlink grants/claude/link.yaml:1:1",
        "file-symlink grants/other:1:1",
    ]


def test_a_catalog_that_is_a_link_is_refused(tmp_path):
    """A pull request could point it anywhere."""
    write(tmp_path, {"grants/claude/jane.yaml": GRANT})
    (tmp_path / "link").symlink_to(tmp_path / "catalog")
    result = load_and_judge(tmp_path / "link")
    assert ([each.code for each in result.diagnostics], result.files) == (["file-symlink"], 0)


def test_a_missing_catalog_is_one_diagnostic(tmp_path):
    """Nothing at all is not an empty catalog."""
    result = load_and_judge(tmp_path / "none", display="none")
    assert [each.code for each in result.diagnostics] == ["catalog-missing"]


def test_a_file_that_is_not_utf8_is_named_with_its_line(tmp_path):
    """Also UTF-16, which PyYAML would take without a word."""
    files = {
        "grants/claude/a.yaml": b"tool: x\npurpose: caf\xe9\n",
        "grants/claude/b.yaml": GRANT.encode("utf-16"),
    }
    assert said(loaded(tmp_path, files)) == [
        "file-not-utf8 grants/claude/a.yaml:2:13",
        "file-not-utf8 grants/claude/b.yaml:1:1",
    ]


def test_a_file_of_more_than_eight_mebibytes_is_refused(tmp_path):
    """Time and memory of a check have a bound."""
    big = {"grants/claude/a.yaml": b"#" * (MAX_BYTES + 1)}
    assert said(loaded(tmp_path, big)) == ["file-too-large grants/claude/a.yaml:1:1"]


def test_what_is_no_regular_file_is_refused_and_not_waited_for(tmp_path):
    """A named pipe would hold the run forever."""
    catalog = write(tmp_path, {"grants/claude/jane.yaml": GRANT})
    os.mkfifo(catalog / "grants/claude/pipe.yaml")
    assert said(loaded(tmp_path)) == ["file-unknown grants/claude/pipe.yaml:1:1"]


@pytest.mark.skipif(os.geteuid() == 0, reason="root reads everything")
def test_a_file_without_permission_is_an_error(tmp_path):
    """What cannot be read must not look absent."""
    catalog = write(tmp_path, {"grants/claude/locked.yaml": GRANT})
    (catalog / "grants/claude/locked.yaml").chmod(0)
    assert said(loaded(tmp_path)) == ["file-unreadable grants/claude/locked.yaml:1:1"]
