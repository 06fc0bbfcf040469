"""`settings.yaml`'s plain data into its noun, with the defaults where it is silent."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from reconciler.catalog.decode import contact
from reconciler.model.diagnostics import Span
from reconciler.model.settings import (
    GuardLimits,
    IdentityRule,
    Limit,
    ProtectedPerson,
    ReviewSource,
    Settings,
)
from reconciler.policy.check import Path

__all__ = ["settings"]

Data = Mapping[str, Any]


def settings(data: Data, where: Callable[[Path], Span]) -> Settings:
    """The settings; a guard that is named replaces its default whole."""
    identity = data.get("identity", {})
    chosen = Settings(
        guards=replace(GuardLimits(), **_guards(data.get("guards", {}))),
        protected=tuple(
            _protected(person, where(("protected", number)))
            for number, person in enumerate(data.get("protected", ()))
        ),
        naming_pattern=data.get("naming", {}).get("pattern"),
        admins=tuple(map(contact, data.get("admins", ()))),
        reviews=_reviews(data.get("reviews")),
    )
    if "match" not in identity:
        return chosen
    return replace(chosen, match=tuple(map(IdentityRule, identity["match"])))


def _guards(data: Data) -> dict[str, tuple[Limit, ...]]:
    return {
        name: tuple(map(_limit, [limits] if isinstance(limits, dict) else limits))
        for name, limits in data.items()
    }


def _limit(data: Data) -> Limit:
    count, percent = data.get("count"), data.get("percent")
    return Limit(
        count=None if count is None else int(count),
        percent=None if percent is None else int(percent),
    )


def _reviews(data: Data | None) -> ReviewSource | None:
    return None if data is None else ReviewSource(**data)


def _protected(data: Data, origin: Span) -> ProtectedPerson:
    return ProtectedPerson(
        login=data["login"], reason=data["reason"], id=data.get("id"), origin=origin
    )
