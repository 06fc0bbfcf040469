"""A request becomes a grant in a new file, or it is so already, or it is refused."""

from dataclasses import replace
from datetime import UTC, date, datetime, time

import pytest

from reconciler.model.catalog import Catalog, IdentityMapping
from reconciler.model.diagnostics import Span
from reconciler.model.settings import Contact
from reconciler.model.validity import (
    ApprovalAtSource,
    ApprovalSource,
    Duration,
    DurationUnit,
    Moment,
)
from reconciler.proposals.grants import propose_grant
from reconciler.proposals.nouns import AlreadySo, GrantRequest, Proposal, Refusal, proposal_key
from tests.support.nouns import approval, grant, tool

NOW = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)
LEAD, MIRA = Contact(email="lead@example.com", github="@lead"), Contact(email="mira@example.com")
CLAUDE = replace(tool(), approvers=(LEAD, MIRA), name="Claude Enterprise")
BOUNDED = replace(CLAUDE, max_duration=Duration(90, DurationUnit.DAYS))
HOURLY = replace(CLAUDE, max_duration=Duration(8, DurationUnit.HOURS))
CURSOR = replace(tool("cursor", users={}, admins={}), owners=(MIRA,))
MAPPING = IdentityMapping(keys=("slack:U1", "mail@example.com"), login="jane@example.com")
CATALOG = Catalog(tools={"claude": CLAUDE, "cursor": CURSOR}, identities=(MAPPING,))
AT_GITHUB = ApprovalAtSource(by=ApprovalSource.GITHUB, requested_by="jane@example.com")
REQUEST = GrantRequest(
    tool="claude",
    subject="zoe@example.com",
    purpose="Daily work",
    approval=approval(),
    requested_by="jane@example.com",
)


def proposed(request=REQUEST, catalog=CATALOG, paths=frozenset()):
    """What comes of it on 22 November 2026."""
    return propose_grant(request, catalog, paths, NOW)


def standing(*grants, **more):
    """The catalog with these grants."""
    return replace(CATALOG, grants=grants, **more)


def test_a_request_is_a_file_of_its_own():
    """It says all that was asked, and no more."""
    made = proposed()
    text = (
        "tool: claude\n"
        "entitlement: users\n"
        'subject: "zoe@example.com"\n'
        'purpose: "Daily work"\n'
        "approval:\n"
        '  ticket: "AI-1"\n'
        '  approved_by: ["lead@example.com"]\n'
        "  approved_at: 2026-11-01\n"
    )
    assert isinstance(made, Proposal)
    assert made.new_files == (("grants/claude/zoe.yaml", text),)
    assert made.edits == ()
    assert made.title == "Grant claude/users to zoe@example.com"
    assert made.asked == (LEAD, MIRA)
    assert dict(made.facts) == {
        "access": "claude/users (Claude Enterprise)",
        "risk": "low",
        "for": "zoe@example.com (no file names them yet)",
        "purpose": "Daily work",
        "from": "when it is merged and applied",
        "until": "no end",
        "requested by": "jane@example.com",
        "approval": "AI-1, by lead@example.com on 2026-11-01",
        "asked to approve": "lead@example.com, mira@example.com",
    }


@pytest.mark.parametrize("named", ["claude", "CLAUDE", "claude enterprise", "  Claude Enterprise "])
def test_a_tool_is_known_by_its_id_and_by_its_name(named):
    """Nobody has to know an id by heart."""
    made = proposed(replace(REQUEST, tool=named))
    assert isinstance(made, Proposal)
    assert made.title == "Grant claude/users to zoe@example.com"


