"""Where approvals are read is described, clearly, and counts for the grants that point at it.

What the source says of an approval is asked elsewhere.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import datetime

from reconciler.model.approvals.doors import JiraDoor, JiraField
from reconciler.model.catalog import Catalog, Grant
from reconciler.model.diagnostics import Example, Rule, Severity
from reconciler.model.ids import ConnectorId
from reconciler.model.validity import ApprovalAtSource, ApprovalSource
from reconciler.policy import sample
from reconciler.policy.checks.references import PartialReferences
from reconciler.policy.finding import Finding, Place, place
from reconciler.policy.quoting import choice, quoted

__all__ = [
    "APPROVAL_SOURCE_UNKNOWN",
    "RULES",
    "STARTS_MISSING",
    "check_doors",
    "check_partial",
    "check_sources",
    "check_starts",
]

_AT_GITHUB = sample.GRANT.replace("  ticket: AI-1\n", "  by: github\n").replace(
    "  approved_by: lead@example.com\n  approved_at: 2026-11-20\n", ""
)

APPROVAL_SOURCE_UNKNOWN = Rule(
    code="approval-source-unknown",
    summary="An approval is to be read where no door leads, or where its tool counts none",
    remedy="Describe the source in doors/, or have the grant approved at one that counts",
    example=Example({sample.GRANT_FILE: f"{_AT_GITHUB}starts: 2026-11-22\n"}),
)
STARTS_MISSING = Rule(
    code="starts-missing",
    summary="A grant of limited length says neither when it begins nor when it was approved",
    remedy="Add `starts: YYYY-MM-DD`; the length counts from there",
    example=Example(
        {sample.GRANT_FILE: _AT_GITHUB, sample.GITHUB_DOOR_FILE: sample.GITHUB_DOOR},
        base={sample.GRANT_FILE: None, sample.GITHUB_DOOR_FILE: sample.GITHUB_DOOR},
    ),
)
CONNECTOR_NAME_RESERVED = Rule(
    code="connector-name-reserved",
    summary="A connector is called like a door, whose secrets and pin go by that name",
    remedy="Give the connector another id, such as `okta-prod`",
    example=Example(
        {
            sample.CONNECTOR_FILE: sample.CONNECTOR.replace("id: okta-prod", "id: jira"),
            sample.BINDING_FILE: sample.BINDING.replace("okta-prod", "jira"),
            sample.ACKNOWLEDGEMENT_FILE: sample.ACKNOWLEDGEMENT.replace("okta-prod", "jira"),
        }
    ),
)
DOOR_AMBIGUOUS = Rule(
    code="door-ambiguous",
    summary="A door gives one status or one field two meanings",
    remedy="Keep one of them",
    example=Example({sample.JIRA_DOOR_FILE: sample.JIRA_DOOR.replace('["10007"]', '["10005"]')}),
)
DOOR_ENTITLEMENT_UNMAPPED = Rule(
    code="door-entitlement-unmapped",
    summary="Issues do not say which entitlement is meant, and a tool has several",
    remedy="Map `entitlement` to a field, unless no issue ever asks for such a tool",
    severity=Severity.WARNING,
    example=Example(
        {sample.JIRA_DOOR_FILE: sample.JIRA_DOOR.replace("  entitlement: customfield_10051\n", "")}
    ),
)
REVIEWS_MOVED = Rule(
    code="reviews-moved",
    summary="The settings still say `reviews`, which moved to a file of its own",
    remedy="Write `type: github` and the `repository` into `doors/github.yaml`, and remove it here",
    example=Example(
        {sample.SETTINGS_FILE: f"{sample.SETTINGS}reviews: {{forge: github, repository: a/b}}\n"}
    ),
)
RULES = (
    APPROVAL_SOURCE_UNKNOWN,
    STARTS_MISSING,
    CONNECTOR_NAME_RESERVED,
    DOOR_AMBIGUOUS,
    DOOR_ENTITLEMENT_UNMAPPED,
    REVIEWS_MOVED,
)


def check_doors(catalog: Catalog) -> Iterator[Finding]:
    """Each door is in its own file, under a name of its own, and says one thing of each id."""
    moved = catalog.settings.moved_reviews
    if moved is not None:
        yield Finding.at(
            Place(moved.origin),
            REVIEWS_MOVED,
            "`reviews` moved to a file of its own, and means nothing here",
            f"write `type: github` and `repository: {moved.repository}` into doors/github.yaml, "
            "and remove `reviews`",
        )
    for source in ApprovalSource:
        connector = catalog.connectors.get(ConnectorId(source.value))
        if connector is not None:
            summary = f"{quoted(source.value)} is the name of a door"
            yield Finding.at(place(connector, "id"), CONNECTOR_NAME_RESERVED, summary)
    for tool in catalog.tools.values():
        for source in sorted((tool.approvals or frozenset()) - catalog.doors.sources, key=str):
            at = place(tool, "policy", "approvals")
            summary = f"{quoted(tool.id)} counts approvals that are read at {source.value}"
            yield _report_no_door(at, source, summary)
    if catalog.doors.jira is not None:
        yield from _check_jira(catalog.doors.jira, catalog)


def _check_jira(door: JiraDoor, catalog: Catalog) -> Iterator[Finding]:
    for status in sorted(door.approved & door.ended):
        summary = (
            f"the status {quoted(status)} means both that access is approved and that it ended"
        )
        yield Finding.at(place(door, "ended"), DOOR_AMBIGUOUS, summary)
    meanings: defaultdict[str, list[JiraField]] = defaultdict(list)
    for meaning, field in door.fields.items():
        meanings[field].append(meaning)
    for field, mapped in meanings.items():
        if len(mapped) > 1:
            both = choice(each.value for each in mapped)
            summary = f"the field {quoted(field)} is mapped more than once: {both}"
            yield Finding.at(place(door, "fields", mapped[1].value), DOOR_AMBIGUOUS, summary)
    several = [
        tool.id
        for tool in catalog.tools.values()
        if len(tool.entitlements) > 1 and ApprovalSource.JIRA in catalog.sources_of(tool.id)
    ]
    if several and JiraField.ENTITLEMENT not in door.fields:
        summary = f"issues do not say which entitlement is meant, of {choice(several)}"
        yield Finding.at(place(door, "fields"), DOOR_ENTITLEMENT_UNMAPPED, summary)


def check_sources(catalog: Catalog, now: datetime | None = None) -> Iterator[Finding]:
    """Whatever an approval is to be read at is there, and counts for the tool.

    That the tool's policy does not count it is a warning: it may have done so before.
    """
    for grant in catalog.grants:
        if isinstance(grant.approval, ApprovalAtSource) and not grant.has_ended(now):
            yield from _check_source(grant, grant.approval.by, catalog)


def check_partial(catalog: Catalog, partial: Iterable[PartialReferences]) -> Iterator[Finding]:
    """The same of grants whose form is wrong, as far as they can be read."""
    for each in partial:
        if each.source is not None:
            yield from _check_source(each, each.source, catalog)


def _check_source(
    grant: Grant | PartialReferences, source: ApprovalSource, catalog: Catalog
) -> Iterator[Finding]:
    at, name = place(grant, "approval", "by"), source.value
    if source not in catalog.doors.sources:
        yield _report_no_door(at, source, f"the approval is to be read at {name}")
    elif grant.tool in catalog.tools and source not in catalog.sources_of(grant.tool):
        yield Finding.at(
            at,
            APPROVAL_SOURCE_UNKNOWN,
            f"{quoted(grant.tool)} does not count approvals that are read at {name}",
            "have the grant approved at one of the tool's `policy.approvals`, or extend that list",
            related=(place(catalog.tools[grant.tool], "policy", "approvals"),),
        ).as_warning()


def _report_no_door(at: Place, source: ApprovalSource, what: str) -> Finding:
    name = source.value
    return Finding.at(
        at,
        APPROVAL_SOURCE_UNKNOWN,
        f"{what}, and there is no doors/{name}.yaml",
        f"describe it in doors/{name}.yaml, or name another source",
    ).wanting(f"door:{name}")


def check_starts(catalog: Catalog, now: datetime | None = None) -> Iterator[Finding]:
    """A grant of limited length says when it begins; only its source knows when it was approved."""
    for grant in catalog.grants:
        tool = catalog.tools.get(grant.tool)
        if grant.counts_from is None and not grant.has_ended(now) and tool and tool.max_duration:
            yield Finding.at(
                place(grant),
                STARTS_MISSING,
                f"the grant does not say when it begins; {quoted(tool.id)} allows at most "
                f"{tool.max_duration}",
                related=(place(tool, "policy", "max_duration"),),
            ).as_warning()
