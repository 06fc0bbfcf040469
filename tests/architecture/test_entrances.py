"""Whoever uses a package from outside comes in by what a test runs; `.ci/run` looks after it."""

from pathlib import Path

import pytest

from tests.architecture.entrances import FEWEST, entrances, unreached

pytestmark = pytest.mark.slow
ROOT = Path(__file__).parents[2]


@pytest.fixture
def tree(tmp_path):
    """Two packages: `lower` has entrances, `upper` uses some of them."""
    files = {
        "house/__init__.py": "",
        "house/lower/__init__.py": "",
        "house/lower/words.py": (
            "class Noun:\n    x: int\n\n"
            "class Verb:\n    def act(self):\n        return 1\n\n"
            "def used():\n    '''Said.'''\n    return 2\n\n"
            "def by_attribute():\n    return 3\n\n"
            "def only_here():\n    return 4\n\n"
            "def _private():\n    return 5\n"
        ),
        "house/lower/near.py": "from house.lower.words import only_here\n",
        "house/upper/__init__.py": "",
        "house/upper/user.py": (
            "from house.lower import words\n"
            "from house.lower.words import Noun, Verb, used, _private\n"
            "words.by_attribute()\n"
        ),
    }
    for name, text in files.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return tmp_path


def test_an_entrance_is_what_another_folder_imports(tree):
    """Neither a plain noun, nor what stays in its folder or is private."""
    found = [(each.name, sorted(each.lines)) for each in entrances(tree, "house")]

    assert found == [("Verb", [6]), ("by_attribute", [13]), ("used", [10])]


def test_an_entrance_is_reached_by_any_of_its_own_lines(tree):
    """Its definition runs at import, which reaches nothing."""
    found = entrances(tree, "house")
    executed = {"house/lower/words.py": frozenset({1, 4, 5, 8, 10, 12})}

    assert [each.name for each in unreached(found, executed)] == ["Verb", "by_attribute"]


def test_the_search_finds_the_entrances_of_this_project():
    """An empty list would always be reached."""
    found = {(each.path, each.name) for each in entrances(ROOT)}

    assert len(found) >= FEWEST
    assert ("reconciler/catalog/load.py", "load_and_judge") in found