TWINS = {"a": replace(tool("a"), name="Twin"), "b": replace(tool("b"), name="twin")}
REFUSED = {
    "an unknown tool names the nearest": (
        replace(REQUEST, tool="claud"),
        CATALOG,
        ("tool-unknown", "did you mean claude?"),
    ),
    "a part of a name leads to it": (
        replace(REQUEST, tool="laud"),
        CATALOG,
        ("tool-unknown", "did you mean claude?"),
    ),
    "a tool like none names all": (
        replace(REQUEST, tool="zzz"),
        CATALOG,
        ("tool-unknown", "there is claude, cursor"),
    ),
    "a name of two tools": (
        replace(REQUEST, tool="TWIN"),
        Catalog(tools=TWINS),
        ("tool-ambiguous", "name it by its id"),
    ),
    "no entitlement of two": (
        replace(REQUEST, tool="cursor"),
        CATALOG,
        ("entitlement-needed", "choose one: cursor/users, cursor/admins"),
    ),
    "an unknown entitlement": (
        replace(REQUEST, tool="cursor", entitlement="admin"),
        CATALOG,
        ("entitlement-unknown", "did you mean cursor/admins?"),
    ),
    "a name with a space in it": (
        replace(REQUEST, subject="zoe smith"),
        CATALOG,
        (
            "subject-invalid",
            "give an Okta login, or an account that identities/ maps, such as github:NAME",
        ),
    ),
    "a name as it is mentioned elsewhere": (
        replace(REQUEST, subject="@zoe"),
        CATALOG,
        (
            "subject-invalid",
            "give an Okta login, or an account that identities/ maps, such as github:NAME",
        ),
    ),
    "a name with a letter that nobody sees": (
        replace(REQUEST, subject="zoe\N{ZERO WIDTH SPACE}@example.com"),
        CATALOG,
        (
            "subject-invalid",
            "give an Okta login, or an account that identities/ maps, such as github:NAME",
        ),
    ),
    "an account elsewhere that nobody mapped": (
        replace(REQUEST, subject="jira:5b10"),
        CATALOG,
        (
            "subject-unmapped",
            "add the mapping by a change of its own, or give their Okta login",
        ),
    ),
    "a name that two people share": (
        replace(REQUEST, subject="slack:U1"),
        replace(
            CATALOG,
            identities=(MAPPING, IdentityMapping(keys=("slack:U1",), login="joe@example.com")),
        ),
        ("subject-ambiguous", "name them by their Okta login"),
    ),
    "no purpose": (
        replace(REQUEST, purpose=" \n "),
        CATALOG,
        ("purpose-invalid", "say in a sentence what it is"),
    ),
    "a purpose without end": (
        replace(REQUEST, purpose="x" * 1001),
        CATALOG,
        ("purpose-invalid", "say in a sentence what it is"),
    ),
    "an end that has passed": (
        replace(REQUEST, expires=Moment(date(2026, 11, 21))),
        CATALOG,
        ("end-passed", "choose a day that is still to come"),
    ),
    "an end before the start": (
        replace(REQUEST, starts=Moment(date(2027, 1, 2)), expires=Moment(date(2027, 1, 1))),
        CATALOG,
        ("end-before-start", "choose a later end, or an earlier start"),
    ),
    "an end that the tool does not allow": (
        replace(REQUEST, starts=Moment(date(2026, 12, 1)), expires=Moment(date(2027, 3, 2))),
        replace(CATALOG, tools={"claude": BOUNDED}),
        ("end-too-late", "choose 2027-03-01 or an earlier end, and renew it before it ends"),
    ),
    "a tool that is called like one with its entitlement": (
        replace(REQUEST, tool="cursor/users"),
        CATALOG,
        ("tool-unknown", "did you mean cursor?"),
    ),
    "nobody but themselves could approve": (
        replace(
            REQUEST,
            subject="mira@example.com",
            approval=AT_GITHUB,
            tool="cursor",
            entitlement="users",
        ),
        CATALOG,
        ("approver-missing", "add an approver to the tool first, by a change of its own"),
    ),
}


@pytest.mark.parametrize("what", REFUSED)
def test_what_cannot_be_is_refused_and_nothing_is_made(what):
    """Each refusal says what to do."""
    request, catalog, expected = REFUSED[what]
    found = proposed(request, catalog)
    assert isinstance(found, Refusal)
    assert (found.code, found.hint) == expected


