"""Instants as Okta writes them: UTC, milliseconds, a final Z (Okta: recorded).

The milliseconds are always `.000` but in the System Log (Okta: recorded, 13,377 of 13,377).
"""

from datetime import UTC, datetime
from email.utils import format_datetime


def parsed(text: str) -> datetime:
    """The aware UTC instant that an ISO 8601 text means; no offset means UTC."""
    instant = datetime.fromisoformat(text)
    return instant.replace(tzinfo=UTC) if instant.tzinfo is None else instant.astimezone(UTC)


def stamp(instant: datetime) -> str:
    """The instant as it stands in Okta's bodies, `2026-01-10T08:00:00.000Z`."""
    return precise(instant.replace(microsecond=0))


def precise(instant: datetime) -> str:
    """The instant as it stands in the System Log, `2026-01-10T08:00:00.123Z`."""
    text = instant.astimezone(UTC).isoformat(timespec="milliseconds")
    return text.removesuffix("+00:00") + "Z"


def http_date(instant: datetime) -> str:
    """The instant as it stands in a Date header."""
    return format_datetime(instant.astimezone(UTC), usegmt=True)


def millis(instant: datetime) -> int:
    """The instant in whole milliseconds since the epoch, cut as `stamp` cuts it."""
    return int(instant.timestamp()) * 1000 + instant.microsecond // 1000
