"""Objects of the right form into one catalog, and the problems that only the whole of it shows.

Tools and connectors are keyed by id, so a second one of the same id is seen here and nowhere later;
and only here is it known in which folder a grant is.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from reconciler.catalog import decode
from reconciler.catalog.decode import decode_connector, decode_settings
from reconciler.catalog.decode_doors import decode_doors
from reconciler.catalog.files import SourceFile
from reconciler.catalog.schema.check import Item
from reconciler.catalog.schema.kinds import SETTINGS, Kind
from reconciler.model.accounts import AccountDeclaration
from reconciler.model.approvals.doors import Doors
from reconciler.model.catalog import (
    Acknowledgement,
    Binding,
    Catalog,
    Connector,
    Grant,
    IdentityMapping,
    Tool,
)
from reconciler.model.diagnostics import Example, Rule, Span
from reconciler.model.ids import ConnectorId, EntitlementId, ToolId
from reconciler.model.settings import Settings
from reconciler.model.validity import ApprovalSource
from reconciler.policy import sample
from reconciler.policy.checks.contacts import check_handles
from reconciler.policy.checks.duplicates import report_second_connector, report_second_tool
from reconciler.policy.checks.references import PartialReferences
from reconciler.policy.finding import Finding, Path, Place
from reconciler.policy.name_pattern import check_pattern
from reconciler.policy.quoting import quoted

__all__ = ["RULES", "Assembly"]

_ID = re.compile(r"(?=.{1,63}\Z)[a-z0-9]+(-[a-z0-9]+)*\Z")
_PERSON = re.compile(r"[^\x00-\x20\x7f]{1,255}\Z")

GRANT_OUTSIDE_TOOL_FOLDER = Rule(
    code="grant-outside-tool-folder",
    summary="A grant is in the folder of another tool, whose owners would review it",
    remedy="Move it to `grants/<tool>/`, or correct `tool`",
    example=Example({"grants/cursor/joe.yaml": sample.OTHER_GRANT}),
)
DOOR_MISNAMED = Rule(
    code="door-misnamed",
    summary="A door's file is not named after its type, so there might be two of one type",
    remedy="Name it `doors/github.yaml` or `doors/jira.yaml`",
    example=Example({"doors/reviews.yaml": sample.GITHUB_DOOR}),
)
RULES = (GRANT_OUTSIDE_TOOL_FOLDER, DOOR_MISNAMED)
_NAMED_BY = {"binding": ("tool", "entitlement"), "door": ("type",)}
"""The keys by which references know an object that has no id."""
_SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*\Z")
FindSpan = Callable[[Path], Span]


@dataclass(slots=True)
class Assembly:
    """A catalog in the making, with the findings made on the way."""

    findings: list[Finding] = field(default_factory=list)
    partial_references: list[PartialReferences] = field(default_factory=list)
    _settings: Settings = field(default_factory=Settings)
    _connectors: dict[ConnectorId, Connector] = field(default_factory=dict)
    _tools: dict[ToolId, Tool] = field(default_factory=dict)
    _bindings: list[Binding] = field(default_factory=list)
    _grants: list[Grant] = field(default_factory=list)
    _identities: list[IdentityMapping] = field(default_factory=list)
    _acknowledgements: list[Acknowledgement] = field(default_factory=list)
    _doors: Doors = field(default_factory=Doors)
    _accounts: list[AccountDeclaration] = field(default_factory=list)
    _only_entitlement: dict[str, EntitlementId] = field(default_factory=dict)
    _unreadable: set[str] = field(default_factory=set)

    def add(self, file: SourceFile, items: list[Item], where: FindSpan) -> None:
        """Takes in one file's objects."""
        for item in items:
            match file.kind.name:
                case "grant":
                    self._add_grant(file, item)
                case "settings":
                    self._add_settings(item, where)
                case "door":
                    self._add_door(file, item)
                case "connector":
                    self._add_connector(decode_connector(item.data, item.origin))
                case "tool":
                    self._add_tool(decode.decode_tool(item.data, item.origin))
                case _:
                    self._add_listed(file.kind.name, item)

    def _add_listed(self, kind: str, item: Item) -> None:
        """An object that no other is looked up by."""
        match kind:
            case "binding":
                self._bindings.append(decode.decode_binding(item.data, item.origin))
            case "identity":
                self._identities.append(decode.decode_identity(item.data, item.origin))
            case "user":
                self._accounts.append(decode.decode_account(item.data, item.origin))
            case _:
                self._acknowledgements.append(decode.decode_acknowledgement(item.data, item.origin))

    def reject(self, kind: Kind, data: Any = None) -> None:  # noqa: ANN401 - data of any form
        """Remembers that something of the kind is there but could not be read."""
        self._unreadable.update(_names(kind, data))

    def add_partial_reference(self, file: SourceFile, item: Item) -> None:
        """Keeps what an object of the wrong form refers to: that is judged as well."""
        reference = partial_reference(file.kind, item)
        if reference is None:
            return
        if file.kind.nested and reference.tool:
            self._check_folder(file, reference.tool, reference.origin)
        self.partial_references.append(reference)

    def is_unreadable(self, wanted: str) -> bool:
        """Whether what a reference wants is there after all, or may be, but could not be read."""
        return wanted in self._unreadable or f"{wanted.partition(':')[0]}:*" in self._unreadable

    def catalog(self) -> Catalog:
        """Everything taken in."""
        return Catalog(
            settings=self._settings,
            connectors=self._connectors,
            tools=self._tools,
            bindings=tuple(self._bindings),
            grants=tuple(self._grants),
            identities=tuple(self._identities),
            acknowledgements=tuple(self._acknowledgements),
            accounts=tuple(self._accounts),
            doors=self._doors,
        )

    def _add_settings(self, item: Item, where: FindSpan) -> None:
        self._settings = decode_settings(item.data, where)
        self.findings += check_handles(item.origin, ("admins",), self._settings.admins)
        self.findings += check_handles(item.origin, ("operators",), self._settings.operators)
        self.findings += check_pattern(self._settings.naming_pattern, item.origin)

    def _add_door(self, file: SourceFile, item: Item) -> None:
        type_ = item.data["type"]
        if file.parts[-1] == f"{type_}.yaml":
            found = decode_doors(item.data, item.origin)
            self._doors = Doors(
                github=found.github or self._doors.github, jira=found.jira or self._doors.jira
            )
            return
        self.reject(file.kind, item.data)
        self.findings.append(
            Finding.at(
                Place(item.origin, ("type",)),
                DOOR_MISNAMED,
                f"the door is of type {quoted(type_)} and its file is doors/{file.parts[-1]}",
                f"name the file doors/{type_}.yaml, or correct `type`",
            )
        )

    def _add_connector(self, noun: Connector) -> None:
        if noun.id in self._connectors:
            self.findings.append(report_second_connector(noun, self._connectors[noun.id]))
        else:
            self._connectors[noun.id] = noun

    def _add_tool(self, noun: Tool) -> None:
        if noun.id in self._tools:
            self.findings.append(report_second_tool(noun, self._tools[noun.id]))
            return
        self._tools[noun.id] = noun
        if len(noun.entitlements) == 1:
            self._only_entitlement[noun.id] = next(iter(noun.entitlements))

    def _add_grant(self, file: SourceFile, item: Item) -> None:
        self._check_folder(file, item.data["tool"], item.origin)
        self._grants.append(decode.decode_grant(item.data, item.origin, self._only_entitlement))

    def _check_folder(self, file: SourceFile, tool: str, origin: Span) -> None:
        if tool != file.folder:
            self.findings.append(
                Finding.at(
                    Place(origin, ("tool",)),
                    GRANT_OUTSIDE_TOOL_FOLDER,
                    f"the grant is for {quoted(tool)} but is in grants/{file.folder}/",
                    f"move it to grants/{tool}/, or correct `tool`",
                )
            )


