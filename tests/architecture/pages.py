"""The project's pages as GitHub shows them: their blocks, links, headings and words."""

import re
from dataclasses import dataclass
from functools import cached_property
from html.parser import HTMLParser
from pathlib import Path

import cmarkgfm

__all__ = ["PAGES", "README", "RECORDS", "ROOT", "Block", "Page", "page"]

ROOT = Path(__file__).parents[2]
_FOLDERS = (".github", "catalog", "reconciler", "schemas", "tests")
_TEMPLATES = ROOT / "reconciler" / "scaffold"
_RECORDS = (".github/CHANGELOG.md", ".github/decisions/")
_FENCE = re.compile(r"^( *)```(\w*)\n(.*?)^ *```$", re.MULTILINE | re.DOTALL)
_SAID_ALONE = re.compile(r"h[1-6]|p|li|td|th")


@dataclass(frozen=True)
class Block:
    """A fenced block: what language it says it is in, and its text."""

    language: str
    text: str

    @property
    def path(self):
        """The file that it says it is; empty where its first line is no such comment."""
        found = re.match(r"# ([\w./-]+\.\w+)\n", self.text)
        return found[1] if found else ""


class _Reading(HTMLParser):
    """What a rendered page holds, collected in one pass."""

    def __init__(self):
        super().__init__()
        self.links, self.headings, self.codes, self.texts = [], [], [], []
        self._open = []

    def handle_starttag(self, tag, attrs):
        """A link, or the beginning of something that is said."""
        self._open.append(tag)
        self.links += [value for name, value in attrs if (tag, name) == ("a", "href")]
        if _SAID_ALONE.fullmatch(tag):
            self.texts.append("")
        if tag == "code" and "pre" not in self._open:
            self.codes.append("")
        if re.fullmatch(r"h[1-6]", tag):
            self.headings.append("")

    def handle_endtag(self, tag):
        """Void elements have no end, and stand inside nothing."""
        while self._open and self._open.pop() != tag:
            pass

    def handle_data(self, data):
        """Words, wherever they belong."""
        if "pre" in self._open:
            return
        if self.texts:
            self.texts[-1] += data
        if "code" in self._open:
            self.codes[-1] += data
        if any(re.fullmatch(r"h[1-6]", tag) for tag in self._open):
            self.headings[-1] += data


@dataclass(frozen=True)
class Page:
    """A Markdown file, by its path from the top of the repository."""

    name: str

    @property
    def path(self):
        """Where it is."""
        return ROOT / self.name

    @cached_property
    def text(self):
        """Its source."""
        return self.path.read_text(encoding="utf-8")

    @cached_property
    def _reading(self):
        reading = _Reading()
        reading.feed(cmarkgfm.github_flavored_markdown_to_html(self.text))
        return reading

    @property
    def blocks(self):
        """Its fenced blocks in order."""
        return [
            Block(language, re.sub(rf"^{indent}", "", text, flags=re.MULTILINE))
            for indent, language, text in _FENCE.findall(self.text)
        ]

    @property
    def links(self):
        """Where it points to, as written."""
        return self._reading.links

    @property
    def codes(self):
        """What stands in backticks within its prose, on one line each."""
        return [" ".join(code.split()) for code in self._reading.codes]

    @property
    def sentences(self):
        """What it says in prose, lists and tables, sentence by sentence."""
        texts = (" ".join(text.split()) for text in self._reading.texts)
        return [part for text in texts for part in re.split(r"(?<=[.:;?])\s", text) if part]

    @property
    def anchors(self):
        """The names by which GitHub lets its headings be linked to."""
        slugs = []
        for heading in self._reading.headings:
            slug = re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")
            again = slugs.count(slug)
            slugs.append(f"{slug}-{again}" if again else slug)
        return slugs

    def row(self, name):
        """The other cells of the row of a table that begins with this name, in backticks."""
        (line,) = re.findall(rf"^ *\| `{re.escape(name)}` \|(.+)\|$", self.text, re.MULTILINE)
        return [cell.strip() for cell in line.split(" | ")]

    def rows(self):
        """The first cell of every row of its tables."""
        return re.findall(r"^ *\| (.+?) \|", self.text, re.MULTILINE)


def _all():
    yield "README.md"
    for folder in _FOLDERS:
        for path in sorted((ROOT / folder).rglob("*.md")):
            if not path.is_relative_to(_TEMPLATES):
                yield path.relative_to(ROOT).as_posix()


RECORDS = [Page(name) for name in _all() if name.startswith(_RECORDS)]
"""What was decided and what changed, as it was said then."""
PAGES = [Page(name) for name in _all() if not name.startswith(_RECORDS)]
"""What is said now. The templates of a new repository are followed where they are filled in."""


def page(name):
    """The page of this path; there has to be one."""
    (found,) = (page for page in PAGES if page.name == name)
    return found


README = page("README.md")
