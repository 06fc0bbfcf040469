"""The org of a described company, as a reader that needs no HTTP."""

from tests.builders import SERVICE, user_id
from tests.unit.live.reader import FakeReader


def reader_of(company, **more):
    """A reader that shows the company's groups, members and people."""
    live = company.live()
    facts = {
        "org": live.org,
        "caller": live.users[user_id(SERVICE)],
        "groups": dict(live.groups),
        "members": {
            group: tuple(live.users[u] for u in sorted(members))
            for group, members in live.members.items()
        },
        "users": tuple(live.users.values()),
    }
    return FakeReader(**{**facts, **more})
