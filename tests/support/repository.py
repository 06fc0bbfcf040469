"""A git repository to read catalogs from."""

import subprocess
from pathlib import Path

__all__ = ["committed", "git", "unfetched"]

_WHO = ("-c", "user.name=T", "-c", "user.email=t@example.com", "-c", "commit.gpgsign=false")


def git(folder: Path, *words: str) -> str:
    """What git says, with a person of its own; it has to succeed."""
    done = subprocess.run(
        ["git", *_WHO, *words],
        cwd=folder,
        check=True,
        capture_output=True,
        text=True,
    )
    return done.stdout.strip()


def committed(folder: Path, message: str = "a commit") -> str:
    """Everything in the folder, committed; the repository is made if there is none."""
    if not (folder / ".git").exists():
        git(folder, "init", "-q", "-b", "main")
    git(folder, "add", "--all")
    git(folder, "commit", "-q", "--allow-empty", "-m", message)
    return git(folder, "rev-parse", "HEAD")


def unfetched(folder: Path) -> Path:
    """A catalog folder that is a submodule nobody fetched, in a repository of its own."""
    other, here = folder / "catalogs", folder / "here"
    other.mkdir()
    (other / "settings.yaml").write_text("{}\n")
    sha = committed(other)
    (here / "catalog").mkdir(parents=True)
    git(here, "init", "-q", "-b", "main")
    git(here, "update-index", "--add", "--cacheinfo", f"160000,{sha},catalog")
    git(here, "commit", "-q", "-m", "a submodule")
    return here / "catalog"
