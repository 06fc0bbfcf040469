"""A local Okta org: an ASGI application with its state in SQLite.

It stands apart: it imports nothing else of this project, above all not the client that it
judges. `Sandbox.open` is the entrance, `Sandbox.transport` calls the org in process, and
`serve` puts it on a socket. It answers as Okta does, in the ways of failing too; where Okta's
behaviour is not known, the docstring of the code says what was chosen.
"""

from reconciler.sandbox.choices import Choices, Options
from reconciler.sandbox.clients import ServiceApp
from reconciler.sandbox.consistency import problems
from reconciler.sandbox.core import Exchange
from reconciler.sandbox.errors import SandboxError, WorldError
from reconciler.sandbox.faults import KINDS, Fault, Faults
from reconciler.sandbox.generate import generated_world
from reconciler.sandbox.ids import derived_id
from reconciler.sandbox.rows import GroupRow, LogRow, UserRow
from reconciler.sandbox.sandbox import Sandbox
from reconciler.sandbox.seeding import RateLimit
from reconciler.sandbox.serving import serve
from reconciler.sandbox.world import (
    App,
    CustomRole,
    Group,
    OAuthClient,
    Org,
    Rule,
    Token,
    User,
    World,
)
from reconciler.sandbox.worldfile import default_world, load_world

__all__ = [
    "KINDS",
    "App",
    "Choices",
    "CustomRole",
    "Exchange",
    "Fault",
    "Faults",
    "Group",
    "GroupRow",
    "LogRow",
    "OAuthClient",
    "Options",
    "Org",
    "RateLimit",
    "Rule",
    "Sandbox",
    "SandboxError",
    "ServiceApp",
    "Token",
    "User",
    "UserRow",
    "World",
    "WorldError",
    "default_world",
    "derived_id",
    "generated_world",
    "load_world",
    "problems",
    "serve",
]
