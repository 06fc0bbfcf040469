"""What the example of a rule earns, judged as every catalog is; its files are kept in memory."""

from collections.abc import Mapping
from dataclasses import dataclass

from reconciler.catalog.files import EntryKind, Listing, SourceFile, check_content
from reconciler.catalog.load import load_and_judge_change, load_and_judge_from
from reconciler.model.diagnostics import Diagnostic, Files, JudgedExample, Rule
from reconciler.policy.sample import FILES, NOW

__all__ = ["MemorySource", "judge_example"]

_DISPLAY = "catalog"


@dataclass(frozen=True, slots=True)
class MemorySource:
    """A catalog whose files are in memory alone; `display` is how messages name the folder."""

    files: Mapping[str, bytes]
    display: str = _DISPLAY

    def list_files(self) -> Listing:
        """Every file, as a folder's would be listed."""
        found = Listing()
        for path in sorted(self.files):
            parts = tuple(path.split("/"))
            if parts[-1].startswith("."):
                found.add_hidden(self.display, parts)
            else:
                found.add(path, self.display, parts, EntryKind.FILE)
        return found.sort()

    def read(self, file: SourceFile) -> bytes | Diagnostic:
        """The file's bytes, which are UTF-8 and within bounds; or why they are not."""
        return check_content(file, self.files[file.path])


def judge_example(rule: Rule) -> JudgedExample:
    """What the rule has against its example; what others may have is left out."""
    example = rule.example
    if example.words:
        return JudgedExample()
    head = MemorySource(_bytes(example.files))
    base = None if example.base is None else MemorySource(_bytes(example.base))
    loaded = load_and_judge_from(head) if base is None else load_and_judge_change(head, base, NOW)
    own = tuple(each for each in loaded.diagnostics if each.code == rule.code)
    return JudgedExample(own, _texts(head), None if base is None else _texts(base))


def _bytes(files: Files) -> dict[str, bytes]:
    together = {**FILES, **files}
    return {
        path: text.encode() if isinstance(text, str) else text
        for path, text in together.items()
        if text is not None
    }


def _texts(source: MemorySource) -> dict[str, str]:
    return {
        f"{source.display}/{path}": content.decode(errors="replace")
        for path, content in source.files.items()
    }
