"""Users by id, by login and by address, so that a subject is looked up and never scanned for."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from reconciler.model.directory import DirectoryUser
from reconciler.model.ids import OktaUserId, login_key

__all__ = ["DirectoryIndex", "index_users"]


@dataclass(frozen=True, slots=True, kw_only=True)
class DirectoryIndex:
    """The users that were read. Logins and addresses stand under their `login_key`."""

    by_id: Mapping[OktaUserId, DirectoryUser]
    by_login: Mapping[str, tuple[DirectoryUser, ...]]
    by_email: Mapping[str, tuple[DirectoryUser, ...]]


def index_users(users: Iterable[DirectoryUser]) -> DirectoryIndex:
    """An index over the users; several may share an address, and each is kept."""
    by_id: dict[OktaUserId, DirectoryUser] = {}
    by_login: dict[str, tuple[DirectoryUser, ...]] = {}
    by_email: dict[str, tuple[DirectoryUser, ...]] = {}
    for user in users:
        by_id[user.id] = user
        login, email = login_key(user.login), login_key(user.email)
        by_login[login] = (*by_login.get(login, ()), user)
        if email:
            by_email[email] = (*by_email.get(email, ()), user)
    return DirectoryIndex(by_id=by_id, by_login=by_login, by_email=by_email)
