"""The catalog's files as commits have them, each read once, beside what Okta shows now."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from reconciler.identity.aliases import known_names
from reconciler.identity.index import index_users
from reconciler.live.ports import ApprovalQuestion, MergeHistory
from reconciler.model.approvals.review import Introduction
from reconciler.model.catalog import Catalog, Grant
from reconciler.model.directory import ReadFailure
from reconciler.model.validity import ApprovalAtSource
from reconciler.planning.approvals.aliases import Aliases, aliases
from reconciler.planning.approvals.meaning import (
    CurrentMeaning,
    Interpretation,
    explain_difference,
    interpret_catalog,
)
from reconciler.planning.approvals.roster import Roster

__all__ = ["Introductions", "PastFiles"]

Introductions = Mapping[str, Introduction | None]
"""Where each grant came from, by its hash; None where it is not committed as it is."""


@dataclass(slots=True)
class PastFiles:
    """What files said at commits; None is what was before the first: nothing."""

    history: MergeHistory
    asked: ApprovalQuestion
    _present: CurrentMeaning | None = None
    _roster_now: Roster | None = None
    _rosters: dict[str | None, Roster | ReadFailure] = field(default_factory=dict)
    _aliases: dict[tuple[str | None, ...], Aliases] = field(default_factory=dict)
    _readings: dict[str | None, Interpretation | ReadFailure] = field(default_factory=dict)
    _grants: dict[str | None, tuple[Grant, ...] | ReadFailure] = field(default_factory=dict)
    _replaced: tuple[tuple[datetime, Grant], ...] | ReadFailure | None = None

    @property
    def present(self) -> CurrentMeaning:
        """What the words mean now, and who and what is in Okta."""
        if self._present is None:
            self._present = CurrentMeaning(
                reading=interpret_catalog(self.asked.catalog, self.asked.connector),
                people=index_users(self.asked.live.users.values()),
                groups=self.asked.live.groups,
            )
        return self._present

    @property
    def roster_now(self) -> Roster:
        """Who may approve what by the files as they are: who left the list, nothing."""
        if self._roster_now is None:
            rules = self.asked.catalog
            self._roster_now = Roster(tools=rules.tools, called=known_names(rules).of)
        return self._roster_now

    def roster_at(self, commit: str | None) -> Roster | ReadFailure:
        """Who might approve what."""
        if commit not in self._rosters:
            rules = self.history.rules_at(commit) if commit else Catalog()
            self._rosters[commit] = (
                rules
                if isinstance(rules, ReadFailure)
                else Roster(tools=rules.tools, called=known_names(rules).of)
            )
        return self._rosters[commit]

    def explain_door(
        self, grant: Grant, before: str | None, since: str | None
    ) -> str | ReadFailure:
        """Why the door to Jira vouches for nothing that came so; empty if it does.

        Who brings a grant must not say where it is approved. `since` is the commit that brought it,
        None where none did yet.
        """
        doors = []
        for commit in (before, since or before):
            rules = self.history.rules_at(commit) if commit else Catalog()
            if isinstance(rules, ReadFailure):
                return rules
            doors.append(rules.doors.jira)
        if doors[0] != doors[1]:
            return "doors/jira.yaml was changed together with it"
        is_pointing = isinstance(grant.approval, ApprovalAtSource)
        return "there was no doors/jira.yaml before it" if is_pointing and not doors[0] else ""

    def find_aliases(self, before: tuple[str | None, ...]) -> Aliases:
        """Who may be who, by the files of then and of now, and by Okta."""
        if before not in self._aliases:
            then = (self.history.rules_at(commit) for commit in before if commit)
            known = [rules for rules in then if not isinstance(rules, ReadFailure)]
            catalogs = (*known, self.asked.catalog)
            self._aliases[before] = aliases(catalogs, self.present.people)
        return self._aliases[before]

    def explain_change(self, grant: Grant, commits: Iterable[str | None]) -> str | ReadFailure:
        """What the grant's words mean otherwise now than at any of the commits."""
        for commit in dict.fromkeys(commits):
            then = self.reading_at(commit)
            if isinstance(then, ReadFailure):
                return then
            if why := explain_difference(grant, then, self.present):
                return why
        return ""

    def reading_at(self, commit: str | None) -> Interpretation | ReadFailure:
        """What words were read by."""
        if commit not in self._readings:
            words = self.history.meanings_at(commit) if commit else Catalog()
            self._readings[commit] = (
                words
                if isinstance(words, ReadFailure)
                else interpret_catalog(words, self.asked.connector)
            )
        return self._readings[commit]

    def list_ended(
        self, commit: str | None, grant: Grant, by: datetime
    ) -> tuple[Grant, ...] | ReadFailure:
        """The grants of the same tool that were revoked or at their end by an instant.

        Those that the commit has, and those of now: a commit may take a file away that a later one
        restores. Of the tickets that are asked about also those whose file was edited or deleted
        after their end.
        """
        if commit not in self._grants:
            self._grants[commit] = self.history.grants_at(commit) if commit else ()
        if self._replaced is None:
            tickets = {each.approval.ticket for each in self.asked.grants}
            self._replaced = self.history.find_replaced(tickets - {""})
        found, replaced = self._grants[commit], self._replaced
        if isinstance(found, ReadFailure):
            return found
        if isinstance(replaced, ReadFailure):
            return replaced
        over = (
            *(each for each in found if each.revoked or each.has_ended(by)),
            *(each for each in self.asked.catalog.grants if each.has_ended(by)),
            *(each for at, each in replaced if at <= by and (each.revoked or each.has_ended(at))),
        )
        return tuple(each for each in over if each.tool == grant.tool)
