"""A run's journal in memory: whoever looks sees the nouns that it was told, in order."""

from dataclasses import dataclass, field

from reconciler.model.outcome import (
    AccountResult,
    AccountWrite,
    ApplyResult,
    LineResult,
    Prepared,
    Write,
)

__all__ = ["MemoryJournal"]


@dataclass
class MemoryJournal:
    """`events` are the names that the journal's file has."""

    events: list[str] = field(default_factory=list)
    begun: list[Write] = field(default_factory=list)
    answered: list[tuple[Write, LineResult | None]] = field(default_factory=list)
    accounts_begun: list[AccountWrite] = field(default_factory=list)
    accounts: list[tuple[AccountWrite, AccountResult | None]] = field(default_factory=list)

    def record_started(self, prepared: Prepared) -> None:
        """The run is about to carry out its lines."""
        assert prepared.plan
        self.events.append("run-started")

    def record_begun(self, write: Write) -> None:
        """The write is about to be sent."""
        self.events.append("intent")
        self.begun.append(write)

    def record_answered(self, write: Write, result: LineResult | None) -> None:
        """How the write ended."""
        self.events.append("outcome")
        self.answered.append((write, result))

    def record_account_begun(self, write: AccountWrite) -> None:
        """The change of an account is about to be sent."""
        self.events.append("account-intent")
        self.accounts_begun.append(write)

    def record_account_answered(self, write: AccountWrite, result: AccountResult | None) -> None:
        """How it ended."""
        self.events.append("account-outcome")
        self.accounts.append((write, result))

    def record_ended(self, result: ApplyResult) -> None:
        """Every line was tried."""
        assert result.run
        self.events.append("run-ended")
