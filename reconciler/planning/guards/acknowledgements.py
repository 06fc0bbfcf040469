"""Exceptions to a guard: which one lets a hold pass, and what a new one would say."""

import json
from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta

from reconciler.model.catalog import WHY, YOUR_EMAIL, Acknowledgement
from reconciler.model.ids import ConnectorId
from reconciler.model.plan import GroupRef, PersonRef
from reconciler.model.validity import ACKNOWLEDGED_DAYS, day_end

__all__ = ["acknowledgement_stanza", "find_acknowledgement"]


def find_acknowledgement(
    acknowledgements: Iterable[Acknowledgement],
    *,
    guard: str,
    connector: ConnectorId,
    group: GroupRef | None,
    people: Iterable[PersonRef],
    now: datetime,
) -> Acknowledgement | None:
    """The acknowledgement that covers everyone this hold names, if there is one at `now`.

    One that reaches further ahead than an exception may does not hold yet.
    """
    held = {person.id for person in people}
    for ack in acknowledgements:
        if (
            ack.guard == guard
            and ack.connector == connector
            and ack.group == (group.id if group else None)
            and held <= ack.people
            and now < day_end(ack.expires)
            and ack.expires <= _last_day(now)
        ):
            return ack
    return None


def acknowledgement_stanza(
    guard: str,
    connector: ConnectorId,
    group: GroupRef | None,
    people: Iterable[PersonRef],
    now: datetime,
) -> str:
    """The file that would let exactly these lines pass; its writer gives the reason and a name."""
    lines = [f"guard: {guard}", f"connector: {connector}"]
    if group is not None and group.id is not None:
        lines.append(f"group: {group.id}")
    lines.append("people:")
    named = sorted(people, key=lambda p: (p.login, p.id or ""))
    lines += [f"  - {person.id}  # {json.dumps(person.login)}" for person in named]
    lines += [
        f"reason: {WHY}",
        f"by: {YOUR_EMAIL}",
        f"expires: {_last_day(now).isoformat()}",
    ]
    return "\n".join(lines) + "\n"


def _last_day(now: datetime) -> date:
    """A week from now, or the calendar's end."""
    today = now.astimezone(UTC).date()
    return today + min(timedelta(days=ACKNOWLEDGED_DAYS), date.max - today)
