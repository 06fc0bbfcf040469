"""A file at the top of the repository that a command writes from the catalog, and compares."""

from dataclasses import dataclass
from pathlib import Path

from reconciler.catalog.git.command import NO_REPOSITORY
from reconciler.catalog.git.repository import Repository
from reconciler.cli.exit_codes import ExitCode
from reconciler.cli.terminal.screen import Screen
from reconciler.model.errors import ReconcilerError, StoreError
from reconciler.store.atomic import read, write

__all__ = ["WrittenFile", "find_place"]


@dataclass(frozen=True, slots=True, kw_only=True)
class WrittenFile:
    """One such file: where it belongs, and the line by which it is known as ours.

    `command` is the command that writes it; its name begins the codes of what can be wrong.
    """

    name: str
    """Its path from the top of the repository."""
    header: str
    command: str
    if_foreign: str
    """What to do about a file of that name that the command did not write."""

    def keep_current(self, top: Path, wanted: str, screen: Screen, *, check: bool) -> int:
        """The file says what is wanted; with `check` nothing is written, and another one raises."""
        path = top / self.name
        found = _read_text(path) if path.exists() else ""
        if found == wanted:
            screen.data(f"{self.name} is current\n")
            return ExitCode.OK
        if check:
            raise StoreError(
                f"{self.command}-stale",
                f"{self.name} is not what the catalog says",
                f"write it again: reconciler {self.command}",
            )
        if found and not found.startswith(self.header):
            raise StoreError(
                f"{self.command}-foreign",
                f"{self.name} was not written by this command",
                self.if_foreign,
            )
        path.parent.mkdir(parents=True, exist_ok=True)
        write(path, wanted.encode())
        path.chmod(0o644)
        screen.data(f"wrote {self.name}\n")
        return ExitCode.OK


def _read_text(path: Path) -> str:
    """The file's text with the line ends that we write: a checkout may have others."""
    return read(path).decode("utf-8", "replace").replace("\r\n", "\n")


def find_place(catalog: Path) -> tuple[Path, str]:
    """The top of the repository and the catalog in it; outside a repository, the folder's parent.

    Where there is a repository and git cannot say which, it raises: the file belongs to its top.
    """
    try:
        repository = Repository.around(catalog)
    except ReconcilerError as error:
        if error.code != NO_REPOSITORY:
            raise
        return catalog.absolute().parent, catalog.name
    return repository.top, repository.prefix
