"""Compare: one observation, and the plan of a change split by what brings each line.

Both sides are observed at once, assessed each for itself, and asked about in one follow-up read.
Three plans are completed from it: with the change, without it, and without it at the instant when
the base was committed. What of the first is not in the second is the change's own doing.
"""

from dataclasses import dataclass, field, replace
from datetime import datetime

from reconciler.live.follow_up import read
from reconciler.live.ports import ApprovalQuestion, ApprovalReader, DirectoryReader
from reconciler.live.snapshot import observe
from reconciler.model.approvals.review import Approvals, BaseComparison, WithheldGroup
from reconciler.model.catalog import (
    Catalog,
    Revocation,
    accounts_of,
    bindings_of,
    expand_moves,
)
from reconciler.model.directory import Answers, LiveState, ReadFailure
from reconciler.model.ids import ConnectorId
from reconciler.model.plan import Plan
from reconciler.planning.approvals.effect import judge_before_merge
from reconciler.planning.approvals.grant_past import GrantHistory
from reconciler.planning.refs import grant_hash
from reconciler.planning.steps.assess import Assessment, PlanInputs, assess
from reconciler.planning.steps.complete import complete
from reconciler.planning.steps.questions import find_grants_to_review, questions
from reconciler.planning.three_way.attribution import (
    apply_base_limits,
    attribute,
    end_lost_grants,
    find_released,
    find_released_accounts,
    merge_requests,
    unite_catalogs,
    warn_of_altered_doors,
)
from reconciler.planning.three_way.catalog_changes import catalog_changes
from reconciler.planning.three_way.over_time import find_access_changes
from reconciler.planning.three_way.withholding import (
    KnownGroups,
    assume_unasked,
    close_window,
    count_withheld,
    hide_unbound,
    known_groups,
    spoken_of,
    warn_of_unasked_roles,
)
from reconciler.workflows.plan import warn_of_credential

