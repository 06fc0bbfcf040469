"""What travels with the code is found, whatever a wheel may be named."""

from reconciler.catalog.packaged import packaged_scaffold


def test_dots_are_put_back(tmp_path):
    """A wheel has no files that begin with one."""
    for name in ("dot-github/a.yml", "plain/dot-file", "README.md"):
        path = tmp_path / "scaffold" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(name)

    assert packaged_scaffold(tmp_path) == {
        "README.md": "README.md",
        ".github/a.yml": "dot-github/a.yml",
        "plain/.file": "plain/dot-file",
    }


def test_the_packaged_one_has_workflows_and_a_catalog():
    """The folder that init fills in."""
    found = packaged_scaffold()

    assert {".github/workflows/plan.yml", ".gitignore", "catalog/settings.yaml"} <= set(found)
