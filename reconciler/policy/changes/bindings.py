"""A binding leaves no group unseen: it stays until that is shown to hold nobody whom it let in.

Else its people would stay in the group, and no plan would speak of them any more.
"""

from collections.abc import Iterator

from reconciler.model.catalog import BindGroup, Binding, Catalog
from reconciler.policy.finding import Finding, place
from reconciler.policy.quoting import quoted

__all__ = ["Emptied", "abandoned", "left"]

Emptied = frozenset[tuple[str, str]]
"""Names of bindings, each with a group that holds nobody of theirs: its id, or an empty text."""

_SHOWN = "a plan of the base shows its group empty of granted people"


def left(binding: Binding) -> Emptied:
    """The groups that a binding leaves: its own when it is retired, and the one it replaces."""
    own = binding.group.id if isinstance(binding.group, BindGroup) else ""
    groups = ([own] if binding.retired else []) + ([binding.replaces] if binding.replaces else [])
    return frozenset((binding.name, group) for group in groups)


def abandoned(head: Catalog, base: Catalog, emptied: Emptied) -> Iterator[Finding]:
    """Bindings of the base that go, or forget the group they replace, before that is empty."""
    after = {binding.name: binding for binding in head.bindings}
    for binding in base.bindings:
        now = after.get(binding.name)
        if now is None:
            if not binding.retired or not _are_shown(left(binding), emptied):
                yield _deleted(binding)
        elif (
            binding.replaces is not None
            and not _holds(now, binding.replaces)
            and (binding.name, binding.replaces) not in emptied
        ):
            yield _forgotten(binding)


def _are_shown(groups: Emptied, emptied: Emptied) -> bool:
    """Whether each is; a group that was made by its name has an id that no file knows."""
    replaced = {group for _, group in groups if group}
    made = {name for name, group in emptied if group not in replaced}
    return all(each in emptied or (not each[1] and each[0] in made) for each in groups)


def _holds(binding: Binding, group: str) -> bool:
    """Whether the binding has to do with the group: by leaving it, or by being back there."""
    own = binding.group.id if isinstance(binding.group, BindGroup) else ""
    return group in {binding.replaces, own}


def _deleted(binding: Binding) -> Finding:
    at = place(binding)
    if binding.retired:
        summary = f"the binding {quoted(binding.name)} is deleted, and who is left was not shown"
        hint = f"keep it until {_SHOWN}: give `--plan FILE`, one made there, or `--evidence DIR`"
    else:
        summary = f"the binding {quoted(binding.name)} is deleted, and its people stay in the group"
        hint = f"retire it first with `retired: true`, and keep it until {_SHOWN}"
    return Finding(code="binding-deleted", origin=at.origin, summary=summary, hint=hint)


def _forgotten(binding: Binding) -> Finding:
    at = place(binding, "replaces")
    return Finding(
        code="binding-deleted",
        origin=at.origin,
        path=at.path,
        summary=f"the binding {quoted(binding.name)} leaves {binding.replaces} no more, and who is "
        "left there was not shown",
        hint=f"keep `replaces: {binding.replaces}` until {_SHOWN}: give `--plan FILE`, one made "
        "there, or `--evidence DIR`",
    )