def test_the_longest_that_the_tool_allows_is_the_end_where_none_is_asked_for():
    """Counted from the start, from the approval, or from today where only its source dates it."""
    catalog = replace(CATALOG, tools={"claude": BOUNDED})

    def days(request):
        made = proposed(request, catalog)
        assert isinstance(made, Proposal)
        lines = made.new_files[0][1].splitlines()
        return [line for line in lines if line.startswith(("starts", "expires"))]

    assert days(REQUEST) == ["expires: 2027-01-30"]
    assert days(replace(REQUEST, starts=Moment(date(2026, 12, 1)))) == [
        "starts: 2026-12-01",
        "expires: 2027-03-01",
    ]
    assert days(replace(REQUEST, approval=AT_GITHUB)) == [
        "starts: 2026-11-22",
        "expires: 2027-02-20",
    ]


@pytest.mark.parametrize(
    ("expected", "changed"),
    [
        (
            ["starts: 2026-11-22T09:00Z", "expires: 2026-11-22T17:00Z"],
            {"approval": AT_GITHUB},
        ),
        (
            ["starts: 2026-11-22T09:00Z", "expires: 2026-11-22T17:00Z"],
            {"approval": approval(approved_at=NOW.date())},
        ),
        (
            ["expires: 2026-11-22T16:30Z"],
            {"approval": approval(approved_at=NOW.date(), approved_time=time(8, 30))},
        ),
        (
            ["starts: 2026-11-28T14:00Z", "expires: 2026-11-28T22:00Z"],
            {"starts": Moment(date(2026, 11, 28), time(14))},
        ),
        (
            ["starts: 2026-11-28T14:00Z", "expires: 2026-11-28T15:30Z"],
            {
                "starts": Moment(date(2026, 11, 28), time(14)),
                "expires": Moment(date(2026, 11, 28), time(15, 30)),
            },
        ),
    ],
    ids=["from now on", "approved on a day", "approved at an hour", "from its start", "for less"],
)
def test_a_tool_that_gives_hours_gives_them_to_the_minute(expected, changed):
    """From the minute of the request, where nobody says when it is to begin."""
    made = proposed(replace(REQUEST, **changed), replace(CATALOG, tools={"claude": HOURLY}))
    lines = made.new_files[0][1].splitlines()
    assert [line for line in lines if line.startswith(("starts", "expires"))] == expected


def test_a_whole_day_is_too_long_for_a_tool_that_gives_hours():
    """And the latest end that it allows is said."""
    day = Moment(date(2026, 11, 28))
    catalog = replace(CATALOG, tools={"claude": HOURLY})
    found = proposed(replace(REQUEST, starts=day, expires=day), catalog)
    assert isinstance(found, Refusal)
    assert (found.code, found.summary) == (
        "end-too-late",
        "a grant of claude lasts at most 8 hours: until 2026-11-28 08:00 UTC",
    )


@pytest.mark.parametrize(("is_so", "hour"), [(True, 14), (False, 15)])
def test_who_has_it_until_an_instant_has_it_no_longer(is_so, hour):
    """An hour more is a renewal."""
    wanted = replace(REQUEST, expires=Moment(date(2026, 11, 28), time(hour)))
    found = proposed(wanted, standing(grant("zoe", expires="2026-11-28T14:00Z")))
    assert isinstance(found, AlreadySo if is_so else Refusal)
    assert found.summary.endswith("already, until 2026-11-28 14:00 UTC")


def test_who_has_it_already_is_told_so():
    """Under whichever of their names, and whatever end the tool would set."""
    origin = Span("catalog/grants/claude/jane.yaml", 3)
    catalog = standing(
        grant("mail@example.com", expires="2027-01-01", origin=origin),
        grant("jane", expires="2026-12-01"),
    )
    request = replace(REQUEST, subject="slack:U1")
    summary = "slack:U1 has claude/users already, until 2027-01-01"
    assert proposed(request, catalog) == AlreadySo(summary=summary, origin=origin)
    until = replace(request, expires=Moment(date(2027, 1, 1)))
    assert proposed(until, catalog) == AlreadySo(summary=summary, origin=origin)


