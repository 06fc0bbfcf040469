"""What the pinned artifact actions do with files, as read in their sources."""

import fnmatch
import shutil
from pathlib import Path
from typing import Any

__all__ = ["Artifacts"]

# actions/upload-artifact v7.0.0 (bbbca2d), `src/shared/search.ts`: a folder is uploaded with paths
#   from that folder on; what begins with a dot is left out; without a file there is no artifact.
# actions/download-artifact v8.0.1 (3e5f45b), `src/download-artifact.ts`: with `name`, and with
#   `merge-multiple`, files land in `path` itself; with a pattern, or with neither, each artifact
#   gets a folder of its name, *unless only one matched*: that one lands in `path` too. A name that
#   is not there fails the step; a pattern that matches nothing does not.
# Their v3.2.1-node20 (c24449f) and v3-node20 (246d718), which GitHub Enterprise Server needs: the
#   same with `name`; `pattern` and `merge-multiple` are not known there.
# `gh run download RUN --name NAME --dir DIR` (cli/cli, `pkg/cmd/run/download/download.go`): one
#   name and no pattern lands in DIR itself.


class Artifacts:
    """The artifacts of one run."""

    def __init__(self, store: Path) -> None:
        self._store = store

    def upload(self, workspace: Path, given: dict[str, Any]) -> None:
        """What the upload does with these inputs; `path` is a folder."""
        top = workspace / given["path"]
        kept = [p for p in sorted(top.rglob("*")) if p.is_file() and not _is_hidden(p, top)]
        target = self._store / given["name"]
        if target.exists():
            assert given.get("overwrite"), f"{given['name']} is there already"
            shutil.rmtree(target)
        for path in kept:
            _copy(path, target / path.relative_to(top))

    def download(self, workspace: Path, given: dict[str, Any]) -> bool:
        """What the download does with these inputs; whether the step is green."""
        names = sorted(path.name for path in self._store.iterdir())
        wanted = [given["name"]] if "name" in given else fnmatch.filter(names, given["pattern"])
        if "name" in given and given["name"] not in names:
            return False
        is_flat = "name" in given or given.get("merge-multiple") is True or len(wanted) == 1
        for name in wanted:
            target = workspace / given["path"] / ("" if is_flat else name)
            target.mkdir(parents=True, exist_ok=True)
            shutil.copytree(self._store / name, target, dirs_exist_ok=True)
        return True


def _is_hidden(path: Path, top: Path) -> bool:
    return any(part.startswith(".") for part in path.relative_to(top).parts)


def _copy(path: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(path, target)
