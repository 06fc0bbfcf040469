"""The pages hang together: each is short, found, plain, and says what no other says."""

import re
from itertools import combinations
from pathlib import PurePosixPath

import pytest

from reconciler.catalog.packaged import packaged_scaffold
from tests.architecture.pages import PAGES, README, RECORDS, ROOT, Page

KIB = 1024
WORDY = re.compile(
    r"(?<![-\w])(somebody|someone|whoever|whomever|mend(s|ed|ing)?|lies?)\b", re.IGNORECASE
)


def name_of(page):
    """A page as people call it."""
    return page.name


def targets(page):
    """The links into this repository: how each is written, the path it means, and its anchor."""
    for link in page.links:
        if ":" not in link:
            place, _, anchor = link.partition("#")
            yield link, (page.path.parent / place).resolve() if place else page.path, anchor


@pytest.mark.parametrize("page", [*PAGES, *RECORDS], ids=name_of)
def test_every_link_leads_somewhere(page):
    """To a file or folder of this repository, and there to a heading."""
    for link, path, anchor in targets(page):
        assert path.is_relative_to(ROOT), link
        assert path.exists(), link
        if anchor:
            assert anchor in Page(path.relative_to(ROOT).as_posix()).anchors, link


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_every_file_that_prose_names_is_there(page):
    """From the top, from the page, from the code or its tests; or in what `init` writes."""
    places = (ROOT, page.path.parent, ROOT / "reconciler", ROOT / "tests")
    named = (c for c in page.codes if re.fullmatch(r"[\w./-]+/[\w-]+\.(py|md|yaml|txt)", c))

    assert [
        name
        for name in named
        if name not in packaged_scaffold() and not any((p / name).is_file() for p in places)
    ] == []


def test_the_readme_leads_to_every_page():
    """By one click: to the page, or to the folder of notes that holds it."""
    linked = {path for _, path, _ in targets(README)}

    assert len(linked) > 8
    pages = [p for p in (*PAGES, *RECORDS) if p is not README]
    assert [p.name for p in pages if not linked & {p.path, p.path.parent}] == []


def test_every_folder_of_the_top_has_its_page():
    """GitHub shows it below the listing; what cannot hold one has it in `.github/docs`."""
    tops = {PurePosixPath(p.name).parts[0] for p in PAGES if p.name.endswith("/README.md")}

    assert tops == {"catalog", "reconciler", "schemas", "tests"}


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_a_page_is_read_in_one_sitting(page):
    """The first one in a few minutes; and its source has room in any editor."""
    prose = re.sub(r"^( *)```.*?^ *```$", "", page.text, flags=re.MULTILINE | re.DOTALL)
    lines = [line for line in prose.splitlines() if not line.lstrip().startswith("|")]

    assert len(page.text.encode()) <= (12 * KIB if page is README else 16 * KIB)
    assert [line for line in lines if len(line) > 100 and " " in line.strip()] == []
    assert page.text.startswith("# ")


def test_no_page_repeats_another():
    """What is said twice is changed once."""
    said = {
        page.name: {" ".join(s.split()) for s in page.sentences if len(s.split()) > 7}
        for page in PAGES
    }

    assert sum(map(len, said.values())) > 300
    assert [(a, b, said[a] & said[b]) for a, b in combinations(said, 2) if said[a] & said[b]] == []


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_a_page_says_it_plainly(page):
    """A noun serves where these words stand."""
    assert [s for s in page.sentences if WORDY.search(s)] == []
