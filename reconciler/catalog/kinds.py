"""What a catalog is made of: which folder holds which kind, and what a list of them is called."""

from dataclasses import dataclass

__all__ = ["BY_FOLDER", "KINDS", "SETTINGS", "Kind"]


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of object; its folder bears the same name as a list of them."""

    name: str
    plural: str
    nested: bool = False
    """Whether files lie in folders of their own below (`grants/<tool>/**`)."""


SETTINGS = Kind("settings", "")

KINDS = (
    SETTINGS,
    Kind("connector", "connectors"),
    Kind("tool", "tools"),
    Kind("binding", "bindings"),
    Kind("identity", "identities"),
    Kind("acknowledgement", "acknowledgements"),
    Kind("grant", "grants", nested=True),
)
"""In the order in which they are read: what is referred to comes before what refers to it."""

BY_FOLDER = {kind.plural: kind for kind in KINDS if kind.plural}
