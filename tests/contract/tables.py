"""The tables beside these tests: what is known to differ, each row with its reason."""

import re
from pathlib import Path
from typing import NamedTuple

import yaml

_HERE = Path(__file__).parent


class Row(NamedTuple):
    """One difference of one endpoint, or of all by `*`; a star in `what` stands for anything."""

    endpoint: str
    what: str
    reason: str

    def covers(self, endpoint, what):
        """Whether this difference is the one that the row speaks of."""
        shape = ".*".join(re.escape(part) for part in self.what.split("*"))
        return self.endpoint in (endpoint, "*") and re.fullmatch(shape, what) is not None


class Table:
    """Reasons by name, and the rows that name them."""

    def __init__(self, name):
        self.path = _HERE / name
        content = yaml.safe_load(self.path.read_text(encoding="utf-8"))
        self.reasons = content["reasons"]
        self.rows = tuple(
            Row(endpoint, str(what), reason)
            for endpoint, groups in content["rows"].items()
            for reason, found in groups.items()
            for what in found
        )

    def reason(self, endpoint, what):
        """Why this is known to differ; None when it is not."""
        return next((row.reason for row in self.rows if row.covers(endpoint, what)), None)

    def new(self, found):
        """What differs and stands in no row."""
        return sorted(pair for pair in found if self.reason(*pair) is None)

    def gone(self, found):
        """Rows that nothing occurs for any more."""
        return [row for row in self.rows if not any(row.covers(*pair) for pair in found)]


def told(pairs):
    """Differences as rows that wait for a reason, to be read in a failure."""
    return "\n".join(f"  {endpoint}\n    - {what!r}" for endpoint, what in pairs)
