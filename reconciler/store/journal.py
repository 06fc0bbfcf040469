"""The append-only record of an apply: an intent before each write, its outcome after.

One JSON object a line, each fsynced before `record` returns. A run that was killed leaves intents
without outcomes; what became of them is read from Okta again, never guessed from here.
"""

import json
import os
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Self

from reconciler.model.errors import StoreError
from reconciler.model.ids import RunId
from reconciler.store.atomic import private_folder, sync_folder

__all__ = ["Interrupted", "Journal", "interrupted_runs"]


class Journal:
    """One run's journal, open for appending. Use as a context manager.

    `clean` runs over every text, to take out what must not be kept.
    """

    def __init__(
        self,
        folder: Path,
        run: RunId,
        clock: Callable[[], datetime],
        clean: Callable[[str], str] = str,
    ) -> None:
        self.path = private_folder(folder) / f"{run}.jsonl"
        self._clock = clock
        self._clean = clean
        flags = os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_EXCL
        try:
            self._handle = os.open(self.path, flags, 0o600)
        except OSError as error:
            raise StoreError("journal-not-writable", f"{self.path}: {error.strerror}") from error
        sync_folder(folder)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        os.close(self._handle)

    def record(self, event: str, fields: Mapping[str, object]) -> None:
        """One entry is on disk."""
        safe = {k: self._clean(v) if isinstance(v, str) else v for k, v in fields.items()}
        entry = {"at": self._clock().isoformat(), "event": event, **safe}
        line = json.dumps(entry, ensure_ascii=True, separators=(",", ":")) + "\n"
        data = line.encode()
        try:
            while data:  # a disk that fills up takes a part, and says so only the next time
                data = data[os.write(self._handle, data) :]
            os.fsync(self._handle)
        except OSError as error:
            raise StoreError("journal-not-writable", f"{self.path}: {error.strerror}") from error


@dataclass(frozen=True, slots=True, kw_only=True)
class Interrupted:
    """A run whose journal has no end: it was killed."""

    run: RunId
    intents: int
    outcomes: int


def interrupted_runs(folder: Path) -> tuple[Interrupted, ...]:
    """The runs that never wrote their end, oldest first."""
    found = []
    for path in sorted(folder.glob("*.jsonl")):
        events = [entry.get("event") for entry in _entries(path)]
        if "run-ended" not in events:
            found.append(
                Interrupted(
                    run=RunId(path.stem),
                    intents=events.count("intent"),
                    outcomes=events.count("outcome"),
                )
            )
    return tuple(found)


def _entries(path: Path) -> Iterator[dict[str, object]]:
    """The whole lines; a last line cut by a power failure is left out."""
    try:
        text = path.read_text(encoding="utf-8", errors="replace")
    except OSError as error:
        raise StoreError("journal-unreadable", f"{path}: {error.strerror}") from error
    for line in text.splitlines():
        try:
            entry = json.loads(line)
        except (ValueError, RecursionError):
            continue
        if isinstance(entry, dict):
            yield entry
