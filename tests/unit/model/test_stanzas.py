"""What is pasted as printed is read as it was meant, by the catalog's own reader and schemas."""

from dataclasses import replace
from datetime import UTC, date, datetime, time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.catalog.decode import decode_account, decode_grant
from reconciler.catalog.schema.kinds import validator
from reconciler.catalog.yaml.reader import read_yaml
from reconciler.model.accounts import AccountDeclaration, AccountRequest, AccountState
from reconciler.model.catalog import Grant
from reconciler.model.diagnostics import Span
from reconciler.model.ids import GroupRef, PersonRef
from reconciler.model.stanzas import (
    PLACEHOLDERS,
    account_file,
    acknowledgement_file,
    acknowledgement_last_day,
    approval_stanza,
    binding_stanza,
    grant_file,
    identity_stanza,
    okta_stanza,
    quote,
    renewal_edits,
    revocation_stanza,
)
from reconciler.model.validity import Approval, ApprovalAtSource, ApprovalSource, Moment
from tests.support.builders import CONNECTOR, NOW
from tests.support.nouns import GROUP, ref, user

GROUP_ID, USER_ID = "00g1abcdefGHIJKLM5d7", "00u1abcdefGHIJKLM5d7"
GRANT = """
tool: claude
entitlement: users
subject: jane@example.com
purpose: work
"""
APPROVAL = "approval: {ticket: AI-1, approved_by: lead@example.com, approved_at: 2026-11-20}\n"
BINDING = "tool: claude\nentitlement: users\nconnector: okta-prod\nauthority: additive\n"
HOSTILE = ['a"}, b: {', "# x", "line\nbreak", "\u202e", "\U0001f64c", "a\\", "\x7f"]
TEXTS = st.text(st.characters(exclude_categories=("Cs",)), min_size=1) | st.sampled_from(HOSTILE)


def parsed(text):
    """What the catalog's reader makes of it, without any complaint."""
    document = read_yaml(text.encode())
    assert document.problems == []
    return document.data


def is_valid(kind, text):
    """Whether it is a file of its kind, once its blanks are filled in."""
    filled = {"THEIR-OKTA-ID": USER_ID, "YOUR-EMAIL": "lead@example.com"}
    for blank in PLACEHOLDERS:
        text = text.replace(blank, filled.get(blank, "jane@example.com"))
    return validator(kind).is_valid(parsed(text))


@given(TEXTS)
def test_a_quoted_text_is_read_as_it_was(text):
    """Whoever chose a name cannot end it early, and no letter of it is lost."""
    assert parsed(f"a: {quote(text)}") == {"a": text}
    assert quote(text).isascii()


def test_half_a_letter_breaks_no_stanza():
    """YAML has no spelling for it, so something else stands there."""
    assert parsed(f"a: {quote(chr(0xD83D))}") == {"a": "\N{REPLACEMENT CHARACTER}"}


@given(TEXTS)
def test_a_binding_names_the_group_whatever_it_is_called(name):
    """It stands in place of `create`."""
    stanza = binding_stanza(GroupRef(id=GROUP_ID, name=name))
    assert parsed(stanza) == {"group": {"bind": {"id": GROUP_ID, "name": name}}}


@pytest.mark.parametrize("reason", ["left the company", "removed in Okta"])
def test_a_revocation_ends_the_grant_today(reason):
    """It is ready to paste but for who says so."""
    stanza = revocation_stanza(NOW, reason)
    assert parsed(stanza) == {"revoked": {"at": "2026-11-22", "by": "YOUR-EMAIL", "reason": reason}}
    assert is_valid("grant", f"{GRANT}{APPROVAL}{stanza}")


@given(TEXTS)
def test_an_approval_cites_the_ticket_whatever_it_is_called(ticket):
    """The ticket is from a file, and a stanza that breaks would confirm something else."""
    said = {"ticket": ticket, "approved_by": "YOUR-EMAIL", "approved_at": "2026-11-22T09:00:00Z"}
    assert parsed(approval_stanza(ticket, NOW)) == {"approval": said}


