"""Which statuses allow which operation: Okta's document and the links of its users are the judges.

The document names statuses in words, and a recorded user links to what may come next. Where both
agree the sandbox does what they say; where they do not, the world chooses.
"""

import itertools
import re

import pytest

from reconciler.sandbox import Choices, Operation
from reconciler.sandbox.resources.user_lifecycle import Account, Transition, decide
from reconciler.sandbox.world.model import USER_STATUSES
from reconciler.sandbox.world.options import POSSIBLE

_RULE = re.compile(r"only (?:be performed )?on users ((?:that|with|who)[^.]*)", re.DOTALL)
_LINKED = {
    Operation.SUSPEND: "suspend",
    Operation.UNSUSPEND: "unsuspend",
    Operation.ACTIVATE: "activate",
    Operation.REACTIVATE: "reactivate",
    Operation.DEACTIVATE: "deactivate",
    Operation.RESET_PASSWORD: "resetPassword",
    Operation.EXPIRE_PASSWORD: "expirePassword",
}
_SEEN = {"STAGED", "PROVISIONED", "ACTIVE", "SUSPENDED", "PASSWORD_EXPIRED"}
"""The statuses of users whose links were recorded."""


@pytest.fixture(scope="module")
def said(document):
    """The statuses that the document names for an operation, where it says *only*."""
    found = {}
    for operation in Operation:
        endpoint = f"POST /api/v1/users/{{id}}/lifecycle/{operation.value}"
        text = document.endpoints.get(endpoint, {}).get("description", "")
        if rule := _RULE.search(text):
            named = set(re.findall(r"`([A-Z_]+)`", rule[1])) & USER_STATUSES
            found[operation] = USER_STATUSES - named if " not " in rule[1] else named
    return found


@pytest.fixture(scope="module")
def offered(recorded):
    """The operations that recorded users link to, by status."""
    exchanges, _ = recorded
    found = {}
    for exchange in exchanges:
        body = exchange.body
        if isinstance(body, dict) and body.get("status") in USER_STATUSES and "profile" in body:
            found.setdefault(body["status"], set()).update(body["_links"])
    return found


def outcomes(operation, status):
    """Whether the operation is done, by the default, and whether any choice says otherwise."""
    chosen = [Choices()]
    chosen += [Choices(**{name: each}) for name, given in POSSIBLE.items() for each in given]
    verdicts = [decide(Account(id="00u1", status=status), operation, each) for each in chosen]
    done = [isinstance(verdict, Transition) for verdict in verdicts]
    return done[0], len(set(done)) > 1


def test_the_judges_speak_of_most_operations(said, offered):
    """Or the rest of this would say nothing."""
    assert set(said) == {
        *(Operation.ACTIVATE, Operation.REACTIVATE, Operation.DEACTIVATE),
        *(Operation.SUSPEND, Operation.UNSUSPEND),
    }
    assert said[Operation.DEACTIVATE] == USER_STATUSES - {"DEPROVISIONED"}
    assert set(offered) >= _SEEN


def test_a_status_allows_what_okta_says(said, offered):
    """Two judges that contradict each other leave the cell to the world."""
    judged, wrong = 0, []
    for status, operation in itertools.product(sorted(USER_STATUSES), Operation):
        in_words = status in said[operation] if operation in said else None
        link = _LINKED.get(operation)
        in_links = link in offered[status] if link and status in _SEEN else None
        if in_words is None and not in_links:
            continue
        judged += 1
        is_done, is_open = outcomes(operation, status)
        is_right = is_open if in_words is False and in_links else is_done == (in_words is not False)
        if not is_right:
            wrong.append((status, operation.value))
    assert wrong == []
    assert judged >= len(said) * len(USER_STATUSES)
