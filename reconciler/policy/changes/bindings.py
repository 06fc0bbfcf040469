"""No binding leaves a group unseen: it says which one it leaves, and bound it before.

It stays until the group is shown to hold nobody whom it let in: else its people would stay in the
group, and no plan would speak of them any more.
"""

from collections.abc import Iterator

from reconciler.model.catalog import BindGroup, Binding, Catalog
from reconciler.model.diagnostics import Example, Rule
from reconciler.policy import sample
from reconciler.policy.finding import Finding, place
from reconciler.policy.quoting import quoted

__all__ = [
    "RULES",
    "Emptied",
    "find_abandoned_groups",
    "find_moved_bindings",
    "find_unbound_endings",
    "groups_left_by",
]

Emptied = frozenset[tuple[str, str]]
"""Names of bindings, each with a group that holds nobody of theirs: its id, or an empty text."""

_NO_GRANT = {sample.GRANT_FILE: None}

BINDING_MOVED = Rule(
    code="binding-moved",
    summary="A change gives a binding another group unsaid; a warning if the old is yet to be made",
    remedy="Add `replaces` with the id of the old group",
    example=Example({sample.BINDING_FILE: sample.BINDING.replace("00g1", "00g2")}, base={}),
)
BINDING_RETIRED_UNBOUND = Rule(
    code="binding-retired-unbound",
    summary="A binding is new and retired, or replaces a group that it did not bind at the base",
    remedy="Bind the group first; a binding ends or moves only what it bound before",
    example=Example(
        {sample.BINDING_FILE: sample.BINDING + "retired: true\n", **_NO_GRANT},
        base={sample.BINDING_FILE: None, **_NO_GRANT},
    ),
)
BINDING_DELETED = Rule(
    code="binding-deleted",
    summary="A change deletes a binding, or its `replaces`, and who is left there was not shown",
    remedy="Retire it first; `--plan` or `--evidence` then shows that its group is empty",
    example=Example({sample.BINDING_FILE: None, **_NO_GRANT}, base=_NO_GRANT),
)
RULES = (BINDING_MOVED, BINDING_RETIRED_UNBOUND, BINDING_DELETED)

_SHOWN = "a plan of the base shows its group empty of granted people"


def find_moved_bindings(head: Catalog, base: Catalog) -> Iterator[Finding]:
    """A binding that names another group says which one it leaves."""
    before = {b.name: b for b in base.bindings}
    for binding in head.bindings:
        was = before.get(binding.name)
        if was is None or was.group == binding.group:
            continue
        if not isinstance(was.group, BindGroup):
            if binding.group.name != was.group.name and isinstance(binding.group, BindGroup):
                yield _report_possible_move(binding, was.group.name)
            continue
        same = isinstance(binding.group, BindGroup) and binding.group.id == was.group.id
        if not same and binding.replaces != was.group.id:
            yield Finding.at(
                place(binding, "group"),
                BINDING_MOVED,
                f"{quoted(binding.name)} leaves {quoted(was.group.name)} ({was.group.id}) "
                "without a word",
                f"say `replaces: {was.group.id}`, so that the plan shows both sides",
            )


def _report_possible_move(binding: Binding, made: str) -> Finding:
    """Only Okta can tell whether it is the group that was made, under the name it has now."""
    return Finding.at(
        place(binding, "group"),
        BINDING_MOVED,
        f"{quoted(binding.name)} was to make {quoted(made)}, and binds "
        f"{quoted(binding.group.name)}: if that is another group, the people in the one that was "
        "made stay there unseen",
        "bind the one that was made by its id first; a change of its own then moves it, with "
        "`replaces`",
    ).as_warning()


def find_unbound_endings(head: Catalog, base: Catalog) -> Iterator[Finding]:
    """Bindings of the change that leave a group which they never bound."""
    before = {binding.name: binding for binding in base.bindings}
    for binding in head.bindings:
        was = before.get(binding.name)
        left = "retired" if binding.retired else "replaces"
        groups = {binding.replaces} if binding.replaces else set[str]()
        if binding.retired and isinstance(binding.group, BindGroup):
            groups.add(binding.group.id)
        if groups - _groups_of(was) and not _is_bound_by_name(binding, was):
            summary = f"{quoted(binding.name)} leaves a group that it does not bind at the base"
            yield Finding.at(
                place(binding, left),
                BINDING_RETIRED_UNBOUND,
                summary,
                "a binding ends or moves what it bound before: bind the group first",
            )


def _groups_of(was: Binding | None) -> set[str]:
    """The groups that the binding had, or was leaving."""
    if was is None:
        return set()
    own = {was.group.id} if isinstance(was.group, BindGroup) else set[str]()
    return own | ({was.replaces} if was.replaces else set())


def _is_bound_by_name(binding: Binding, was: Binding | None) -> bool:
    """Whether the base creates the group by its name, and only now its id is written."""
    return (
        was is not None
        and not isinstance(was.group, BindGroup)
        and binding.replaces is None
        and binding.group.name == was.group.name
    )


def groups_left_by(binding: Binding) -> Emptied:
    """The groups that a binding leaves: its own when it is retired, and the one it replaces."""
    own = binding.group.id if isinstance(binding.group, BindGroup) else ""
    groups = ([own] if binding.retired else []) + ([binding.replaces] if binding.replaces else [])
    return frozenset((binding.name, group) for group in groups)


def find_abandoned_groups(head: Catalog, base: Catalog, emptied: Emptied) -> Iterator[Finding]:
    """Bindings of the base that go, or forget the group they replace, before that is empty."""
    after = {binding.name: binding for binding in head.bindings}
    for binding in base.bindings:
        now = after.get(binding.name)
        if now is None:
            if not binding.retired or not _are_shown(groups_left_by(binding), emptied):
                yield _report_deletion(binding)
        elif (
            binding.replaces is not None
            and not _holds(now, binding.replaces)
            and (binding.name, binding.replaces) not in emptied
        ):
            yield _report_forgotten_group(binding)


def _are_shown(groups: Emptied, emptied: Emptied) -> bool:
    """Whether each is; a group that was made by its name has an id that no file knows."""
    replaced = {group for _, group in groups if group}
    made = {name for name, group in emptied if group not in replaced}
    return all(each in emptied or (not each[1] and each[0] in made) for each in groups)


def _holds(binding: Binding, group: str) -> bool:
    """Whether the binding has to do with the group: by leaving it, or by being back there."""
    own = binding.group.id if isinstance(binding.group, BindGroup) else ""
    return group in {binding.replaces, own}


def _report_deletion(binding: Binding) -> Finding:
    if binding.retired:
        summary = f"the binding {quoted(binding.name)} is deleted, and who is left was not shown"
        hint = f"keep it until {_SHOWN}: give `--plan FILE`, one made there, or `--evidence DIR`"
    else:
        summary = f"the binding {quoted(binding.name)} is deleted, and its people stay in the group"
        hint = f"retire it first with `retired: true`, and keep it until {_SHOWN}"
    return Finding.at(place(binding), BINDING_DELETED, summary, hint)


def _report_forgotten_group(binding: Binding) -> Finding:
    return Finding.at(
        place(binding, "replaces"),
        BINDING_DELETED,
        f"the binding {quoted(binding.name)} leaves {binding.replaces} no more, and who is left "
        "there was not shown",
        f"keep `replaces: {binding.replaces}` until {_SHOWN}: give `--plan FILE`, one made there, "
        "or `--evidence DIR`",
    )
