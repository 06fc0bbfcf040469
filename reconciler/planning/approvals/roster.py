"""Who may approve for which tool, and who is who, by the files of one commit."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from reconciler.model.catalog import Grant, Tool
from reconciler.model.ids import ToolId, is_same_login
from reconciler.model.settings import Contact

__all__ = ["Roster", "contacts_of", "find_every_name", "is_known_person", "team_of"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Roster:
    """Who may approve what, and who is who, as the files of one commit say.

    `called` gives every name, in lower case, that the bearer of a name goes by.
    """

    tools: Mapping[ToolId, Tool]
    called: Callable[[str], frozenset[str]]

    def gives(self, grant: Grant) -> bool:
        """Whether there was what the grant gives."""
        tool = self.tools.get(grant.tool)
        return tool is not None and grant.entitlement in tool.entitlements

    def names_of(self, contact: Contact) -> frozenset[str]:
        """Every name that the contact goes by."""
        names = self.called(contact.email)
        return names | self.called(contact.github) if contact.github else names

    def is_known(self, account: str, tool: Tool) -> bool:
        """Whether the files say who an account at GitHub is elsewhere."""
        handle = f"@{account}"
        named = any((c.github or "").lower() == handle for c in contacts_of(tool))
        return named or len(self.called(handle)) > 1


def contacts_of(tool: Tool) -> tuple[Contact, ...]:
    """Who may approve: the tool's approvers, or its owners where it names none."""
    return tool.approvers or tool.owners


def team_of(contact: Contact) -> str:
    """The team that the contact is at GitHub, `org/team` in lower case; empty for a person."""
    handle = (contact.github or "").removeprefix("@").lower()
    return handle if "/" in handle else ""


def find_every_name(
    name: str, may_be: Callable[[str], frozenset[str]], rosters: Iterable[Roster]
) -> frozenset[str]:
    """Every name that the bearer of a name may go by, by what the rosters say and what may be."""
    stated = (each for roster in rosters for each in roster.called(name))
    return may_be(name).union(*map(may_be, stated))


def is_known_person(name: str, names: frozenset[str], rosters: Iterable[Roster]) -> bool:
    """Whether anything says who the bearer of the name is: another of their names, or a contact.

    `names` are all that the bearer may go by. A name that stands alone could be anybody's.
    """
    contacts = (
        contact
        for roster in rosters
        for tool in roster.tools.values()
        for contact in (*tool.owners, *tool.approvers)
    )
    return len(names) > 1 or any(is_same_login(each.email, name) for each in contacts)
