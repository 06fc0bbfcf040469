"""Worlds of any size, the same every time for the same numbers."""

import random

from reconciler.sandbox.world import Group, Token, User, World

_FIRST = ("Amina", "Bruno", "Chen", "Dana", "Elif", "Farid", "Greta", "Hugo", "Ines", "Jonas")
_LAST = ("Abbott", "Berg", "Costa", "Dunn", "Eze", "Fuchs", "Gupta", "Haas", "Ito", "Jensen")
_STATUSES = ("ACTIVE",) * 94 + ("SUSPENDED",) * 2 + ("DEPROVISIONED",) * 3 + ("STAGED",)


def generated_world(*, users: int, groups: int, members: int, seed: int = 0) -> World:
    """So many people, and so many groups of so many members each, drawn by the seed."""
    draw = random.Random(seed)  # noqa: S311 -- repeatable on purpose; nothing here is secret
    people = tuple(_user(number, draw) for number in range(users))
    logins = [user.login for user in people]
    service = User(login="svc-access@acme.example", first_name="Access", roles=("SUPER_ADMIN",))
    return World(
        users=(*people, service),
        groups=tuple(
            Group(
                name=f"group-{number:05}",
                members=tuple(draw.sample(logins, min(members, users))),
            )
            for number in range(groups)
        ),
        tokens=(Token(name="reconciler", owner=service.login),),
    )


def _user(number: int, draw: random.Random) -> User:
    return User(
        login=f"person.{number:06}@acme.example",
        first_name=draw.choice(_FIRST),
        last_name=draw.choice(_LAST),
        status=draw.choice(_STATUSES),
    )
