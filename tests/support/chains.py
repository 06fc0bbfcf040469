"""Evidence made without any apply: chains of runs, written by the product's own appender."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

from reconciler.evidence.appender import Appender
from reconciler.evidence.encoding import Opening, encode_started
from reconciler.evidence.folder import read_chain
from reconciler.evidence.records import Event
from reconciler.evidence.verification import heads
from reconciler.model.ids import RunId
from reconciler.model.plan import CatalogRevision
from tests.support.builders import CONNECTOR, NOW

__all__ = ["began", "change", "ended", "line_ended", "opened", "run_name", "write_runs"]


def run_name(at: datetime, number: int = 0) -> RunId:
    """What a run that began then is called."""
    return RunId(f"{at.astimezone(UTC):%Y%m%dT%H%M%SZ}-{number:06x}")


def opened(
    folder: Path,
    at: datetime = NOW,
    number: int = 0,
    *,
    sandbox: bool = False,
    sign: Callable[[str], str] | None = None,
    digest: str = "d1",
) -> Appender:
    """A run that has begun at the end of the connector's chain; its clock stands still."""
    chain = read_chain(folder, CONNECTOR, sandbox=sandbox)
    appender = Appender(
        folder=folder,
        chain=chain,
        run=run_name(at, number),
        follows=heads(chain),
        clock=lambda: at,
        sign=sign,
    )
    opening = Opening(
        connector=CONNECTOR,
        sandbox=sandbox,
        mode="file",
        tool_version="0.1.0",
        revision=CatalogRevision(digest=digest),
    )
    appender.append(Event.RUN_STARTED, encode_started(opening))
    return appender


def change(name: str = "old", action: str = "remove", **more: object) -> dict[str, object]:
    """A line of a plan, as evidence has it."""
    return {
        "action": action,
        "group": {"id": "00gclaude", "name": "Claude users", "is_made": False},
        "person": {"id": f"00u{name}", "login": f"{name}@example.com"},
        "member_class": "unapproved",
        **more,
    }


def began(appender: Appender, line: int = 1, **more: object) -> None:
    """A write is about to be made."""
    appender.append(Event.WRITE_BEGUN, {"line": line, "change": change(**more)})


def line_ended(
    appender: Appender, line: int = 1, outcome: str = "verified", **more: object
) -> None:
    """How a line ended."""
    told = {"line": line, "change": change(**more), "outcome": outcome, "request_id": "req"}
    appender.append(Event.LINE_ENDED, told)


def ended(appender: Appender, exit_code: int = 0, *, is_complete: bool = True) -> None:
    """The run came to its end."""
    told = {"exit_code": exit_code, "is_complete": is_complete, "refusal": None}
    appender.append(Event.RUN_ENDED, told)


def write_runs(
    folder: Path,
    number: int = 3,
    *,
    first: int = 0,
    sandbox: bool = False,
    sign: Callable[[str], str] | None = None,
) -> list[Path]:
    """So many good runs, an hour apart, with two lines each; their files, oldest first."""
    paths = []
    for place in range(first, first + number):
        at = NOW + timedelta(hours=place)
        appender = opened(folder, at, place, sandbox=sandbox, sign=sign)
        for line in (1, 2):
            began(appender, line, name=f"p{place}{line}")
            line_ended(appender, line, name=f"p{place}{line}")
        ended(appender)
        paths.append(appender.path)
    return paths
