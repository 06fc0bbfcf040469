"""Removes secrets from text before it reaches any output."""

import base64
import json
from collections.abc import Callable, Iterable, Iterator
from urllib.parse import quote, quote_plus

from reconciler.model.secret_patterns import MASK, mask, mask_line

__all__ = ["KnownSecrets", "Redactor"]

_SHORTEST_LINE = 16  # a line of a key, not a word
_SHORTEST_KNOWN = 8
"""A shorter text guards nothing, and starred everywhere it would make every report unreadable."""
_PARTS_OF_JSON = frozenset({"apiToken", "access_token", "d", "p", "q", "dp", "dq", "qi", "k"})
"""Keys whose values are secrets by themselves: of a configuration, and of a private JWK."""


class Redactor:
    """Replaces known secrets, in every form they travel in, and what looks like one, by `***`."""

    def __init__(self, secrets: Iterable[str]) -> None:
        forms = {form for secret in secrets for form in _forms(secret)}
        self._known = tuple(sorted(forms, key=lambda form: (-len(form), form)))

    def __repr__(self) -> str:
        return "Redactor(***)"

    def clean(self, text: str) -> str:
        """The value without secrets; ids, names and digests stay."""
        return mask(self.without_known(text))

    def clean_lines(self, text: str) -> str:
        """As `clean`, of text that was put together from many values: none of them hides another.

        Each line is judged alone. Known secrets are still found across lines.
        """
        lines = self.without_known(text).splitlines(keepends=True)
        return "".join(map(mask_line, lines))

    def without_known(self, text: str) -> str:
        """The text without known secrets, whatever else stands in it."""
        for form in self._known:
            if form in text:
                text = text.replace(form, MASK)
        return text


class KnownSecrets:
    """The secrets in use, added as they are read; `clean` removes them from any text."""

    def __init__(self) -> None:
        self._added: set[str] = set()
        self._sources: list[Callable[[], Iterable[str]]] = []
        self._held: frozenset[str] = frozenset()
        self._redactor = Redactor(())

    def __repr__(self) -> str:
        return "KnownSecrets(***)"

    def add(self, secret: str) -> None:
        """The secret is starred from now on, and so is each secret part of it that is JSON."""
        self._added.update(part for part in _parts(secret) if len(part.strip()) >= _SHORTEST_KNOWN)

    def add_source(self, source: Callable[[], Iterable[str]]) -> None:
        """What the source holds is starred too, whenever it came to hold it."""
        self._sources.append(source)

    def clean(self, text: str) -> str:
        """The text without secrets; ids, names and digests stay."""
        return self._now().clean(text)

    def clean_lines(self, text: str) -> str:
        """As `clean`, each line judged alone."""
        return self._now().clean_lines(text)

    def _now(self) -> Redactor:
        later = (s for source in self._sources for s in source() if len(s) >= _SHORTEST_KNOWN)
        held = self._added.union(later)
        if held != self._held:
            self._held, self._redactor = frozenset(held), Redactor(held)
        return self._redactor


def _parts(secret: str) -> Iterator[str]:
    """The secret, and what of it is a secret alone: a key's plain text, values of its JSON."""
    yield secret
    if "\\n" in secret:
        yield secret.replace("\\n", "\n")
    if not secret.lstrip().startswith("{"):
        return
    try:
        found = json.loads(secret)
    except (ValueError, RecursionError):
        return
    for key in _PARTS_OF_JSON & found.keys():
        if isinstance(found[key], str):
            yield found[key]


def _forms(secret: str) -> Iterator[str]:
    """The secret as written, its long lines, and its escaped, URL and base64 forms."""
    stripped = secret.strip()
    if not stripped:
        return
    for text in {stripped, *(line.strip() for line in stripped.splitlines())}:
        if text == stripped or (len(text) >= _SHORTEST_LINE and not text.startswith("-----")):
            yield from {text, *_url_forms(text)}
            yield from {json.dumps(text)[1:-1], json.dumps(text, ensure_ascii=False)[1:-1]}
            yield repr(text)[1:-1]
            yield from _base64_forms(text)


def _url_forms(text: str) -> Iterator[str]:
    data = text.encode("utf-8", "surrogatepass")  # a variable may hold bytes that are no text
    yield from (quote(data, safe=""), quote(data), quote_plus(data))


def _base64_forms(text: str) -> Iterator[str]:
    """The part of its base64 that is the same wherever in a longer text the secret stands."""
    for lead in range(3):
        data = b"\0" * lead + text.encode("utf-8", "surrogatepass")
        first, last = -(-lead * 8 // 6), len(data) * 8 // 6
        core = base64.b64encode(data).decode()[first:last]
        if len(core) >= _SHORTEST_LINE:
            yield core
            yield core.replace("+", "-").replace("/", "_")
