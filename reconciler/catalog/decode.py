"""Plain data of the right form into nouns. Nothing here can fail: the schema has accepted it."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, time
from functools import lru_cache
from typing import Any

from reconciler.model.accounts import (
    AccountAction,
    AccountDeclaration,
    AccountRequest,
    AccountState,
)
from reconciler.model.catalog import (
    Acknowledgement,
    Auth,
    Authority,
    BindGroup,
    Binding,
    Canary,
    Connector,
    CreateGroup,
    Entitlement,
    Fulfilment,
    Grant,
    IdentityMapping,
    Revocation,
    Risk,
    Tool,
)
from reconciler.model.diagnostics import Span
from reconciler.model.ids import (
    ConnectorId,
    EntitlementId,
    OktaGroupId,
    OktaUserId,
    SecretRef,
    ToolId,
)
from reconciler.model.settings import (
    Contact,
    GuardLimits,
    IdentityRule,
    Limit,
    Merging,
    MovedReviews,
    Operator,
    ProposalRules,
    ProtectedPerson,
    RequiredApproval,
    Settings,
)
from reconciler.model.validity import (
    AnyApproval,
    Approval,
    ApprovalAtSource,
    ApprovalSource,
    Duration,
    DurationUnit,
    Moment,
)
from reconciler.policy.finding import Path

__all__ = [
    "decode_account",
    "decode_acknowledgement",
    "decode_binding",
    "decode_connector",
    "decode_contact",
    "decode_grant",
    "decode_identity",
    "decode_secret",
    "decode_settings",
    "decode_tool",
    "parse_day",
    "parse_days",
    "parse_moment",
]

Data = Mapping[str, Any]

_DAY = len("YYYY-MM-DD")
_MAY = {
    "unlock": AccountAction.UNLOCK,
    "password-reset": AccountAction.RESET_PASSWORD,
    "suspend": AccountAction.SUSPEND,
    "unsuspend": AccountAction.UNSUSPEND,
}
"""What an operator may do, as the settings say it."""


def decode_settings(data: Data, where: Callable[[Path], Span]) -> Settings:
    """The settings; a guard that is named replaces its default whole."""
    rules = data.get("identity", {})
    chosen = Settings(
        guards=replace(GuardLimits(), **_decode_guards(data.get("guards", {}))),
        protected=tuple(
            _decode_protected(person, where(("protected", number)))
            for number, person in enumerate(data.get("protected", ()))
        ),
        naming_pattern=data.get("naming", {}).get("pattern"),
        admins=tuple(map(decode_contact, data.get("admins", ()))),
        operators=tuple(map(_decode_operator, data.get("operators", ()))),
        applied_every=_parse_duration(data.get("schedule", {}).get("every")),
        required=RequiredApproval(data.get("approvals", {}).get("required", "high")),
        proposals=_decode_proposals(data.get("proposals", {})),
        # Files of former commits have it.
        moved_reviews=MovedReviews(
            repository=data["reviews"]["repository"], origin=where(("reviews",))
        )
        if "reviews" in data
        else None,
    )
    if "match" not in rules:
        return chosen
    return replace(chosen, match=tuple(map(IdentityRule, rules["match"])))


def _decode_proposals(data: Data) -> ProposalRules:
    default = ProposalRules()
    return ProposalRules(
        merge=Merging(data.get("merge", default.merge)),
        most_open=int(data.get("most_open", default.most_open)),
    )


def _decode_guards(data: Data) -> dict[str, tuple[Limit, ...]]:
    return {
        name: tuple(map(_decode_limit, [limits] if isinstance(limits, dict) else limits))
        for name, limits in data.items()
    }


def _decode_limit(data: Data) -> Limit:
    count, percent = data.get("count"), data.get("percent")
    return Limit(
        count=None if count is None else int(count),
        percent=None if percent is None else int(percent),
    )


def _decode_operator(data: Data) -> Operator:
    may = frozenset(_MAY[word] for word in data["may"])
    return Operator(email=data["email"], may=may, github=data.get("github"))


def _decode_protected(data: Data, origin: Span) -> ProtectedPerson:
    return ProtectedPerson(
        login=data["login"], reason=data["reason"], id=data.get("id"), origin=origin
    )


def decode_connector(data: Data, origin: Span) -> Connector:
    """A connector; a single sign-in serves plan and apply."""
    auth = data.get("auth")
    config = data.get("config")
    canary = data.get("canary")
    return Connector(
        id=ConnectorId(data["id"]),
        type=data["type"],
        name=data["name"],
        description=data.get("description", ""),
        domain=data.get("domain"),
        config=None if config is None else decode_secret(config),
        plan_auth=None if auth is None else _decode_auth(auth.get("plan", auth)),
        apply_auth=None if auth is None else _decode_auth(auth.get("apply", auth)),
        canary=None if canary is None else _decode_canary(canary),
        lifecycle=data.get("lifecycle", False),
        disabled=data.get("disabled", False),
        origin=origin,
    )


def decode_secret(data: Data) -> SecretRef:
    """Where a secret is kept."""
    if "env" in data:
        return SecretRef(kind="env", value=data["env"])
    if "file" in data:
        return SecretRef(kind="file", value=data["file"])
    return SecretRef(kind="command", value=tuple(data["command"]))


def _value_or_secret(data: str | Data | None) -> str | SecretRef | None:
    return data if data is None or isinstance(data, str) else decode_secret(data)


def _decode_auth(data: Data) -> Auth:
    method = data["method"]
    return Auth(
        method=method,
        secret=decode_secret(data["token"] if method == "ssws" else data["private_key"]),
        client_id=_value_or_secret(data.get("client_id")),
        key_id=_value_or_secret(data.get("key_id")),
        dpop=data.get("dpop", "auto"),
        rotated_at=parse_day(data.get("rotated_at")),
        max_age_days=parse_days(data.get("max_age")),
    )


def _decode_canary(data: Data) -> Canary:
    group = data["group"]
    return Canary(user=data["user"], group_id=OktaGroupId(group["id"]), group_name=group["name"])


def parse_day(text: str | None) -> date | None:
    """The calendar day, where there is one."""
    return None if text is None else date.fromisoformat(text)


def parse_days(text: str | None) -> int | None:
    """The number in `90d`."""
    return None if text is None else int(text[:-1])


def _parse_duration(text: str | None) -> Duration | None:
    """What `180d`, `8h` or `30m` says."""
    return None if text is None else Duration(int(text[:-1]), DurationUnit(text[-1]))


def decode_contact(data: Data) -> Contact:
    """Whom to ask."""
    return Contact(
        email=data["email"], github=data.get("github"), until=parse_day(data.get("until"))
    )


def decode_tool(data: Data, origin: Span) -> Tool:
    """A tool; an entitlement without a risk has the tool's."""
    policy = data.get("policy", {})
    risk, sources = Risk(data["risk"]), policy.get("approvals")
    return Tool(
        id=ToolId(data["id"]),
        name=data["name"],
        description=data.get("description", ""),
        owners=tuple(map(decode_contact, data["owners"])),
        risk=risk,
        fulfilment=Fulfilment(data.get("fulfilment", "okta")),
        entitlements={
            EntitlementId(name): _decode_entitlement(name, entitlement, risk)
            for name, entitlement in data["entitlements"].items()
        },
        max_duration=_parse_duration(policy.get("max_duration")),
        approvers=tuple(map(decode_contact, policy.get("approvers", ()))),
        approvals=frozenset(map(ApprovalSource, sources)) if sources else None,
        origin=origin,
    )


