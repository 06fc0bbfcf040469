"""Looks for writes that Okta accepted in earlier runs and did not show: by what it shows now."""

from collections.abc import Iterator, Mapping

from reconciler.model.directory import Members
from reconciler.model.evidence import UnconfirmedLine
from reconciler.model.ids import OktaGroupId
from reconciler.model.plan import Action, Change, GroupRef, PersonRef, PlanWarning

__all__ = ["NOT_VISIBLE", "warn_of_invisible_writes"]

NOT_VISIBLE = "write-not-visible"


def warn_of_invisible_writes(
    unconfirmed: tuple[UnconfirmedLine, ...],
    members: Mapping[OktaGroupId, Members],
    changes: tuple[Change, ...],
) -> Iterator[PlanWarning]:
    """A warning for every accepted write that Okta does not show, in the groups that were read.

    A group that could not be read is a blocked line, and what was accepted there waits with it.
    """
    planned = {
        (c.action.value, c.group.id, c.person.id) for c in changes if c.person and not c.held_by
    }
    for one in sorted(unconfirmed, key=lambda each: (each.group_name, each.login, each.person)):
        found = members.get(one.group)
        is_so = found is not None and (one.person in found) is (one.action == Action.ADD.value)
        if found is not None and not is_so:
            is_planned = (one.action, one.group, one.person) in planned
            yield _warning(one, is_planned=is_planned)


def _warning(one: UnconfirmedLine, *, is_planned: bool) -> PlanWarning:
    is_addition = one.action == Action.ADD.value
    what = "addition" if is_addition else "removal"
    where = f'{"to" if is_addition else "from"} "{one.group_name}"'
    shows = "does not show them there yet" if is_addition else "still shows them there"
    again = "it is planned again" if is_planned else "it is not planned any more"
    return PlanWarning(
        code=NOT_VISIBLE,
        summary=f"Okta accepted the {what} of {one.login} ({one.person}) {where} in run {one.run} "
        f"at {one.at.isoformat(timespec='minutes')} and {shows}; {again}",
        hint="if it stays so, look in Okta's System Log for what undoes it, such as a group rule "
        "or another program",
        people=(PersonRef(id=one.person, login=one.login),),
        groups=(GroupRef(id=one.group, name=one.group_name),),
    )
