"""How a plan names a group and a person."""

from dataclasses import dataclass

from reconciler.model.ids import OktaGroupId, OktaUserId

__all__ = ["GroupRef", "PersonRef"]


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupRef:
    """A group by id, or by the name it will be made under (`id` is None).

    `is_made`: it was made for its binding and is known by its name until it is bound by id, so a
    plan made before its creation and one made after speak of the same group.
    """

    id: OktaGroupId | None
    name: str
    is_made: bool = False

    @property
    def key(self) -> str:
        """What tells groups apart within a plan: the id, or the new name."""
        return f"new:{self.name}" if self.id is None or self.is_made else self.id


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonRef:
    """A person by id, with what people call them. `id` is None where no one was found."""

    id: OktaUserId | None
    login: str
    name: str = ""
    status: str = ""
