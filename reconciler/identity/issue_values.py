"""What a day or an instant that somebody typed elsewhere means in the files of the catalog."""

import re
from datetime import UTC, date, datetime

from reconciler.model.validity import Moment

__all__ = ["read_moment"]

_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_INSTANT = re.compile(
    r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(?::\d{2}(?:\.\d{1,6})?)?(?:Z|[+-]\d{2}:?\d{2})", re.ASCII
)


def read_moment(text: str) -> Moment | None:
    """The day, or the instant to the second, as Jira and people write it; None if it is neither."""
    try:
        if _DAY.fullmatch(text):
            return Moment(date.fromisoformat(text))
        if _INSTANT.fullmatch(text):
            at = datetime.fromisoformat(text).astimezone(UTC).replace(microsecond=0)
            return Moment(at.date(), at.time())
    except (ValueError, OverflowError):
        return None
    return None
