"""What a change may not do to accounts."""

import pytest

from reconciler.model.diagnostics import Severity
from reconciler.policy.sample import ACCOUNT, ACCOUNT_FILE, ACCOUNTS, USER
from tests.support.catalogs import ACKNOWLEDGEMENT, CONNECTOR, GRANT, SETTINGS, judged, said

STATE = ACCOUNT.partition("unlock:")[0]
UNLOCK = "user: joe@example.com\nunlock:" + ACCOUNT.partition("unlock:")[2]
LEAVER = STATE.replace("suspended", "deactivated").replace(
    "desk@example.com", "[admin@example.com, desk@example.com]"
)
ACTIVE = STATE.replace("suspended", "active").replace("2026-11-20", "2026-11-21")
RULES = ACCOUNTS["settings.yaml"]
LIFECYCLE = ACCOUNTS["connectors/okta-prod.yaml"]
SETTINGS_FILE, CONNECTORS = "settings.yaml", "connectors/okta-prod.yaml"
JOE = "identities/joe.yaml"
MAPPED = f"jira: j\nokta: {{login: joe@example.com, id: {USER.replace('1', '2')}}}\n"


def change(root, base, head):
    """What is said of a change between two catalogs that may change accounts."""
    return judged(root, {**ACCOUNTS, **base}, {**ACCOUNTS, **head})


def codes(root, base, head):
    """The codes of it."""
    return sorted({d.code for d in change(root, base, head).diagnostics})


NEW = {ACCOUNT_FILE: None}


@pytest.mark.parametrize(
    ("base", "head"),
    [
        ({**NEW, SETTINGS_FILE: RULES.replace("desk@", "help@")}, {}),
        ({**NEW, SETTINGS_FILE: RULES.replace(", unlock]", "]")}, {ACCOUNT_FILE: UNLOCK}),
        (
            {**NEW, SETTINGS_FILE: RULES.replace("admin@", "boss@")},
            {ACCOUNT_FILE: STATE.replace("desk@", "admin@")},
        ),
        ({**NEW, SETTINGS_FILE: RULES.replace("break.glass@", "joe@")}, {}),
        ({**NEW, SETTINGS_FILE: RULES.replace("[mapping, login]", "[mapping, email]")}, {}),
        ({**NEW, CONNECTORS: CONNECTOR}, {}),
        ({**NEW, CONNECTORS: LIFECYCLE.replace("acme.okta", "other.okta")}, {}),
        (
            NEW,
            {"connectors/lab.yaml": LIFECYCLE.replace("okta-prod", "lab")},
        ),
        ({**NEW}, {JOE: MAPPED}),
        (
            {**NEW, JOE: "jira: j\nokta: {login: desk@example.com}\n"},
            {
                ACCOUNT_FILE: STATE.replace("joe@example.com", "jira:j"),
                JOE: "jira: j\nokta: {login: ann@example.com}\n",
            },
        ),
    ],
)
def test_nothing_done_with_an_account_rests_on_rules_that_the_change_alters(tmp_path, base, head):
    """Operators, admins, protection, matching, identities and connectors count as at the base."""
    assert "policy-changed-with-grant" in codes(tmp_path, base, head)


@pytest.mark.parametrize(
    ("base", "head"),
    [
        ({}, {SETTINGS_FILE: RULES.replace("desk@", "help@")}),
        (NEW, {SETTINGS_FILE: RULES.replace("admin@", "boss@")}),
        (NEW, {SETTINGS_FILE: RULES.replace("suspend, unsuspend, unlock", "suspend, unlock")}),
        (
            NEW,
            {SETTINGS_FILE: RULES.replace("protected: [", "protected: [{login: x@y, reason: z}, ")},
        ),
    ],
)
def test_rules_may_change_beside_what_does_not_rest_on_it(tmp_path, base, head):
    """An operator who leaves makes nothing of the change wrong but what they agreed to."""
    assert "policy-changed-with-grant" not in codes(tmp_path, base, head)


