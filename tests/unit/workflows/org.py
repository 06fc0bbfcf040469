"""The org of a described company, as a reader that needs no HTTP."""

from reconciler.model.directory import AttributedMembers
from tests.support.builders import SERVICE, group_id, user_id
from tests.support.fake_directory import FakeReader


def reader_of(company, **more):
    """A reader that shows the company's groups, members and people."""
    live = company.live()
    targets = frozenset(group_id(name) for _, name, _ in company.rules)
    apps = company.world().apps
    members = {
        group: tuple(live.users[u] for u in sorted(people))
        for group, people in live.members.items()
    }
    facts = {
        "org": live.org,
        "caller": live.users[user_id(SERVICE)],
        "groups": dict(live.groups),
        "members": members,
        "targets": targets,
        "attributed": {
            group: AttributedMembers(users=members[group], fed=live.rule_fed[group])
            for group in targets
        },
        "apps": {
            g: tuple(sorted(app.label for app in apps if group.name in app.groups))
            for g, group in live.groups.items()
        },
        "users": tuple(live.users.values()),
    }
    return FakeReader(**{**facts, **more})
