"""A local Okta org: an ASGI application with its state in SQLite.

It stands apart: it imports nothing else of this project, above all not the client that it
judges. `Sandbox.open` is the entrance, `Sandbox.transport` calls the org in process, and
`serve` puts it on a socket. It answers as Okta does, in the ways of failing too; where Okta's
behaviour is not known, the docstring of the code says what was chosen.
"""

from reconciler.sandbox.api_errors import SandboxError, WorldError
from reconciler.sandbox.faults import KINDS, Fault, Faults
from reconciler.sandbox.ids import derived_id
from reconciler.sandbox.limits.rate import RateLimit
from reconciler.sandbox.oauth.service_apps import ServiceApp
from reconciler.sandbox.org import Sandbox, serve
from reconciler.sandbox.resources.user_lifecycle import Operation
from reconciler.sandbox.search.listing import GroupRow, LogRow, UserRow
from reconciler.sandbox.state import Exchange
from reconciler.sandbox.world.file import default_world, load_world
from reconciler.sandbox.world.model import (
    App,
    CustomRole,
    Group,
    OAuthClient,
    Org,
    Rule,
    Token,
    User,
    World,
    generate_world,
)
from reconciler.sandbox.world.options import Choices, Options
from reconciler.sandbox.world.validation import problems

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
    "Operation",
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
    "generate_world",
    "load_world",
    "problems",
    "serve",
]
