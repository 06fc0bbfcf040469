"""How a reviewed line and today's line for the same person and group differ, in words."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, Protocol

from reconciler.model.plan import AccountChange, Change, GrantRef
from reconciler.model.validity import format_instant
from reconciler.planning.refs import approved_when

__all__ = ["Difference", "compare_fields", "explain_account_differences", "explain_differences"]


Fields = Mapping[str, Mapping[str, str]]
"""Objects by name, and each object's fields as a reader would write them."""


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Difference:
    """What differs in the object of that name, in words; `field` is empty where all of it does."""

    words: str
    name: str
    field: str = ""


class _Item(Protocol):
    """One difference, as deepdiff's tree view holds it."""

    t1: object
    t2: object

    def path(self, *, output_format: Literal["list"]) -> list[str]: ...


def explain_differences(reviewed: Change, newest: Change) -> tuple[str, ...]:
    """What changed in the grants that justify the line, field by field."""
    return tuple(
        f"grant {each.words}"
        for each in compare_fields(_plain(reviewed), _plain(newest), "came", "went")
    )


def explain_account_differences(reviewed: AccountChange, newest: AccountChange) -> tuple[str, ...]:
    """What changed in the file that justifies the line, field by field."""
    before, after = _plain_account(reviewed), _plain_account(newest)
    return tuple(each.words for each in compare_fields(before, after, "came", "went"))


def _plain_account(change: AccountChange) -> dict[str, dict[str, str]]:
    ref = change.source
    return {
        ref.ticket: {
            "approved_by": ", ".join(sorted(ref.approved_by)),
            "approved_at": format_instant(ref.approved_at, ref.approved_time),
            "until": ref.until.isoformat() if ref.until else "not set",
            "requested_at": ref.requested_at.isoformat() if ref.requested_at else "not set",
            "status": change.person.status,
        }
    }


def compare_fields(before: Fields, after: Fields, came: str, went: str) -> tuple[Difference, ...]:
    """Each difference once, in order: `NAME: FIELD was A, is B`, or what became of `NAME`."""
    # 250 ms to import, and most runs have nothing to compare.
    from deepdiff import DeepDiff  # noqa: PLC0415 - as said above

    found = DeepDiff(before, after, view="tree", threshold_to_diff_deeper=0)
    said = {_difference(item, came, went) for items in found.values() for item in items}
    return tuple(sorted(said))


def _plain(change: Change) -> dict[str, dict[str, str]]:
    """The grants by ticket, each field as a reader would write it."""
    return {
        ref.ticket or f"by {ref.source.value if ref.source else 'nobody'}": {
            **_plain_approval(ref),
            "starts": ref.begins.written if ref.begins else "not set",
            "expires": ref.ends.written if ref.ends else "not set",
            "revoked": ref.revoked_at.isoformat() if ref.revoked_at else "not set",
        }
        for ref in change.grants
    }


def _plain_approval(ref: GrantRef) -> dict[str, str]:
    """Who agreed and when, where the file says so: what a source says is no change of the grant."""
    if ref.source is not None:
        return {"approval": f"by {ref.source.value}", "requested_by": ref.requested_by or "not set"}
    return {
        "approved_by": ", ".join(sorted(ref.approved_by)),
        "approved_at": approved_when(ref),
    }


def _difference(item: _Item, came: str, went: str) -> Difference:
    name, *field = (str(step) for step in item.path(output_format="list"))
    if not field:
        return Difference(words=f"{name} {came if isinstance(item.t2, dict) else went}", name=name)
    words = f"{name}: {field[0]} was {item.t1}, is {item.t2}"
    return Difference(words=words, name=name, field=field[0])