def partial_reference(kind: Kind, item: Item) -> PartialReferences | None:
    """What the object refers to, if its kind refers to anything and it is a mapping at all."""
    data = item.data
    if kind.name not in {"grant", "binding", "acknowledgement"} or not isinstance(data, dict):
        return None
    approval = data.get("approval")
    return PartialReferences(
        origin=item.origin,
        tool=ToolId(_matching_text(data.get("tool"), _ID)),
        entitlement=EntitlementId(_matching_text(data.get("entitlement"), _ID)),
        connector=ConnectorId(_matching_text(data.get("connector"), _ID)),
        subject=_matching_text(data.get("subject"), _PERSON),
        **(_agreement(approval) if kind.nested and isinstance(approval, dict) else {}),
    )


def _agreement(approval: dict[str, Any]) -> dict[str, Any]:
    """Who asked, and who agreed or where that is read."""
    return {
        "approvers": _approvers(approval),
        "requester": _matching_text(approval.get("requested_by"), _PERSON),
        "source": next((each for each in ApprovalSource if each.value == approval.get("by")), None),
    }


def _approvers(approval: dict[str, Any]) -> tuple[str, ...]:
    listed = approval.get("approved_by")
    return tuple(
        _matching_text(each, _PERSON) for each in (listed if isinstance(listed, list) else [listed])
    )


def _matching_text(value: object, form: re.Pattern[str]) -> str:
    return value if isinstance(value, str) and form.match(value) else ""


def _names(kind: Kind, data: Any) -> Iterator[str]:  # noqa: ANN401 - data of any form
    """What references would call the unread object; `*` where that is unknown."""
    if kind is SETTINGS:
        yield "settings:*"
        return
    keys = _NAMED_BY.get(kind.name, ("id",))
    stated = [data.get(key) for key in keys] if isinstance(data, dict) else [None]
    texts = [each for each in stated if isinstance(each, str) and _SLUG.match(each)]
    yield f"{kind.name}:{'/'.join(texts) if len(texts) == len(stated) else '*'}"