def test_the_fixed_stanzas_fit_their_schemas():
    """Filled in, each is a part of a valid file, or the whole of one."""
    assert is_valid("grant", f"{GRANT}{approval_stanza('AI-1', NOW)}")
    assert is_valid("binding", f"{BINDING}{binding_stanza(GroupRef(id=GROUP_ID, name='Claude'))}")
    assert is_valid("identity", identity_stanza("jira:5b10", None))
    okta = okta_stanza("jane@x.io", USER_ID)[1:-1]
    assert is_valid("identity", f"email: jane@example.com\n{okta}")
    people = (PersonRef(id=USER_ID, login="jane@example.com"),)
    group = GroupRef(id=GROUP_ID, name="Claude")
    file = acknowledgement_file("group-removals", CONNECTOR, group, people, NOW)
    assert is_valid("acknowledgement", file)


@pytest.mark.parametrize(
    ("key", "value", "subject"),
    [
        ("email", "a@x.io", "a@x.io"),
        ("jira", "5b10", "jira:5b10"),
        ("slack", "U1", "SLACK:U1"),
        ("github", 'j"d: #', 'github:j"d: #'),
        ("email", "a\nb", "a\nb"),
    ],
)
def test_an_identity_says_who_the_subject_is_whatever_it_holds(key, value, subject):
    """It is copied into identities/ as printed."""
    okta = {"login": "jane@example.com", "id": "00ujane"}
    assert parsed(identity_stanza(subject, user("jane"))) == {key: value, "okta": okta}


def test_an_identity_leaves_what_nobody_knows_to_its_writer():
    """Placeholders cannot be taken for values."""
    expected = '{jira: "5b10", okta: {login: "THEIR-LOGIN", id: THEIR-OKTA-ID}}'
    assert expected == identity_stanza("jira:5b10", None)


@pytest.mark.parametrize("user_id", ["00e5", "0x10", "true", "1", "~", "a: b", "", "00u1"])
def test_an_id_is_read_as_a_text(user_id):
    """Whatever Okta calls an account, no YAML reader takes the id for a number."""
    assert parsed(okta_stanza("jane", user_id)) == {"okta": {"login": "jane", "id": user_id}}


def test_an_acknowledgement_is_the_whole_file_for_exactly_these_people():
    """It is copied as printed; its writer gives a reason and a name."""
    expected = (
        "guard: group-removals\n"
        "connector: okta-prod\n"
        "group: 00gclaude\n"
        "people:\n"
        '  - 00ujane  # "jane@example.com"\n'
        '  - 00ujoe  # "joe@example.com"\n'
        "reason: WHY THIS IS RIGHT\n"
        "by: YOUR-EMAIL\n"
        "expires: 2026-11-29\n"
    )
    people = (ref("joe"), ref("jane"))
    assert expected == acknowledgement_file("group-removals", CONNECTOR, GROUP, people, NOW)


@given(
    st.lists(
        st.text(st.characters(exclude_categories=()))
        | st.sampled_from(["a\n  - 00uevil", 'a"\r\nby: me', "a # b", "\u2028- 00uevil", "\x85"]),
        min_size=1,
        max_size=4,
    ),
    st.sampled_from([GROUP, None]),
)
def test_an_acknowledgement_names_exactly_the_held_people(logins, group):
    """Whatever a login holds, it cannot add a person or a key to the file."""
    people = [PersonRef(id=f"00u{n}", login=login) for n, login in enumerate(logins)]
    expected = {
        "guard": "group-removals",
        "connector": "okta-prod",
        "reason": "WHY THIS IS RIGHT",
        "by": "YOUR-EMAIL",
        "expires": "2026-11-29",
    }
    if group is not None:
        expected["group"] = "00gclaude"
    found = parsed(acknowledgement_file("group-removals", CONNECTOR, group, people, NOW))
    assert sorted(found.pop("people")) == [f"00u{n}" for n in range(len(logins))]
    assert expected == found


def test_an_acknowledgement_ends_with_the_calendar():
    """Until then it may hold for a week."""
    assert acknowledgement_last_day(NOW) == date(2026, 11, 29)
    assert acknowledgement_last_day(datetime(9999, 12, 30, tzinfo=UTC)) == date.max


