"""In CI an apply runs at the tip of the default branch, from a clean tree, and nowhere else.

A run of last week's commit would bring back what was revoked since.
"""

from reconciler.catalog.git import Repository
from reconciler.cli.environment import is_ci
from reconciler.cli.options import Settings
from reconciler.cli.wiring import Connection
from reconciler.model.errors import GuardRefused

__all__ = ["require_tip"]


def require_tip(settings: Settings, connection: Connection) -> None:
    """Raises `GuardRefused` when CI would apply anything but the newest merged files.

    Where git cannot tell, that is the error, and its cause is named. A person's own
    machine and a sandbox may apply what they like.
    """
    if not is_ci() or connection.is_sandbox:
        return
    repository = Repository.around(settings.catalog)
    sha = repository.commit("HEAD")
    if repository.is_dirty():
        raise GuardRefused(
            "tree-dirty",
            "the catalog has changes that are not committed",
            "apply a clean checkout of the default branch",
        )
    branch, newest = repository.tip()
    if sha != newest:
        raise GuardRefused(
            "commit-not-tip",
            f"this is {sha[:12]}, and {branch} is at {newest[:12]}",
            "run at the newest commit of the default branch: start a new run, not an old one again",
        )
