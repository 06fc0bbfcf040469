"""The entries of guards are those of the guards that there are."""

import re
from pathlib import Path

import reconciler
from reconciler.planning.guards.reference import GUARDS

PLANNING = Path(reconciler.__file__).parent / "planning"


def test_every_guard_has_its_entry_and_every_entry_a_guard():
    """A name that a tripped guard prints can be explained."""
    source = "".join(path.read_text(encoding="utf-8") for path in PLANNING.rglob("*.py"))
    names = set(re.findall(r'guard="([a-z-]+)"', source))
    names |= set(re.findall(r'_judge_limits\(\s*"([a-z-]+)"', source))
    assert sorted(names) == sorted(guard.name for guard in GUARDS)


def test_an_entry_tells_the_limits_that_count_by_default():
    """They are read from where they are set."""
    trips = {guard.name: guard.trips for guard in GUARDS}
    assert trips["group-removals"].startswith("more than 5 and more than 25 % of its members")
    assert trips["run-removals"].startswith("more than 20, or more than 5 and more than 10 % of")


def test_an_entry_fits_a_table():
    """Nothing in it breaks Markdown."""
    for guard in GUARDS:
        for words in (guard.holds, guard.trips):
            assert not set("|\n") & set(words)
            assert words.count("`") % 2 == 0
