"""People no run ever removes, and what it costs when one of them cannot be found."""

from dataclasses import dataclass

from reconciler.identity.directory_index import DirectoryIndex
from reconciler.model.directory import DirectoryUser, Members
from reconciler.model.ids import OktaUserId
from reconciler.model.names import login_key
from reconciler.model.plan import PlanWarning
from reconciler.model.settings import ProtectedPerson
from reconciler.planning.citation import cite_names

__all__ = ["Protection", "protect"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Protection:
    """The protected people by id. `holds_all` says why unapproved removals wait, or is empty."""

    ids: Members
    holds_all: str = ""
    warnings: tuple[PlanWarning, ...] = ()


def protect(people: tuple[ProtectedPerson, ...], directory: DirectoryIndex) -> Protection:
    """Who is protected. One who is not found may be any member under another name."""
    ids: set[OktaUserId] = set()
    lost: list[str] = []
    for person in people:
        found = _find(person, directory)
        ids.update(user.id for user in found)
        if not found:
            lost.append(person.login)
    if not lost:
        return Protection(ids=frozenset(ids))
    names = ", ".join(sorted(lost))
    return Protection(
        ids=frozenset(ids),
        holds_all=f"{names}, protected, is nobody Okta shows and may be any member",
        warnings=(
            PlanWarning(
                code="protected-missing",
                summary=f"{names} is protected but nobody Okta shows: no unapproved member is "
                "removed until this is settled",
                hint="correct `protected` in settings.yaml; give the id to survive a rename",
                people=cite_names(lost),
            ),
        ),
    )


def _find(person: ProtectedPerson, directory: DirectoryIndex) -> tuple[DirectoryUser, ...]:
    if person.id is None:
        return directory.by_login.get(login_key(person.login), ())
    user = directory.by_id.get(OktaUserId(person.id))
    return (user,) if user else ()
