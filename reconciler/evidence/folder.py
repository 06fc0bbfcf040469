"""The evidence folder: a file per run, by connector and month, only ever added to.

    DIR/okta-prod/2026-11/20261122T090000Z-ab12cd.jsonl
    DIR/okta-prod.sandbox/2026-11/…                      rehearsals: a chain of their own

Anything else in the folder, such as `.git` or a README, is no evidence and is left alone.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from reconciler.evidence.line_format import RunFile, parse
from reconciler.model.errors import StoreError
from reconciler.model.evidence import Fault
from reconciler.model.ids import ConnectorId, RunId
from reconciler.store.atomic import read

__all__ = ["LINK", "Chain", "read_chain", "read_chains", "run_path"]

_REHEARSED = ".sandbox"
LINK = "a symbolic link stands where a run's own file or folder should be"
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
        """The folder that holds it."""
        return _name(self.connector, sandbox=self.sandbox)


def read_chains(folder: Path) -> tuple[Chain, ...]:
    """Every chain below the folder; raises `StoreError` when there is no such folder."""
    if not folder.is_dir():
        raise StoreError(
            "evidence-missing", f"there is no folder {folder}", "name the --evidence folder"
        )
    names = (path.name for path in _list_entries(folder))
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
        linked = Fault(code="file-misplaced", file=root.name, summary=LINK)
        return Chain(connector=connector, sandbox=sandbox, faults=(linked,))
    for path in _files(root):
        shown = path.relative_to(folder).as_posix()
        wrong = _explain_misplaced(path, folder)
        if wrong:
            faults.append(Fault(code="file-misplaced", file=shown, summary=wrong))
        else:
            files.append(parse(shown, RunId(path.stem), read(path)))
    return Chain(connector=connector, sandbox=sandbox, files=tuple(files), faults=tuple(faults))


def run_path(chain: Chain, run: RunId) -> Path:
    """Where the run's file is, from the evidence folder on."""
    return Path(chain.name, f"{run[:4]}-{run[4:6]}", f"{run}.jsonl")


def _name(connector: ConnectorId, *, sandbox: bool) -> str:
    return f"{connector}{_REHEARSED}" if sandbox else connector


def _files(folder: Path) -> Iterator[Path]:
    """Every file of lines below the folder, however it got there; links are not followed."""
    for path in _list_entries(folder):
        if path.is_dir() and not path.is_symlink():
            yield from _files(path)
        elif path.name.startswith("."):
            continue
        elif path.suffix == ".jsonl" or path.is_symlink():
            yield path


def _list_entries(folder: Path) -> Iterable[Path]:
    try:
        return sorted(folder.iterdir())
    except FileNotFoundError:
        return ()
    except OSError as error:
        raise StoreError("evidence-unreadable", f"{folder}: {error.strerror}") from error


def _explain_misplaced(path: Path, folder: Path) -> str:
    """Why the file cannot be a run's file, if it cannot."""
    if path.is_symlink():
        return LINK
    named = _RUN.fullmatch(path.name)
    if named is None:
        return "its name is no run's"
    month = f"{named.group(1)}-{named.group(2)}"
    if path.parent.name != month or path.parent.parent.parent != folder:
        return f"it belongs in the folder {month} of its connector"
    return ""