def _decode_entitlement(name: str, data: Data, risk: Risk) -> Entitlement:
    return Entitlement(
        id=EntitlementId(name),
        description=data.get("description", ""),
        risk=Risk(data["risk"]) if "risk" in data else risk,
        required_members=tuple(data.get("required_members", ())),
        min_members=int(data.get("min_members", 0)),
    )


def decode_binding(data: Data, origin: Span) -> Binding:
    """A binding, to a group that exists or to one that will."""
    replaces = data.get("replaces")
    return Binding(
        tool=ToolId(data["tool"]),
        entitlement=EntitlementId(data["entitlement"]),
        connector=ConnectorId(data["connector"]),
        group=_decode_group(data["group"]),
        authority=Authority(data.get("authority", "additive")),
        unattended=data.get("unattended", False),
        admin_role=data.get("admin_role", False),
        shared=data.get("shared", False),
        retired=data.get("retired", False),
        replaces=None if replaces is None else OktaGroupId(replaces),
        origin=origin,
    )


def _decode_group(data: Data) -> BindGroup | CreateGroup:
    if "bind" in data:
        return BindGroup(id=OktaGroupId(data["bind"]["id"]), name=data["bind"]["name"])
    return CreateGroup(
        name=data["create"]["name"], description=data["create"].get("description", "")
    )


