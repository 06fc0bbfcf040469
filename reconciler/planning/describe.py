"""A change in one line of words, for messages."""

from reconciler.model.plan import Action, Change

__all__ = ["describe"]


def describe(change: Change) -> str:
    """What the change does, to whom, where."""
    if change.action is Action.CREATE_GROUP or change.person is None:
        return f'create group "{change.group.name}"'
    direction = "to" if change.action is Action.ADD else "from"
    person = f"{change.person.login} ({change.person.id})"
    return f'{change.action.value} {person} {direction} "{change.group.name}"'