def test_what_a_change_brings_is_approved_by_who_may_and_what_was_there_may_stay(tmp_path):
    """An old file warns; the request that the change adds to it is an error."""
    rules = {SETTINGS_FILE: RULES.replace("desk@", "help@")}
    base = {**rules, ACCOUNT_FILE: STATE}
    head = {**rules, ACCOUNT_FILE: ACCOUNT}
    found = change(tmp_path, base, head).diagnostics
    assert [(d.code, d.severity, d.span.line) for d in found] == [
        ("account-approval-insufficient", Severity.WARNING, 6),
        ("account-approval-insufficient", Severity.ERROR, 11),
    ]


@pytest.mark.parametrize(
    ("base", "head"),
    [
        (STATE, None),
        (STATE, UNLOCK),
        (ACCOUNT, UNLOCK),
        (LEAVER, None),
        (STATE.replace("reason:", "until: 2026-11-22\nreason:"), None),
    ],
)
def test_a_state_in_force_is_not_deleted(tmp_path, base, head):
    """Nor taken out of a file whose request stays."""
    found = change(tmp_path, {ACCOUNT_FILE: base}, {ACCOUNT_FILE: head})
    assert said(found) == [
        f"account-deleted {ACCOUNT_FILE}:2:8",
    ]


@pytest.mark.parametrize(
    ("base", "head"),
    [
        (UNLOCK, None),
        (ACTIVE, None),
        (STATE.replace("reason:", "until: 2026-11-21\nreason:"), None),
        (STATE, ACTIVE),
        (LEAVER, ACTIVE.replace("desk@", "admin@")),
        (STATE, LEAVER.replace("2026-11-20", "2026-11-21")),
        (ACCOUNT, STATE),
    ],
)
def test_what_holds_nobody_back_any_more_may_go(tmp_path, base, head):
    """A request, an ended suspension, and a state that is said otherwise."""
    assert codes(tmp_path, {ACCOUNT_FILE: base}, {ACCOUNT_FILE: head}) == []


def test_a_file_may_be_moved_and_name_the_person_otherwise(tmp_path):
    """Into a list, and under a key of theirs."""
    moved = "users:\n  - " + STATE.replace("joe@example.com", "jira:j").replace("\n", "\n    ")
    base = {ACCOUNT_FILE: STATE, JOE: MAPPED}
    head = {ACCOUNT_FILE: None, "users/all.yaml": moved.rstrip() + "\n", JOE: MAPPED}
    assert codes(tmp_path, base, head) == []


@pytest.mark.parametrize(
    ("base", "head"),
    [
        (STATE, STATE.replace("reason:", "until: 2026-12-01\nreason:")),
        (STATE.replace("reason:", "until: 2026-12-01\nreason:"), STATE),
        (STATE, STATE.replace("suspended", "active")),
        (STATE, STATE.replace("suspended", "active").replace("SEC-1", "sec-1")),
        (LEAVER, LEAVER.replace("deactivated", "active")),
        (UNLOCK, UNLOCK.replace("T08:00Z", "T09:00Z")),
        (
            STATE,
            STATE.replace("suspended", "active").replace("desk@example.com", "admin@example.com"),
        ),
    ],
)
def test_an_approval_is_of_the_words_that_it_was_given_for(tmp_path, base, head):
    """A state, its last day and a request's instant change with an approval of their own."""
    assert "account-approval-not-renewed" in codes(
        tmp_path, {ACCOUNT_FILE: base}, {ACCOUNT_FILE: head}
    )


@pytest.mark.parametrize(
    ("base", "head"),
    [
        (STATE, STATE.replace("laptop stolen", "laptop lost")),
        (STATE, STATE.replace("desk@example.com", "[desk@example.com, admin@example.com]")),
        (STATE, ACCOUNT),
        (
            UNLOCK,
            UNLOCK.replace("T08:00Z", "T09:00Z").replace("at: 2026-11-20}", "at: 2026-11-21}"),
        ),
        (STATE, ACTIVE),
        (
            STATE,
            STATE.replace("suspended", "active").replace("at: 2026-11-20", "at: 2026-11-20T09:00Z"),
        ),
    ],
)
def test_the_words_beside_it_may_change(tmp_path, base, head):
    """The reason is for people; another who agrees takes nothing away; a new approval is one."""
    assert codes(tmp_path, {ACCOUNT_FILE: base}, {ACCOUNT_FILE: head}) == []


