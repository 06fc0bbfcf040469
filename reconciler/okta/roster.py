"""Everyone read from one org so far: one object per person, however many lists show them.

A person whom many groups hold comes many times, mostly saying the same; only what is new is checked
and made a noun.
"""

from reconciler.model.directory import DirectoryUser
from reconciler.model.ids import OktaUserId
from reconciler.okta import wire
from reconciler.okta.answer import Answer
from reconciler.okta.decode import user_of, wire_users

__all__ = ["Roster"]


class Roster:
    """The people seen, as Okta last showed each of them."""

    def __init__(self) -> None:
        self._seen: dict[str, wire.User] = {}
        self._users: dict[OktaUserId, DirectoryUser] = {}

    def read(self, answer: Answer) -> tuple[DirectoryUser, ...]:
        """The people of one page; raises `IncompleteReadError` as `decode` does."""
        return tuple(self._known(item, answer) for item in wire_users(answer))

    def share(self, user: DirectoryUser) -> DirectoryUser:
        """The object that stands for this person; the given one where it says something new."""
        known = self._users.setdefault(user.id, user)
        if known != user:
            self._users[user.id] = user
            self._seen.pop(user.id, None)
            return user
        return known

    def _known(self, item: wire.User, answer: Answer) -> DirectoryUser:
        if self._seen.get(item.id) == item:
            return self._users[OktaUserId(item.id)]
        user = self.share(user_of(item, answer))
        self._seen[item.id] = item
        return user
