"""The form at GitHub with which people ask for access: its choices are the catalog's.

Of GitHub's rules for forms it keeps: no choice twice, ids and labels that differ, no empty text
(GitHub: common validation errors when creating issue forms). In a private repository GitHub takes
no field for required, so the reader of the issue asks for what is missing.
"""

import yaml

from reconciler.model.catalog import Catalog, Fulfilment
from reconciler.model.ids import EntitlementId, ToolId
from reconciler.model.validity import ApprovalSource
from reconciler.proposals.form_answers import Question, describe_choice
from reconciler.proposals.form_requests import FORM_LABEL
from reconciler.render.formats.escape import escape

__all__ = ["FORM_HEADER", "FORM_PATH", "issue_form"]

FORM_PATH = ".github/ISSUE_TEMPLATE/access-request.yml"
FORM_HEADER = "# Written by `reconciler forms`; change the catalog instead, and write it again."

_Value = str | bool | list[str] | dict[str, "_Value"]

_WHAT_FOLLOWS = (
    "Your request becomes a pull request, and the approvers of the tool are asked. All readers of "
    "this repository see it: put nothing secret into it."
)


def issue_form(catalog: Catalog) -> str:
    """The whole file; empty where nothing can be asked for: GitHub takes no form without a choice.

    A tool that a person hands out is a choice, an entitlement without a group in Okta is none.
    """
    choices = _choices(catalog)
    if not choices:
        return ""
    form = {
        "name": "Ask for access",
        "description": "For yourself, or for a colleague",
        "title": "Access request",
        "labels": [FORM_LABEL],
        "body": _body(choices),
    }
    text: str = yaml.safe_dump(form, sort_keys=False, width=100)
    return f"{FORM_HEADER}\n{text}"


def _body(choices: list[str]) -> list[dict[str, _Value]]:
    return [
        {"type": "markdown", "attributes": {"value": _WHAT_FOLLOWS}},
        _field("dropdown", "access", Question.ACCESS, is_required=True, options=choices),
        _field(
            "input",
            "subject",
            Question.SUBJECT,
            description="Their login at Okta, or their @name here. Leave it empty for yourself.",
        ),
        _field(
            "input",
            "purpose",
            Question.PURPOSE,
            is_required=True,
            description="The approvers decide by it, and it stays in the files.",
        ),
        _field(
            "input",
            "until",
            Question.UNTIL,
            description="The last day, such as 2027-02-18. Leave it empty for as long as the tool "
            "allows.",
        ),
    ]


def _field(
    kind: str, name: str, question: Question, *, is_required: bool = False, **attributes: _Value
) -> dict[str, _Value]:
    field: dict[str, _Value] = {
        "type": kind,
        "id": name,
        "attributes": {"label": question.value, **attributes},
    }
    return {**field, "validations": {"required": True}} if is_required else field


def _choices(catalog: Catalog) -> list[str]:
    """What a request could be carried out for, by the names of the tools.

    What comes of the form is approved by its review, so that has to count for the tool.
    """
    bound = _bound(catalog)
    found = [
        (escape(tool.name), tool.id, entitlement)
        for tool in catalog.tools.values()
        if tool.approvals is None or ApprovalSource.GITHUB in tool.approvals
        for entitlement in tool.entitlements
        if tool.fulfilment is Fulfilment.MANUAL or (tool.id, entitlement) in bound
    ]
    return [
        describe_choice(*each) for each in sorted(found, key=lambda e: (e[0].casefold(), *e[1:]))
    ]


def _bound(catalog: Catalog) -> set[tuple[ToolId, EntitlementId]]:
    """What a group of an enabled connector gives."""
    enabled = {c.id for c in catalog.connectors.values() if not c.disabled}
    return {
        (b.tool, b.entitlement)
        for b in catalog.bindings
        if not b.retired and b.connector in enabled
    }