def test_a_file_keeps_meaning_the_account_that_it_was_approved_for(tmp_path):
    """Identities cannot hand a suspension to another person."""
    text = STATE.replace("joe@example.com", "jira:j")
    other = MAPPED.replace("00u2", "00u3")
    handed = codes(tmp_path, {ACCOUNT_FILE: text, JOE: MAPPED}, {ACCOUNT_FILE: text, JOE: other})
    assert handed == ["identity-changes-account"]


def test_a_file_that_is_approved_anew_may_mean_another_account(tmp_path):
    """In the change that says who it is, as the hint says."""
    text = STATE.replace("joe@example.com", "jira:j")
    renewed = text.replace("2026-11-20", "2026-11-21").replace("SEC-1", "SEC-2")
    other = MAPPED.replace("00u2", "00u3")
    found = codes(tmp_path, {ACCOUNT_FILE: text, JOE: MAPPED}, {ACCOUNT_FILE: renewed, JOE: other})
    assert found == []


def test_an_id_that_is_filled_in_says_more_of_the_same_account(tmp_path):
    """And a login alone may have passed to another person."""
    text = STATE.replace("joe@example.com", "jira:j")
    alone = "jira: j\nokta: {login: joe@example.com}\n"
    base, head = {ACCOUNT_FILE: text, JOE: MAPPED}, {ACCOUNT_FILE: text, JOE: MAPPED + "# same\n"}
    assert codes(tmp_path, base, head) == []
    (tmp_path / "more").mkdir()
    base[JOE], head[JOE] = alone, MAPPED
    assert codes(tmp_path / "more", base, head) == ["identity-changes-account"]


def test_a_deactivation_is_not_let_pass_by_the_change_that_brings_it(tmp_path):
    """An acknowledgement of the guard stands in a change of its own; one of another guard may."""
    ack = ACKNOWLEDGEMENT.replace("guard: group-removals", "guard: deactivations")
    base = {ACCOUNT_FILE: None, "acknowledgements/move.yaml": None}
    head = {ACCOUNT_FILE: LEAVER, "acknowledgements/more.yaml": ack}
    assert codes(tmp_path, base, head) == ["guard-loosened-with-change"]
    (tmp_path / "more").mkdir()
    head["acknowledgements/more.yaml"] = ACKNOWLEDGEMENT
    assert codes(tmp_path / "more", base, head) == []


def test_an_acknowledgement_of_deactivations_lets_no_grant_end(tmp_path):
    """What it cannot let pass may stand beside it."""
    ack = ACKNOWLEDGEMENT.replace("guard: group-removals", "guard: deactivations")
    revoked = "revoked: {at: 2026-11-22, by: lead@example.com, reason: left}\n"
    head = {"grants/claude/jane.yaml": GRANT + revoked, "acknowledgements/more.yaml": ack}
    assert codes(tmp_path, {}, head) == []


def test_people_whose_accounts_are_named_count_as_people_of_the_change(tmp_path):
    """Each is a question to the directory, as the subject of a grant is."""
    crowd = "users:\n" + "".join(
        "  - " + STATE.replace("joe@", f"p{n}@").replace("\n", "\n    ").rstrip() + "\n"
        for n in range(51)
    )
    assert codes(tmp_path, {}, {"users/crowd.yaml": crowd}) == ["subjects-too-many"]


def test_a_file_that_a_broken_base_does_not_have_waits_for_the_fix(tmp_path):
    """Where the base has errors, a change only fixes them."""
    wrong = {SETTINGS_FILE: SETTINGS + "more: 1\n", ACCOUNT_FILE: None}
    assert "change-beyond-mending" in codes(tmp_path, wrong, {})
