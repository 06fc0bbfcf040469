"""Plan: observe, assess, ask what the lines leave open, complete.

1. The bindings of the connector say which groups to read; `observe` reads them, their members,
   everyone whom the catalog names, and the canary.
2. A plan that only reads also looks at what else its credential could do.
3. `assess` holds files and observation side by side: which groups may be touched, who is who, who
   is wanted where, and where each member stands.
4. `questions` names what would explain or change a line; `follow_up.read` asks it, once.
5. Where approvals are read at a source, it is asked about the grants that additions rest on.
6. `complete` settles every line by the answers, lets the guards judge, and orders the whole.

Another instant is one more `complete` and no request.
"""

from dataclasses import dataclass, replace

from reconciler.connector_checks.org_checks import judge_sharing
from reconciler.connector_checks.roles import holder_of, judge_reading
from reconciler.live.credential import roles_of
from reconciler.live.follow_up import read
from reconciler.live.ports import ApprovalQuestion, ApprovalReader, DirectoryReader
from reconciler.live.snapshot import observe
from reconciler.model.approvals.review import Approvals
from reconciler.model.catalog import Catalog, Connector, Grant, accounts_of, bindings_of
from reconciler.model.directory import Answers, LiveState
from reconciler.model.ids import ConnectorId
from reconciler.model.plan import Plan, PlanWarning
from reconciler.planning.refs import cite_person
from reconciler.planning.steps.assess import Assessment, PlanInputs, assess
from reconciler.planning.steps.complete import complete
from reconciler.planning.steps.questions import find_grants_to_review, questions

__all__ = ["Planned", "plan", "warn_of_credential"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Planned:
    """A plan, and what it was made from: enough for another instant's without a request."""

    plan: Plan
    assessment: Assessment
    answers: Answers

    @property
    def live(self) -> LiveState:
        """The observation."""
        return self.assessment.live


async def plan(
    catalog: Catalog,
    connector: ConnectorId,
    reader: DirectoryReader,
    inputs: PlanInputs,
    approvals: ApprovalReader | None = None,
    *,
    is_read_only: bool = False,
) -> Planned:
    """One connector's plan at the inputs' as-of, from one complete observation.

    Read only, it also warns where the credential that it was made with could write. `approvals` is
    asked where approvals are read at a source, about what would be added.
    """
    described = catalog.connectors[connector]
    bindings = bindings_of(catalog, connector)
    live = await observe(
        reader,
        catalog,
        bindings,
        described.canary,
        now=inputs.as_of,
        accounts=accounts_of(catalog, connector),
    )
    if is_read_only:
        inputs = await warn_of_credential(inputs, described, reader, live)
    assessment = assess(catalog, connector, live, inputs)
    answers = await read(reader, questions(assessment))
    if grants := find_grants_to_review(assessment, answers):
        found = await _ask(approvals, assessment, grants)
        answers = replace(answers, approvals=found)
    return Planned(plan=complete(assessment, answers), assessment=assessment, answers=answers)


async def _ask(
    approvals: ApprovalReader | None, assessment: Assessment, grants: tuple[Grant, ...]
) -> Approvals:
    """With nobody to ask, nothing is known: what needs a verified approval waits."""
    if approvals is None:
        who = (
            "the sandbox asks no source of approvals"
            if assessment.inputs.sandbox
            else "nobody was asked"
        )
        return Approvals(problem=who)
    catalog = assessment.context.catalog
    return await approvals.fetch_approvals(
        ApprovalQuestion(
            catalog=catalog,
            connector=assessment.connector,
            grants=grants,
            live=assessment.live,
            now=assessment.inputs.as_of,
            rules=catalog,
        )
    )


async def warn_of_credential(
    inputs: PlanInputs, connector: Connector, reader: DirectoryReader, live: LiveState
) -> PlanInputs:
    """The inputs, with a warning where the plan's credential could write.

    Roles are read only where `auth` is split and no scopes tell. That everything signs in with one
    credential is no news in a sandbox, whose own credential is nobody's.
    """
    owner = live.users.get(live.caller) if live.caller else None
    checks = () if inputs.sandbox else tuple(judge_sharing(connector))
    if connector.plan_auth != connector.apply_auth:
        has_scopes = live.credential is not None and live.credential.granted is not None
        roles = () if has_scopes else await roles_of(reader, live.credential, live.caller)
        reading = judge_reading(holder_of(live.credential, owner), roles, live)
        checks = (*checks, *(check for check in reading if check.code == "plan-can-write"))
    people = (cite_person(owner),) if owner is not None else ()
    told = tuple(
        PlanWarning(code=c.code, summary=c.summary, hint=c.hint, people=people) for c in checks
    )
    return replace(inputs, warnings=(*inputs.warnings, *told))
