"""One file by itself: what it says, and what is wrong with its text and its form.

Nothing outside the file matters to it, so what was read once holds for the same bytes again.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from reconciler.catalog.files import SourceFile
from reconciler.catalog.schema.check import Form, check_form
from reconciler.catalog.yaml import positions, text_checks
from reconciler.catalog.yaml.errors import TextProblem
from reconciler.catalog.yaml.reader import Document, read_yaml
from reconciler.model.catalog import UNFILLED
from reconciler.policy.checks import placeholders
from reconciler.policy.checks.placeholders import PLACEHOLDER_UNFILLED

__all__ = ["FileForm", "KnownForms", "read_form"]

_PLACEHOLDER_BYTES = tuple(word.encode() for word in UNFILLED)


@dataclass(frozen=True, slots=True)
class FileForm:
    """A file as it was read. `form` is None where the reader did not come to its end."""

    content: bytes
    document: Document
    problems: tuple[TextProblem, ...]
    form: Form | None

    @property
    def unreported(self) -> int:
        """How many more problems there are at least than the ones that are said."""
        return self.document.unreported + (self.form.unreported if self.form else 0)

    @property
    def number_of_objects(self) -> int:
        """How many objects the file has, or seems to have."""
        if self.form is None:
            return 0
        whole = len(self.form.items) + len(self.form.rejected)
        return max(whole, len(self.document.starts), int(self.form.is_lossy))


def read_form(file: SourceFile, content: bytes) -> FileForm:
    """What the file says by itself."""
    document = read_yaml(content, file.kind.list_key)
    problems = (
        *document.problems,
        *text_checks.find_hidden_characters(content),
        *text_checks.check_file_name(file.shown),
        *text_checks.find_secrets(content, document.data),
        *_placeholder_problems(content, document.data),
    )
    form = check_form(file.kind, document, file.shown) if document.is_whole else None
    return FileForm(content, document, problems, form)


@dataclass(slots=True)
class KnownForms:
    """Files that were read before; each is read again where its bytes are others."""

    _by_path: dict[str, FileForm] = field(default_factory=dict, repr=False)

    def read(self, file: SourceFile, content: bytes) -> FileForm:
        """As `read_form`, which decides by the file's path and its bytes alone."""
        known = self._by_path.get(file.shown)
        if known is None or known.content != content:
            known = self._by_path[file.shown] = read_form(file, content)
        return known


def _placeholder_problems(content: bytes, data: Any) -> Iterator[TextProblem]:  # noqa: ANN401 - any YAML value
    """A problem for each placeholder that is still to be replaced."""
    if not any(word in content for word in _PLACEHOLDER_BYTES):
        return
    values = positions.locate_values(content).values
    for path in placeholders.find_unfilled(data):
        what = f"`{path[-1] if path else 'value'}` is still to be replaced"
        yield TextProblem(PLACEHOLDER_UNFILLED, *values.get(path, (1, 1)), what)