NAMES = st.from_regex(r"[^\x00-\x20\x7f]{1,40}", fullmatch=True).filter(
    lambda name: not any("\ud800" <= letter <= "\udfff" for letter in name)
)
LINES = TEXTS.filter(lambda text: len(text) <= 1000)
DAYS = st.dates(min_value=date(1000, 1, 1))
APPROVALS = st.builds(
    Approval,
    ticket=LINES.filter(lambda text: len(text) <= 255),
    approved_by=st.lists(NAMES, min_size=1, max_size=3, unique=True).map(tuple),
    approved_at=DAYS,
    requested_by=st.none() | NAMES,
    approved_time=st.none() | st.times().map(lambda at: at.replace(microsecond=0)),
)
REQUESTS = st.builds(
    AccountRequest,
    requested_at=st.builds(
        datetime.combine, DAYS, st.times().map(lambda at: at.replace(microsecond=0)), st.just(UTC)
    ),
    reason=LINES,
    approval=APPROVALS,
)


@st.composite
def accounts(draw):
    """What a file may say of a person's account."""
    state = draw(st.none() | st.sampled_from(AccountState))
    stated = {"state": state, "reason": draw(LINES), "approval": draw(APPROVALS)} if state else {}
    if state is AccountState.SUSPENDED:
        stated["until"] = draw(st.none() | DAYS)
    unlock = draw(REQUESTS if state is None else st.none() | REQUESTS)
    reset = draw(st.none() | REQUESTS)
    return AccountDeclaration(subject=draw(NAMES), unlock=unlock, password_reset=reset, **stated)


@given(accounts())
def test_a_persons_file_is_read_back_as_it_was_meant(declared):
    """Whatever a name, a reason or a ticket holds; each part with its own approval."""
    data = parsed(account_file(declared))
    assert validator("user").is_valid(data)
    assert decode_account(data, Span("x")) == declared


SLUGS = st.from_regex(r"[a-z0-9]{1,8}(-[a-z0-9]{1,8}){0,2}", fullmatch=True)
CLOCKS = st.none() | st.times().map(lambda at: at.replace(microsecond=0))
MOMENTS = st.none() | st.builds(Moment, DAYS, CLOCKS)
GRANTS = st.builds(
    Grant,
    tool=SLUGS | st.sampled_from(["1e5", "no", "0x10", "12"]),
    entitlement=SLUGS | st.sampled_from(["y", "null", "1-2"]),
    subject=NAMES,
    purpose=LINES,
    approval=APPROVALS,
    starts=MOMENTS,
    expires=MOMENTS,
)


@given(GRANTS)
def test_a_grants_file_is_read_back_as_it_was_meant(wanted):
    """Whatever an id, a name or a purpose holds."""
    data = parsed(grant_file(wanted))
    assert validator("grant").is_valid(data)
    assert decode_grant(data, Span("x"), {}) == wanted


@pytest.mark.parametrize(
    ("approval", "written"),
    [
        (
            ApprovalAtSource(by=ApprovalSource.GITHUB, requested_by="jane@example.com"),
            {"by": "github", "requested_by": "jane@example.com"},
        ),
        (
            ApprovalAtSource(by=ApprovalSource.JIRA, ticket='AI-1", x: "'),
            {"by": "jira", "ticket": 'AI-1", x: "'},
        ),
    ],
)
def test_an_approval_at_its_source_says_where_to_look(approval, written):
    """Nobody is named who agreed: the source says so."""
    wanted = Grant(
        tool="claude", entitlement="users", subject="jane", purpose="x", approval=approval
    )
    assert parsed(grant_file(wanted))["approval"] == written


def test_a_renewal_writes_only_what_it_changes():
    """What stays is not written anew: a reviewer reads every changed line."""
    before = Grant(
        tool="claude",
        entitlement="users",
        subject="jane",
        purpose="work",
        approval=Approval(
            ticket="AI-1", approved_by=("lead@example.com",), approved_at=date(2026, 11, 1)
        ),
        expires=Moment(date(2026, 12, 1)),
    )
    again = ApprovalAtSource(by=ApprovalSource.GITHUB)
    after = replace(before, approval=again, expires=Moment(date(2027, 1, 1), time(14)))
    made = renewal_edits(before, after, Span("a.yaml", 3, 5))
    assert [(e.at.line, e.stanza) for e in made] == [
        (3, "approval: {by: github}"),
        (3, "expires: 2027-01-01T14:00Z"),
    ]
