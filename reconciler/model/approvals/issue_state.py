"""How far a request in Jira has come, as it is told to the issue and to whoever runs the pull."""

from dataclasses import dataclass
from enum import Enum

__all__ = ["IssueState", "PulledIssue", "Stage", "WriteBack"]


class Stage(Enum):
    """How far a request is. In this order it is shown: what needs somebody comes first."""

    REFUSED = "refused"
    UNPUBLISHED = "not-published"
    """It could not be proposed now; a later run tries again."""
    BLOCKED = "blocked"
    """Its grant is merged, and a run did not give what it says."""
    LEFT = "not-approved"
    """It is approved no more, and a grant still names it."""
    DECLINED = "declined"
    END_PROPOSED = "end-proposed"
    TO_PROPOSE = "to-propose"
    """A dry run proposes nothing."""
    PROPOSED = "proposed"
    MERGED = "merged"
    VERIFIED = "verified"
    ALREADY = "already-so"
    ENDED = "ended"


@dataclass(frozen=True, slots=True, kw_only=True)
class IssueState:
    """What an issue is told. `why` and `hint` are plain text, none of it escaped."""

    stage: Stage
    why: str = ""
    hint: str = ""
    pull_request: str = ""


class WriteBack(Enum):
    """What became of telling the issue."""

    UNCHANGED = "unchanged"
    """It says so already, or there is nothing to say."""
    WRITTEN = "written"
    WOULD_WRITE = "would-write"
    """No account may write, or the run is a dry one."""
    FAILED = "failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class PulledIssue:
    """One issue after a pull; `titles` are those of its proposals."""

    id: str
    key: str
    url: str
    state: IssueState
    titles: tuple[str, ...] = ()
    written: WriteBack = WriteBack.UNCHANGED
    problem: str = ""
    """Why it could not be told."""
