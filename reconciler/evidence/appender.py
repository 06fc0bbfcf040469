"""Adds one run to its chain: a new file, a line at a time, each on disk before the call returns."""

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

import msgspec

from reconciler.evidence.folder import LINK, Chain, run_path
from reconciler.evidence.line_format import ORIGIN, seal
from reconciler.evidence.records import Event
from reconciler.model.errors import StoreError
from reconciler.model.evidence import Link
from reconciler.model.ids import RunId
from reconciler.planning.plan_codec import clean_strings
from reconciler.store.atomic import make_private_folder, write

__all__ = ["Appender"]

_UNLINK = "remove the link: anyone who may push to the branch that keeps the evidence can bring one"


@dataclass(slots=True)
class Appender:
    """Adds the lines of one run to a new file of the chain; each is on disk when `append` returns.

    The file appears with its first line whole. `clean` runs over every text, to take out what must
    not be kept. Raises `StoreError` when a line cannot be kept.
    """

    folder: Path
    chain: Chain
    run: RunId
    follows: tuple[Link, ...]
    clock: Callable[[], datetime]
    clean: Callable[[str], str] = str
    sign: Callable[[str], str] | None = None
    """Signs the hash of each line, where a key is used."""
    _seq: int = field(init=False)
    _previous: str = field(init=False)
    _is_broken: bool = field(init=False, default=False)

    def __post_init__(self) -> None:
        self._seq = max((link.seq for link in self.follows), default=0)
        self._previous = self.follows[0].hash if self.follows else ORIGIN

    @property
    def path(self) -> Path:
        """The run's file."""
        return self.folder / run_path(self.chain, self.run)

    @property
    def head(self) -> str:
        """The hash of the last line: kept outside, it proves that none was cut off."""
        return self._previous

    def append(self, event: Event, fields: Mapping[str, object]) -> None:
        """One more line is on disk; the first one makes the file, and names the runs it follows."""
        if event is Event.RUN_STARTED:
            self._require_place()
            links = msgspec.to_builtins(self.follows)
            self._put(event, {**fields, "follows": links}, lambda line: write(self.path, line))
        else:
            self._put(event, fields, self._extend)

    def _require_place(self) -> None:
        """The run's folder is there, reached through no link, and the run has no file yet."""
        if self.path.exists():
            raise StoreError("evidence-not-writable", f"{self.path} is there already")
        for folder in (self.path.parent.parent, self.path.parent):
            if folder.is_symlink():
                raise StoreError("evidence-not-writable", f"{folder}: {LINK}", _UNLINK)
        make_private_folder(self.path.parent)

    def _put(
        self, event: Event, fields: Mapping[str, object], keep: Callable[[bytes], None]
    ) -> None:
        head = {
            "seq": self._seq + 1,
            "previous": self._previous,
            "run": self.run,
            "at": self.clock().isoformat(),
            "event": event.value,
        }
        told = {key: clean_strings(value, self._clean_text) for key, value in fields.items()}
        data, found = seal(head | told, self.sign)
        keep(data)
        self._seq, self._previous = self._seq + 1, found

    def _clean_text(self, text: str) -> str:
        """Clean, and without lone surrogates, which the environment may hold and JSON may not."""
        return self.clean(text).encode(errors="replace").decode()

    def _extend(self, data: bytes) -> None:
        if self._is_broken:
            raise StoreError("evidence-not-writable", f"{self.path}: a line before was not kept")
        self._is_broken = True
        try:
            handle = os.open(self.path, os.O_WRONLY | os.O_APPEND | os.O_NOFOLLOW)
            try:
                while data:
                    data = data[os.write(handle, data) :]
                os.fsync(handle)
            finally:
                os.close(handle)
        except OSError as error:
            raise StoreError("evidence-not-writable", f"{self.path}: {error.strerror}") from error
        self._is_broken = False
