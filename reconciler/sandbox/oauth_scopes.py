"""Which scope a call needs (Okta: OpenAPI), and which scopes there are."""

import re
from collections.abc import Collection
from typing import Final

_READS: Final = frozenset({"GET", "HEAD"})
_PATHS: Final = tuple(
    (re.compile(shape, re.DOTALL), family)
    for shape, family in (
        (r"/oauth2/v1/clients/[^/]+/roles", "roles"),
        (r"/api/v1/iam/.*", "roles"),
        (r"/api/v1/(?:users|groups)/[^/]+/roles", "roles"),
        (r"/api/v1/users(?:/.*)?", "users"),
        (r"/api/v1/groups(?:/.*)?", "groups"),
        (r"/api/v1/apps(?:/.*)?", "apps"),
        (r"/api/v1/logs", "logs"),
        (r"/api/v1/org", "orgs"),
        (r"/api/v1/api-tokens(?:/.*)?", "apiTokens"),
    )
)
_ONLY_READ: Final = frozenset({"logs"})
_FAMILIES: Final = (
    "apiTokens", "apps", "appGrants", "authorizationServers", "clients", "devices", "domains",
    "eventHooks", "factors", "features", "groups", "idps", "inlineHooks", "linkedObjects", "logs",
    "networkZones", "orgs", "policies", "principalRateLimits", "profileMappings", "rateLimits",
    "roles", "schemas", "sessions", "trustedOrigins", "users", "userTypes",
)  # fmt: skip
KNOWN_SCOPES: Final = frozenset(
    f"okta.{family}.{verb}"
    for family in _FAMILIES
    for verb in ("read", "manage")
    if verb == "read" or family not in _ONLY_READ
)
"""The scopes that the org's own authorization server has; the common ones (Okta: documented)."""


def scope_for(method: str, path: str) -> str:
    """The scope that a call needs; empty for a path that takes no access token."""
    if path == "/api/v1/api-tokens/current":
        return ""  # Okta: OpenAPI names the API token alone
    family = next((name for shape, name in _PATHS if shape.fullmatch(path)), "")
    if not family:
        return ""
    return f"okta.{family}.{'read' if method in _READS else 'manage'}"


def covers(held: Collection[str], scope: str) -> bool:
    """Whether these scopes allow it; managing implies reading (Okta: documented)."""
    return scope in held or scope.removesuffix(".read") + ".manage" in held