def decode_grant(data: Data, origin: Span, only: Mapping[str, EntitlementId]) -> Grant:
    """A grant; without an entitlement it means the tool's only one, by `only`, else none ("")."""
    tool_id, revoked = data["tool"], data.get("revoked")
    return Grant(
        tool=tool_id,
        entitlement=data.get("entitlement") or only.get(tool_id, EntitlementId("")),
        subject=data["subject"],
        purpose=data["purpose"],
        approval=_decode_any_approval(data["approval"]),
        starts=parse_moment(data.get("starts")),
        expires=parse_moment(data.get("expires")),
        revoked=None if revoked is None else _decode_revocation(revoked),
        origin=origin,
    )


def _decode_any_approval(data: Data) -> AnyApproval:
    if "by" not in data:
        return _decode_approval(data)
    return ApprovalAtSource(
        by=ApprovalSource(data["by"]),
        ticket=data.get("ticket", ""),
        requested_by=data.get("requested_by"),
    )


def _decode_approval(data: Data) -> Approval:
    approved_by, written = data["approved_by"], data["approved_at"]
    return Approval(
        ticket=data["ticket"],
        approved_by=(approved_by,) if isinstance(approved_by, str) else tuple(approved_by),
        approved_at=date.fromisoformat(written[:_DAY]),
        requested_by=data.get("requested_by"),
        approved_time=_parse_time(written),
    )


def _parse_time(text: str) -> time | None:
    """The time in `2026-11-28T14:00Z`; none in a day alone."""
    return time.fromisoformat(text[_DAY:].strip("TZ")) if len(text) > _DAY else None


# A million grants share a few hundred days, and then each window is found by what is the same.
@lru_cache(maxsize=4096)
def parse_moment(text: str | None) -> Moment | None:
    """The day or the instant, where there is one."""
    if text is None:
        return None
    return Moment(date.fromisoformat(text[:_DAY]), _parse_time(text))


def _decode_revocation(data: Data) -> Revocation:
    return Revocation(at=date.fromisoformat(data["at"]), by=data["by"], reason=data["reason"])


def decode_identity(data: Data, origin: Span) -> IdentityMapping:
    """A mapping; one with no account beside Okta answers for its own login."""
    okta = data["okta"]
    keys = [f"{kind}:{data[kind]}" for kind in ("jira", "slack", "github") if kind in data]
    if "email" in data:
        keys.append(data["email"])
    user_id = okta.get("id")
    return IdentityMapping(
        keys=tuple(keys) or (okta["login"],),
        login=okta.get("login"),
        id=None if user_id is None else OktaUserId(user_id),
        origin=origin,
    )


def decode_acknowledgement(data: Data, origin: Span) -> Acknowledgement:
    """An exception to one guard."""
    group = data.get("group")
    return Acknowledgement(
        guard=data["guard"],
        connector=ConnectorId(data["connector"]),
        people=frozenset(map(OktaUserId, data["people"])),
        reason=data["reason"],
        by=data["by"],
        expires=date.fromisoformat(data["expires"]),
        group=None if group is None else OktaGroupId(group),
        origin=origin,
    )


def decode_account(data: Data, origin: Span) -> AccountDeclaration:
    """A person's state, what is asked for once, or both."""
    state, approval = data.get("state"), data.get("approval")
    return AccountDeclaration(
        subject=data["user"],
        state=None if state is None else AccountState(state),
        until=parse_day(data.get("until")),
        reason=data.get("reason", ""),
        approval=None if approval is None else _decode_approval(approval),
        unlock=_decode_request(data.get("unlock")),
        password_reset=_decode_request(data.get("password_reset")),
        origin=origin,
    )


def _decode_request(data: Data | None) -> AccountRequest | None:
    if data is None:
        return None
    day, _, at = data["requested_at"].partition("T")
    instant = datetime.combine(
        date.fromisoformat(day), time.fromisoformat(at.removesuffix("Z")), tzinfo=UTC
    )
    return AccountRequest(
        requested_at=instant,
        reason=data["reason"],
        approval=_decode_approval(data["approval"]),
    )
