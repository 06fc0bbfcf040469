"""What the environment claims is kept by name, bounded, and nothing besides."""

from reconciler.cli.session.evidence import read_claims


def test_known_variables_are_kept_as_claims(monkeypatch):
    """Who started the run, as GitHub says; secrets have other names."""
    for name in ("USER", "GITHUB_RUN_ID", "GITHUB_SHA"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("GITHUB_ACTOR", "jane\n" + "x" * 1000)
    monkeypatch.setenv("GITHUB_REF", "")
    monkeypatch.setenv("GITHUB_TOKEN", "not this")
    found = read_claims()
    assert (found["GITHUB_ACTOR"][:5], len(found["GITHUB_ACTOR"])) == ("jane\n", 300)
    assert not {"GITHUB_REF", "GITHUB_TOKEN", "GITHUB_SHA"} & set(found)