def test_who_wants_it_for_longer_is_told_to_renew():
    """A second grant beside the first would hide when the access ends."""
    found = proposed(
        replace(REQUEST, expires=Moment(date(2027, 2, 1))),
        standing(grant("zoe", expires="2027-01-01")),
    )
    assert isinstance(found, Refusal)
    assert found.code == "grant-standing"
    assert found.hint == (
        "`reconciler renew zoe@example.com claude/users --until 2027-02-01` prolongs it"
    )


@pytest.mark.parametrize(
    "other",
    [
        grant("zoe", expires="2026-11-21"),
        grant("zoe", revoked="2026-11-22"),
        grant("zoe", starts="2026-12-01"),
        grant("zoe", entitlement="admins"),
        grant("joe"),
    ],
    ids=["ended", "revoked", "begins later", "other access", "another person"],
)
def test_what_does_not_hold_then_stands_in_nobodys_way(other):
    """It is another grant."""
    assert isinstance(proposed(catalog=standing(other)), Proposal)


def test_a_grant_that_waits_for_its_day_is_not_written_twice():
    """It begins on the day that is asked for."""
    found = proposed(
        replace(REQUEST, starts=Moment(date(2026, 12, 1))),
        standing(grant("zoe", starts="2026-12-01")),
    )
    assert isinstance(found, AlreadySo)
    assert found.summary == "zoe@example.com has claude/users already, without end"


def test_the_file_is_one_that_is_not_there_yet():
    """People of one name have a file each."""
    made = proposed(paths=frozenset({"grants/claude/zoe.yaml", "grants/claude/zoe-2.yaml"}))
    assert isinstance(made, Proposal)
    assert [path for path, _ in made.new_files] == ["grants/claude/zoe-3.yaml"]


def test_a_purpose_is_one_line_whatever_was_pasted():
    """A line break in a title or a form is no part of what it says."""
    made = proposed(replace(REQUEST, purpose="  Support\r\n\ttriage \ud800"))
    assert isinstance(made, Proposal)
    assert dict(made.facts)["purpose"] == "Support triage ?"


def test_nobody_is_asked_to_approve_for_themselves():
    """Neither who it is for nor who asks, under any of their names; nor who has left."""
    gone = Contact(email="old@example.com", until=date(2026, 11, 21))
    asked = Contact(email="boss@example.com", github="@jane-d")
    catalog = replace(
        CATALOG,
        tools={"claude": replace(CLAUDE, approvers=(LEAD, gone, asked, MIRA))},
        identities=(replace(MAPPING, keys=("github:jane-d",)),),
    )
    made = proposed(replace(REQUEST, subject="MIRA@example.com"), catalog)
    assert isinstance(made, Proposal)
    assert made.asked == (LEAD,)


def test_a_key_is_the_same_however_often_it_is_asked_for():
    """Parts do not run into each other."""
    assert proposal_key("jira", "AI-1") == proposal_key("jira", "AI-1")
    assert proposal_key("jira", "a", "b") != proposal_key("jira", "ab")
    assert proposal_key("jira", "x") != proposal_key("form", "x")
    assert len(proposal_key("jira", "\ud800")) == 20


@pytest.mark.parametrize(
    ("subject", "told"),
    [
        ("zeo@example.com", "zeo@example.com (no file names them yet)"),
        ("joe@example.com", "joe@example.com"),
        ("slack:U1", "slack:U1 (jane@example.com)"),
    ],
)
def test_whom_no_file_names_yet_stands_out(subject, told):
    """A login that is spelled wrong looks like a newcomer's: whoever reviews it looks twice."""
    catalog = standing(grant("joe", entitlement="admins"))
    made = proposed(replace(REQUEST, subject=subject), catalog)
    assert dict(made.facts)["for"] == told
