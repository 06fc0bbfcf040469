"""The rules of form: what keeps an object from being one of its kind.

A schema may name one of them for an error of its own (`code` in its `x-messages`).
"""

from collections.abc import Mapping

from reconciler.catalog.yaml.text_checks import SECRET_LITERAL
from reconciler.model.diagnostics import Example, Rule
from reconciler.policy import sample

__all__ = [
    "BY_CODE",
    "KEY_MISSING",
    "KEY_UNKNOWN",
    "RULES",
    "VALUE_NOT_ALLOWED",
    "VALUE_WRONG_FORM",
    "VALUE_WRONG_TYPE",
]

_BIND = sample.BINDING.partition("group:")[2].rstrip()

APPROVAL_MISSING = Rule(
    code="approval-missing",
    summary="A grant, a state or a request does not say who agreed, when, or in which ticket",
    remedy="Add the key to `approval`",
    example=sample.edit(sample.GRANT_FILE, "  approved_by: lead@example.com\n", ""),
)
APPROVAL_MIXED = Rule(
    code="approval-mixed",
    summary="An approval that is read at its source states itself what is read there",
    remedy="Keep `by`, or state `ticket`, `approved_by` and `approved_at` without it",
    example=Example(
        {
            sample.GITHUB_DOOR_FILE: sample.GITHUB_DOOR,
            sample.GRANT_FILE: sample.GRANT.replace("  ticket: AI-1\n", "  by: github\n"),
        }
    ),
)
BINDING_BIND_OR_CREATE = Rule(
    code="binding-bind-or-create",
    summary="A binding's group says neither `bind` nor `create`, or both",
    remedy="Write one of them: `bind` for a group that exists, `create` for a new one",
    example=sample.edit(sample.BINDING_FILE, _BIND, " {}"),
)
CONNECTOR_AUTH_OR_CONFIG = Rule(
    code="connector-auth-or-config",
    summary="A connector has both `config` and the keys that `config` stands for",
    remedy="Keep `config` alone, or `domain` and `auth`",
    example=sample.edit(sample.CONNECTOR_FILE, "domain: https://acme.okta.com", "config: {env: C}"),
)
CONNECTOR_TYPE_UNSUPPORTED = Rule(
    code="connector-type-unsupported",
    summary="A connector is of a type that this version does not serve",
    remedy="Write `type: okta`",
    example=sample.edit(sample.CONNECTOR_FILE, "type: okta", "type: entra"),
)
KEY_MISSING = Rule(
    code="key-missing",
    summary="A key that its object needs is not there",
    remedy="Add it",
    example=sample.edit(sample.GRANT_FILE, "purpose: Support triage\n", ""),
)
KEY_UNKNOWN = Rule(
    code="key-unknown",
    summary="A key means nothing in its object",
    remedy="Correct its spelling, or remove it",
    example=sample.edit(sample.GRANT_FILE, "expires:", "expiers:"),
)
SECRET_REF_INVALID = Rule(
    code="secret-ref-invalid",
    summary="What should say where a secret is kept does not",
    remedy="Write one of `{env: NAME}`, `{file: PATH}` and `{command: [...]}`",
    example=sample.edit(sample.CONNECTOR_FILE, "{env: OKTA_TOKEN}", "{env: A, file: b}"),
)
VALUE_NOT_ALLOWED = Rule(
    code="value-not-allowed",
    summary="A value is none of those that its key allows",
    remedy="Write one of them",
    example=sample.edit(sample.TOOL_FILE, "risk: medium", "risk: hgih"),
)
VALUE_WRONG_FORM = Rule(
    code="value-wrong-form",
    summary="A value is of the right type but not of the right form, size or range",
    remedy="Write it like the example in the message",
    example=sample.edit(sample.TOOL_FILE, "90d", "3 months"),
)
VALUE_WRONG_TYPE = Rule(
    code="value-wrong-type",
    summary="A value is of another type than its key asks for",
    remedy="Write it like the example in the message; put text that looks like a number in quotes",
    example=sample.edit(sample.GRANT_FILE, "2027-01-20", "20270120"),
)
RULES = (
    APPROVAL_MISSING,
    APPROVAL_MIXED,
    BINDING_BIND_OR_CREATE,
    CONNECTOR_AUTH_OR_CONFIG,
    CONNECTOR_TYPE_UNSUPPORTED,
    KEY_MISSING,
    KEY_UNKNOWN,
    SECRET_REF_INVALID,
    VALUE_NOT_ALLOWED,
    VALUE_WRONG_FORM,
    VALUE_WRONG_TYPE,
)

BY_CODE: Mapping[str, Rule] = {rule.code: rule for rule in (*RULES, SECRET_LITERAL)}
"""What a schema may name."""
