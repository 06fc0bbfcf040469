"""The service apps and custom roles of a world file.

A client of `oauth_clients` has a `label`, and may have `client_id`, `status`, `application_type`,
`auth_method`, `scopes`, `roles` with `targets`, `custom_roles`, `dpop_bound`, `zones`, and either
`jwks`, its public keys, or `generate: true` for one of the org's making. A custom role has a
`name`, `permissions`, and `groups` that its resource set is limited to.
"""

from typing import Final

from reconciler.sandbox.shapes import Fields, Shapes
from reconciler.sandbox.world import CustomRole, OAuthClient

_WORDS: Final = ("label", "client_id", "status", "application_type", "auth_method")
_LISTS: Final = ("scopes", "roles", "targets", "zones")
_REST: Final = ("custom_roles", "jwks", "dpop_bound", "generate")
_OF_ROLES: Final = ("name", "id", "permissions", "groups")


def client(shapes: Shapes, raw: object, where: str) -> OAuthClient | None:
    """The service app that a mapping describes; None when it has no label."""
    read = shapes.named(raw, where, "label", (*_WORDS, *_LISTS, *_REST))
    if read is None:
        return None
    words = shapes.texts({key: read[key] for key in _WORDS if key in read}, where)
    return OAuthClient(
        label=words.get("label", ""),
        client_id=words.get("client_id", ""),
        status=words.get("status", "ACTIVE"),
        application_type=words.get("application_type", "service"),
        auth_method=words.get("auth_method", "private_key_jwt"),
        scopes=shapes.names(read, "scopes", where),
        roles=shapes.names(read, "roles", where),
        targets=shapes.names(read, "targets", where),
        zones=shapes.names(read, "zones", where),
        custom_roles=custom_roles(shapes, read, where),
        jwks=shapes.keys(read, "jwks", where),
        dpop_bound=shapes.flag(read, "dpop_bound", where),
        generate=shapes.flag(read, "generate", where),
    )


def custom_roles(shapes: Shapes, read: Fields, where: str) -> tuple[CustomRole, ...]:
    """The custom roles that somebody is given."""
    made = []
    for at, raw in enumerate(shapes.items(read, "custom_roles", where)):
        here = f"{where}.custom_roles[{at}]"
        role = shapes.named(raw, here, "name", _OF_ROLES)
        if role is not None:
            words: Fields = {key: role[key] for key in ("name", "id") if key in role}
            texts = shapes.texts(words, here)
            made.append(
                CustomRole(
                    name=texts.get("name", ""),
                    id=texts.get("id", ""),
                    permissions=shapes.names(role, "permissions", here),
                    groups=shapes.names(role, "groups", here),
                )
            )
    return tuple(made)