__all__ = ["Base", "plan_against", "plan_uncompared"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Base:
    """The catalog without the change, and when it was committed."""

    catalog: Catalog
    commit: str
    digest: str
    committed_at: datetime
    record: GrantHistory = field(default_factory=GrantHistory)
    """What its files' past and its own rules say of its grants."""


async def plan_against(
    head: Catalog,
    base: Base,
    connector: ConnectorId,
    reader: DirectoryReader,
    inputs: PlanInputs,
    approvals: ApprovalReader | None = None,
) -> Plan:
    """The plan of `head` in three parts; what is in neither catalog is never read.

    The guards' limits and the acknowledgements are the base's, and the canary is too. Of a group
    that the base does not bind the members are not looked at, but for a rounded number. `approvals`
    is asked about what does not wait for a merge.
    """
    live = await _observe_sides(head, base, connector, reader)
    bound = bindings_of(base.catalog, connector)
    known = known_groups(bound, live.groups_by_name, live.groups_by_marker)
    if (mine := base.catalog.connectors.get(connector)) is not None:
        inputs = await warn_of_credential(inputs, mine, reader, live)
    gone = Revocation(at=inputs.as_of.date(), by="this change", reason="its file is deleted")
    merged = replace(head, grants=(*head.grants, *end_lost_grants(head, base.catalog, gone)))
    judged = apply_base_limits(merged, base.catalog)
    merged_at = merge_requests(head, base.catalog, inputs.merged_at, inputs.as_of)
    merging = replace(inputs, merged_at=merged_at)
    change = assess(judged, connector, live, merging)
    without = assess(base.catalog, connector, live, replace(inputs, record=base.record))
    own = questions(change, known.has)
    asked = close_window(own, spoken_of(without)).with_past_of(questions(without))
    answers = await read(reader, asked)
    heard = await _ask_before_merge(approvals, (change, without), answers, base)
    answers = replace(answers, approvals=_judge_unmerged(head, base.catalog, heard))
    answers = assume_unasked(answers, own, asked)
    made = hide_unbound(complete(change, answers), known)
    now = complete(without, answers)
    # A rehearsal's clock may be behind: what is to come by it brought nothing yet.
    then = complete(without, answers, as_of=min(base.committed_at, inputs.as_of))
    ahead = find_access_changes(head, base.catalog, connector, live, inputs.as_of)
    against = BaseComparison(
        commit=base.commit,
        digest=base.digest,
        over_time=tuple(n for n in ahead if n.group is None or known.has(n.group)),
        withheld=await _count_withheld(head, connector, known, reader, inputs.as_of),
        is_disabled=_is_disabled(head, connector),
    )
    split = attribute(made, now, then, against)
    if judged != merged:
        freed = hide_unbound(complete(assess(merged, connector, live, merging), answers), known)
        split = replace(
            split,
            released=find_released(split, freed),
            released_accounts=find_released_accounts(split, freed),
        )
    words = catalog_changes(base.catalog, head, split)
    told = (
        *split.warnings,
        *warn_of_unasked_roles(split, set(own.roles) - set(asked.roles)),
        *(warn_of_altered_doors(head, base.catalog) if heard else ()),
    )
    return replace(split, against=replace(against, catalog_changes=words), warnings=told)


async def plan_uncompared(
    head: Catalog,
    base: Base,
    connector: ConnectorId,
    reader: DirectoryReader,
    inputs: PlanInputs,
) -> Plan:
    """The plan of `head` alone, which says that the base could not be compared with.

    Of the base's catalog, which has errors, only the bindings that could be read count: who is in
    another group is not shown here either.
    """
    bound = tuple(expand_moves(b for b in base.catalog.bindings if b.connector == connector))
    mine = head.connectors.get(connector)
    canary = mine.canary if mine else None
    live = await observe(
        reader,
        head,
        bindings_of(head, connector),
        canary,
        readable=bound,
        accounts=accounts_of(head, connector),
    )
    known = known_groups(bound, live.groups_by_name, live.groups_by_marker)
    if mine is not None:
        inputs = await warn_of_credential(inputs, mine, reader, live)
    merged_at = merge_requests(head, base.catalog, inputs.merged_at, inputs.as_of)
    merging = replace(inputs, merged_at=merged_at)
    assessment = assess(head, connector, live, merging)
    own = questions(assessment, known.has)
    asked = close_window(own)
    answers = assume_unasked(await read(reader, asked), own, asked)
    answers = replace(answers, approvals=_judge_unmerged(head))
    made = hide_unbound(complete(assessment, answers), known)
    made = replace(made, warnings=(*made.warnings, *warn_of_unasked_roles(made, own.roles)))
    against = BaseComparison(
        commit=base.commit,
        withheld=await _count_withheld(head, connector, known, reader, inputs.as_of),
        is_disabled=_is_disabled(head, connector),
        problem="the base has errors: what waited before this change cannot be told apart",
    )
    return replace(made, against=against)


async def _observe_sides(
    head: Catalog, base: Base, connector: ConnectorId, reader: DirectoryReader
) -> LiveState:
    """One observation for both, in which only the groups that the base binds are read."""
    both = unite_catalogs(head, base.catalog)
    mine = base.catalog.connectors.get(connector)
    return await observe(
        reader,
        both,
        bindings_of(both, connector),
        mine.canary if mine else None,
        now=base.committed_at,
        readable=bindings_of(base.catalog, connector),
        sides=(base.catalog, head),
        accounts=(*accounts_of(base.catalog, connector), *accounts_of(head, connector)),
    )


async def _ask_before_merge(
    approvals: ApprovalReader | None,
    sides: tuple[Assessment, Assessment],
    answers: Answers,
    base: Base,
) -> Approvals | None:
    """What sources tell of the additions of both sides; None where nobody is asked.

    Where they are read is the base's to say, and who may approve as well.
    """
    grants = {grant_hash(g): g for side in sides for g in find_grants_to_review(side, answers)}
    if approvals is None or not grants:
        return None
    change, _ = sides
    return await approvals.fetch_approvals(
        ApprovalQuestion(
            catalog=change.context.catalog,
            connector=change.connector,
            grants=tuple(grants.values()),
            live=change.live,
            now=change.inputs.as_of,
            rules=base.catalog,
            base=base.commit,
        )
    )


def _judge_unmerged(
    head: Catalog, base: Catalog | None = None, told: Approvals | None = None
) -> Approvals | None:
    """What is known of approvals before a merge; None where no side has a source of them."""
    sides = (head,) if base is None else (head, base)
    if all(not side.doors.sources for side in sides):
        return None
    every = head if base is None else unite_catalogs(head, base)
    return judge_before_merge(every, base, told)


async def _count_withheld(
    head: Catalog,
    connector: ConnectorId,
    known: KnownGroups,
    reader: DirectoryReader,
    now: datetime,
) -> tuple[WithheldGroup, ...]:
    """The groups that the base does not bind; their sizes are read last, beside the plan."""
    bindings = bindings_of(head, connector)
    sizes = {}
    for line in count_withheld(head, bindings, known, {}, now):
        if line.group.id is not None:
            found = await reader.fetch_members(line.group.id)
            if not isinstance(found, ReadFailure):
                sizes[line.group.id] = len(found)
    return count_withheld(head, bindings, known, sizes, now)


def _is_disabled(head: Catalog, connector: ConnectorId) -> bool:
    found = head.connectors.get(connector)
    return found is not None and found.disabled
