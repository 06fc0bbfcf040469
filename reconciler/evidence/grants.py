"""What became of single grants, as the runs of a connector tell it: in Okta, or why not yet."""

from collections.abc import Iterable, Mapping
from datetime import datetime

from reconciler.evidence.history import past_runs
from reconciler.evidence.line_format import RunFile
from reconciler.evidence.records import LineEnded, RunPrepared
from reconciler.model.evidence import ON_CALL, PastGrant, PastRun
from reconciler.model.outcome import Outcome
from reconciler.model.plan import Action

__all__ = ["grant_outcomes", "newest_run"]

_DONE = {outcome.value for outcome in Outcome if outcome.is_done}


def grant_outcomes(files: Iterable[RunFile]) -> Mapping[str, PastGrant]:
    """The newest word on each grant that a run spoke of, by its hash; `files` are of one chain.

    That a grant is blocked holds until a run finds it so no more.
    """
    found: dict[str, PastGrant] = {}
    for file in _by_start(files):
        for record in file.records:
            match record.entry:
                case RunPrepared() as entry if file.start and file.start.mode != ON_CALL:
                    found = {name: each for name, each in found.items() if each.is_done}
                    found |= _blocked(entry, record.at)
                case LineEnded() as entry if entry.change.action == Action.ADD.value:
                    is_done = entry.outcome in _DONE
                    ended = PastGrant(
                        at=record.at, is_done=is_done, why="" if is_done else entry.outcome
                    )
                    found |= {grant.hash: ended for grant in entry.change.grants}
                case _:
                    pass
    return found


def _blocked(entry: RunPrepared, at: datetime) -> dict[str, PastGrant]:
    return {
        grant.hash: PastGrant(at=at, is_done=False, why=line.code)
        for line in entry.blocked
        for grant in line.grants
    }


def newest_run(files: Iterable[RunFile], digest: str) -> PastRun | None:
    """The newest whole run, where it went by just the files with that digest.

    Whoever they grant one of its settled bindings was in the group: also whom no line was about.
    """
    whole = [file for file in _by_start(files) if file.start and file.start.mode != ON_CALL]
    if not whole or whole[-1].start is None or whole[-1].start.catalog.digest != digest:
        return None
    return past_runs(whole[-1:])[0]


def _by_start(files: Iterable[RunFile]) -> list[RunFile]:
    begun = (file for file in files if file.start is not None)
    return sorted(begun, key=lambda file: (file.records[0].at, file.run))
