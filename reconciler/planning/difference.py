"""How a reviewed line and today's line for the same person and group differ, in words."""

from typing import Literal, Protocol

from reconciler.model.plan import Change

__all__ = ["differences"]


class _Item(Protocol):
    """One difference, as deepdiff's tree view holds it."""

    t1: object
    t2: object

    def path(self, *, output_format: Literal["list"]) -> list[str]: ...


def differences(reviewed: Change, newest: Change) -> tuple[str, ...]:
    """What changed in the grants that justify the line, field by field."""
    # 250 ms to import, and most runs have nothing to compare.
    from deepdiff import DeepDiff  # noqa: PLC0415

    found = DeepDiff(_plain(reviewed), _plain(newest), view="tree", threshold_to_diff_deeper=0)
    return tuple(sorted({_words(item) for items in found.values() for item in items}))


def _plain(change: Change) -> dict[str, dict[str, str]]:
    """The grants by ticket, each field as a reader would write it."""
    return {
        ref.ticket: {
            "approved_by": ", ".join(sorted(ref.approved_by)),
            "approved_at": ref.approved_at.isoformat(),
            "starts": ref.starts.isoformat() if ref.starts else "not set",
            "expires": ref.expires.isoformat() if ref.expires else "not set",
            "revoked": ref.revoked_at.isoformat() if ref.revoked_at else "not set",
        }
        for ref in change.grants
    }


def _words(item: _Item) -> str:
    ticket, *field = (str(step) for step in item.path(output_format="list"))
    if not field:
        return f"grant {ticket} {'came' if isinstance(item.t2, dict) else 'went'}"
    return f"grant {ticket}: {field[0]} was {item.t1}, is {item.t2}"
