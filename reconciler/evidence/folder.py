"""The evidence folder: a file per run, by connector and month, only ever added to.

    DIR/okta-prod/2026-11/20261122T090000Z-ab12cd.jsonl
    DIR/okta-prod.sandbox/2026-11/…                      rehearsals: a chain of their own

Anything else in the folder, such as `.git` or a README, is nobody's evidence and is left alone.
"""

import os
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

import msgspec

from reconciler.evidence.line_format import RunFile, parse, seal
from reconciler.model.errors import StoreError
from reconciler.model.evidence import ORIGIN, Event, Fault, Link
from reconciler.model.ids import ConnectorId, RunId
from reconciler.planning.plan_codec import cleaned
from reconciler.store.atomic import private_folder, read, write

__all__ = ["Appender", "Chain", "chains", "read_chain"]

_REHEARSED = ".sandbox"
_LINK = "a symbolic link stands where a run's own file or folder should be"
_UNLINK = "remove the link: whoever may push the branch that keeps the evidence can bring one"
_CHAIN = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*(\.sandbox)?")
_RUN = re.compile(r"([0-9]{4})([0-9]{2})[0-9]{2}T[0-9]{6}Z-[0-9a-f]{6}\.jsonl")


@dataclass(frozen=True, slots=True, kw_only=True)
class Chain:
    """The runs of one connector, by name. `faults` are about files that are no run's file."""

    connector: ConnectorId
    sandbox: bool
    files: tuple[RunFile, ...] = ()
    faults: tuple[Fault, ...] = ()

    @property
    def name(self) -> str:
        """The folder it lies in."""
        return _name(self.connector, sandbox=self.sandbox)


def chains(folder: Path) -> tuple[Chain, ...]:
    """Every chain below the folder; raises `StoreError` when there is no such folder."""
    if not folder.is_dir():
        raise StoreError(
            "evidence-missing", f"there is no folder {folder}", "name the --evidence folder"
        )
    names = (path.name for path in _listed(folder))
    return tuple(
        read_chain(
            folder, ConnectorId(name.removesuffix(_REHEARSED)), sandbox=name.endswith(_REHEARSED)
        )
        for name in names
        if _CHAIN.fullmatch(name) and any(_files(folder / name))
    )


def read_chain(folder: Path, connector: ConnectorId, *, sandbox: bool) -> Chain:
    """One connector's runs; empty when it has none yet."""
    files, faults = [], []
    root = folder / _name(connector, sandbox=sandbox)
    if root.is_symlink():
        linked = Fault(code="file-misplaced", file=root.name, summary=_LINK)
        return Chain(connector=connector, sandbox=sandbox, faults=(linked,))
    for path in _files(root):
        shown = path.relative_to(folder).as_posix()
        wrong = _misplaced(path, folder)
        if wrong:
            faults.append(Fault(code="file-misplaced", file=shown, summary=wrong))
        else:
            files.append(parse(shown, RunId(path.stem), read(path)))
    return Chain(connector=connector, sandbox=sandbox, files=tuple(files), faults=tuple(faults))


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
        return self.folder / self.chain.name / _month(self.run) / f"{self.run}.jsonl"

    @property
    def head(self) -> str:
        """The hash of the last line: kept outside, it proves that none was cut off."""
        return self._previous

    def begin(self, fields: Mapping[str, object]) -> None:
        """The run's file is there, and its first line names the runs it follows."""
        if self.path.exists():
            raise StoreError("evidence-not-writable", f"{self.path} is there already")
        for folder in (self.path.parent.parent, self.path.parent):
            if folder.is_symlink():
                raise StoreError("evidence-not-writable", f"{folder}: {_LINK}", _UNLINK)
        private_folder(self.path.parent)
        links = msgspec.to_builtins(self.follows)
        self._put(Event.RUN_STARTED, {**fields, "follows": links}, lambda n: write(self.path, n))

    def append(self, event: Event, fields: Mapping[str, object]) -> None:
        """One more line is on disk."""
        self._put(event, fields, self._extend)

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
        told = {key: cleaned(value, self._sound) for key, value in fields.items()}
        data, found = seal(head | told, self.sign)
        keep(data)
        self._seq, self._previous = self._seq + 1, found

    def _sound(self, text: str) -> str:
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


def _name(connector: ConnectorId, *, sandbox: bool) -> str:
    return f"{connector}{_REHEARSED}" if sandbox else connector


def _month(run: RunId) -> str:
    return f"{run[:4]}-{run[4:6]}"


def _files(folder: Path) -> Iterator[Path]:
    """Every file of lines below the folder, however it got there; links are not followed."""
    for path in _listed(folder):
        if path.is_dir() and not path.is_symlink():
            yield from _files(path)
        elif path.name.startswith("."):
            continue
        elif path.suffix == ".jsonl" or path.is_symlink():
            yield path


def _listed(folder: Path) -> Iterable[Path]:
    try:
        return sorted(folder.iterdir())
    except FileNotFoundError:
        return ()
    except OSError as error:
        raise StoreError("evidence-unreadable", f"{folder}: {error.strerror}") from error


def _misplaced(path: Path, folder: Path) -> str:
    """Why the file cannot be a run's file, if it cannot."""
    if path.is_symlink():
        return _LINK
    named = _RUN.fullmatch(path.name)
    if named is None:
        return "its name is no run's"
    month = f"{named.group(1)}-{named.group(2)}"
    if path.parent.name != month or path.parent.parent.parent != folder:
        return f"it should lie in the folder {month} of its connector"
    return ""
