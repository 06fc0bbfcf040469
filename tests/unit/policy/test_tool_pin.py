"""Only what cannot be another tool tomorrow is installed."""

import pytest

from reconciler.policy.tool_pin import (
    DISTRIBUTION,
    UNKNOWN,
    is_wheel_name,
    judge_pin_file,
    requirement,
)

COMMIT, HASH = "0123456789abcdef" * 2 + "01234567", "0123456789abcdef" * 4
WHEEL = "okta_grants_reconciler-0.1.0-py3-none-any.whl"
NAMED = f"{DISTRIBUTION} @ "
FIXED = (
    f"{NAMED}git+https://github.com/acme/reconciler@{COMMIT}",
    f"{NAMED}git+https://git.example.com:8443/a/b/reconciler.git@{COMMIT}",
    f"{NAMED}https://example.com/wheels/{WHEEL}#sha256={HASH}",
    f"./.github/{WHEEL}",
    "./.github/okta_grants_reconciler-0.1.0+acme.1-py3-none-any.whl",
)
LOOSE = (
    "",
    "# nothing\n",
    DISTRIBUTION,
    f"{DISTRIBUTION}==0.1.0",
    f"{DISTRIBUTION}==0.1.0 --hash=sha256:{HASH}",
    UNKNOWN,
    f"{NAMED}git+https://github.com/acme/reconciler",
    f"{NAMED}git+https://github.com/acme/reconciler@main",
    f"{NAMED}git+https://github.com/acme/reconciler@{COMMIT[:12]}",
    f"{NAMED}git+https://github.com/acme/reconciler@{COMMIT}#subdirectory=x",
    f"{NAMED}git+https://user:pass@github.com/acme/reconciler@{COMMIT}",
    f"{NAMED}git+http://github.com/acme/reconciler@{COMMIT}",
    f"{NAMED}git+ssh://git@github.com/acme/reconciler@{COMMIT}",
    f"{NAMED}https://example.com/{WHEEL}",
    f"{NAMED}https://example.com/{WHEEL}#sha256={HASH[:-1]}",
    f"{NAMED}https://example.com/other-0.1.0-py3-none-any.whl#sha256={HASH}",
    f"evil @ git+https://github.com/acme/reconciler@{COMMIT}",
    f"./.github/../{WHEEL}",
    f"./{WHEEL}",
    f"{FIXED[0]}\n{FIXED[0]}",
    f"{FIXED[0]}\nevil==1",
    f"--index-url https://example.com\n{FIXED[0]}",
    f"{FIXED[0]} ; python_version > '3'",
    f"{FIXED[0]} # a comment",
)


@pytest.mark.parametrize("line", FIXED)
def test_one_commit_or_one_wheel_is_fixed(line):
    """A commit by its hash, a wheel by its own or by lying in the repository."""
    assert judge_pin_file(f"# which tool\n\n{line}\n", ".github/reconciler.txt") == ()
    assert line in {requirement(line.removeprefix(NAMED)), f"./.github/{line[10:]}"}


@pytest.mark.parametrize("text", LOOSE)
def test_anything_else_is_not(text):
    """A version of an index is whatever its owner uploads."""
    (found,) = judge_pin_file(f"# which tool\n{text}\n", ".github/reconciler.txt")
    expected = "placeholder-unfilled" if text == UNKNOWN else "tool-unpinned"
    assert (found.code, found.span.path) == (expected, ".github/reconciler.txt")
    assert requirement(text.removeprefix(NAMED)) is None
    assert found.hint


def test_the_line_that_is_at_fault_is_named():
    """The second, where the first is fine."""
    (found,) = judge_pin_file(f"{FIXED[0]}\n\nevil==1\n", "x")
    assert found.span.line == len(("the tool", "", "the other"))
    (found,) = judge_pin_file(f"{FIXED[0]}\n{FIXED[0]}\n", "x")
    assert (found.span.line, found.summary) == (2, "a second tool is named")


@pytest.mark.parametrize(
    ("expected", "name"),
    [(True, WHEEL), (False, "other-1-py3-none-any.whl"), (False, f"a/{WHEEL}"), (False, "x.zip")],
)
def test_a_wheel_is_known_by_its_name(expected, name):
    """What an installer would make of the file."""
    assert is_wheel_name(name) is expected
