"""Records in evidence what an apply does, as it does it.

What is known is written when it is known, so a refusal, a failure or a kill leaves all that
happened before it.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from reconciler.evidence.encoding import (
    Opening,
    encode_account_answered,
    encode_account_begun,
    encode_account_ended,
    encode_answered,
    encode_begun,
    encode_ended,
    encode_line_ended,
    encode_prepared,
    encode_refused,
    encode_started,
)
from reconciler.evidence.records import Event
from reconciler.model.evidence import RecentWrites
from reconciler.model.ids import RunId
from reconciler.model.outcome import (
    AccountResult,
    AccountWrite,
    ApplyResult,
    LineResult,
    Prepared,
    Write,
)

__all__ = ["Append", "EvidenceRecorder"]

Append = Callable[[Event, Mapping[str, object]], None]


@dataclass(slots=True)
class EvidenceRecorder:
    """One run's evidence. `append` keeps a line, or does nothing where no evidence is asked for."""

    run: RunId
    append: Append
    clock: Callable[[], datetime]
    recent: RecentWrites = field(default_factory=RecentWrites)
    has_ended: bool = False
    _begun_at: dict[int, str] = field(default_factory=dict)
    """When each write was begun, by the number of its line."""
    _accounts_begun_at: dict[int, str] = field(default_factory=dict)

    def record_started(self, opening: Opening) -> None:
        """The org is about to be asked."""
        self.append(Event.RUN_STARTED, encode_started(opening))

    def record_prepared(self, prepared: Prepared) -> None:
        """Okta was read and the lines are known; nothing is written to it yet."""
        self.append(Event.RUN_PREPARED, encode_prepared(prepared, self.recent))

    def record_begun(self, write: Write) -> None:
        """The write is about to be sent."""
        self._begun_at[write.number] = self.clock().isoformat()
        self.append(Event.WRITE_BEGUN, encode_begun(write))

    def record_answered(self, write: Write, result: LineResult | None) -> None:
        """How the write ended; None where it was broken off."""
        self.append(Event.WRITE_ANSWERED, encode_answered(write, result))

    def record_account_begun(self, write: AccountWrite) -> None:
        """The change of an account is about to be sent."""
        self._accounts_begun_at[write.number] = self.clock().isoformat()
        self.append(Event.ACCOUNT_BEGUN, encode_account_begun(write))

    def record_account_answered(self, write: AccountWrite, result: AccountResult | None) -> None:
        """How it ended, as far as Okta's answer tells; None where it was broken off."""
        self.append(Event.ACCOUNT_ANSWERED, encode_account_answered(write, result))

    def record_ended(self, result: ApplyResult, exit_code: int) -> None:
        """Every line has its outcome, read back; then the run has its end."""
        for number, account in enumerate(result.accounts, start=1):
            begun_at = self._accounts_begun_at.get(number)
            self.append(Event.ACCOUNT_ENDED, encode_account_ended(number, account, begun_at))
        for number, line in enumerate(result.lines, start=1):
            told = encode_line_ended(number, line, self._begun_at.get(number))
            self.append(Event.LINE_ENDED, told)
        self.has_ended = True
        self.append(Event.RUN_ENDED, encode_ended(result, exit_code))

    def record_refused(self, code: str, message: str, exit_code: int) -> None:
        """The run came to no result, and why."""
        self.has_ended = True
        self.append(Event.RUN_ENDED, encode_refused(code, message, exit_code))
