"""Who may agree to what is done with an account."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.accounts.authority import (
    Lack,
    describe_lacks,
    find_able,
    find_lacks,
    find_own_names,
    is_approved,
    list_actions,
)
from reconciler.identity.aliases import naming
from reconciler.model.accounts import (
    AccountAction,
    AccountDeclaration,
    AccountPart,
    AccountState,
)
from reconciler.model.catalog import Catalog, IdentityMapping
from reconciler.model.settings import Contact, Operator, Settings
from reconciler.model.validity import Approval

BOSS = Contact(email="boss@example.com", github="@boss")
TEAM = Contact(email="admins@example.com", github="@acme/admins")
LEFT = Contact(email="left@example.com", until=date(2026, 11, 19))
DESK = Operator(
    email="desk@example.com",
    github="@desk",
    may=frozenset({AccountAction.UNLOCK, AccountAction.RESET_PASSWORD}),
)
GUARD = Operator(
    email="guard@example.com", may=frozenset({AccountAction.SUSPEND, AccountAction.UNSUSPEND})
)
SETTINGS = Settings(admins=(BOSS, TEAM, LEFT), operators=(DESK, GUARD))
IDENTITIES = (
    IdentityMapping(keys=("slack:U1", "github:bossy"), login="boss@example.com"),
    IdentityMapping(keys=("jira:5",), login="desk@example.com", id="00udesk"),
)
WHO = naming(Catalog(settings=SETTINGS, identities=IDENTITIES))
ONE_APPROVER = [a for a in AccountAction if a is not AccountAction.DEACTIVATE]


def agreed(*names, day=date(2026, 11, 20)):
    """An approval by these."""
    return Approval(ticket="T-1", approved_by=names, approved_at=day)


def approved(action, *names, day=date(2026, 11, 20)):
    """Whether that is enough."""
    return is_approved(action, agreed(*names, day=day), SETTINGS, WHO)


LACKING = [
    (
        AccountAction.SUSPEND,
        ("desk@example.com",),
        "one of these has to agree: boss@example.com, admins@example.com, guard@example.com",
    ),
    (
        AccountAction.REACTIVATE,
        ("guard@example.com",),
        "one of these has to agree: boss@example.com, admins@example.com",
    ),
    (
        AccountAction.DEACTIVATE,
        ("boss@example.com",),
        "two people have to agree, one of them an admin (boss@example.com, admins@example.com)",
    ),
    (
        AccountAction.DEACTIVATE,
        ("guard@example.com", "desk@example.com"),
        "one of these has to agree: boss@example.com, admins@example.com",
    ),
]


@pytest.mark.parametrize(("action", "names", "said"), LACKING)
def test_who_has_to_agree_besides_is_named(action, names, said):
    """Whoever reads the refusal at night has no settings at hand."""
    assert describe_lacks(action, agreed(*names), SETTINGS, WHO) == said


def test_of_many_who_could_agree_five_are_named_and_of_none_what_to_write():
    """A hint is one line."""
    many = tuple(Contact(email=f"a{number}@example.com") for number in range(7))
    words = [
        describe_lacks(AccountAction.UNLOCK, agreed("lee@example.com"), Settings(admins=admins))
        for admins in (many, ())
    ]

    assert words == [
        (
            "one of these has to agree: a0@example.com, a1@example.com, a2@example.com, "
            "a3@example.com, a4@example.com, …"
        ),
        "name admins or operators in settings.yaml",
    ]


@pytest.mark.parametrize(("day", "is_enough"), [(19, True), (20, False)])
def test_an_admin_who_left_is_no_second_person(day, is_enough):
    """As they are no first one."""
    names = ("boss@example.com", "left@example.com")
    found = approved(AccountAction.DEACTIVATE, *names, day=date(2026, 11, day))
    assert found == is_enough


@pytest.mark.parametrize("action", ONE_APPROVER)
@pytest.mark.parametrize("name", ["BOSS@example.com", "@boss", "slack:u1", "@bossy"])
def test_an_admin_may_agree_to_anything_under_any_of_their_names(action, name):
    """Capitals do not matter."""
    assert approved(action, name)


@pytest.mark.parametrize("action", AccountAction)
@pytest.mark.parametrize("operator", [DESK, GUARD])
def test_an_operator_may_agree_to_what_is_listed_and_nothing_else(action, operator):
    """The end of sessions is a step of a suspension, and approved with it."""
    is_listed = action in operator.may
    is_step = action is AccountAction.CLEAR_SESSIONS and AccountAction.SUSPEND in operator.may
    assert approved(action, operator.email) == (is_listed or is_step)


def test_an_operator_is_known_by_each_name_that_files_join():
    """As an approver of grants is."""
    assert approved(AccountAction.UNLOCK, "jira:5")
    assert approved(AccountAction.UNLOCK, "@DESK")
    assert not is_approved(AccountAction.UNLOCK, agreed("jira:5"), SETTINGS)


@pytest.mark.parametrize("action", AccountAction)
def test_nobody_else_may_agree_to_anything(action):
    """However many they are."""
    assert not approved(action, "joe@example.com", "ann@example.com", "@acme/desk")


def test_an_admin_who_left_approves_until_their_last_day():
    """What they agreed to by then stays approved."""
    assert approved(AccountAction.SUSPEND, "left@example.com", day=date(2026, 11, 19))
    assert not approved(AccountAction.SUSPEND, "left@example.com")


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        (("boss@example.com", "desk@example.com"), []),
        (("boss@example.com", "hr@example.com"), [Lack.SECOND]),
        (("boss@example.com", "boss@example.com\u200b"), [Lack.SECOND]),
        (("boss@example.com", "admins@example.com"), []),
        (("boss@example.com",), [Lack.SECOND]),
        (("boss@example.com", "BOSS@example.com", "@boss"), [Lack.SECOND]),
        (("boss@example.com", "slack:U1"), [Lack.SECOND]),
        (("admins@example.com", "@acme/admins"), [Lack.SECOND]),
        (("desk@example.com", "guard@example.com"), [Lack.APPROVER]),
        (("hr@example.com",), [Lack.APPROVER, Lack.SECOND]),
        (("left@example.com", "desk@example.com"), [Lack.APPROVER, Lack.SECOND]),
    ],
)
def test_a_deactivation_takes_two_people_and_an_admin_among_them(names, expected):
    """Two names of one person, or of one entry, are one."""
    assert expected == list(find_lacks(AccountAction.DEACTIVATE, agreed(*names), SETTINGS, WHO))
    assert approved(AccountAction.DEACTIVATE, *names) == (not expected)


def test_who_could_agree_is_named():
    """For the message; on the day of the approval."""
    emails = [each.email for each in find_able(AccountAction.UNLOCK, agreed("x"), SETTINGS)]
    assert emails == ["boss@example.com", "admins@example.com", "desk@example.com"]
    emails = [each.email for each in find_able(AccountAction.REACTIVATE, agreed("x"), SETTINGS)]
    assert emails == ["boss@example.com", "admins@example.com"]


@pytest.mark.parametrize(
    ("state", "until", "expected"),
    [
        (AccountState.SUSPENDED, None, (AccountAction.SUSPEND,)),
        (
            AccountState.SUSPENDED,
            date(2026, 12, 1),
            (AccountAction.SUSPEND, AccountAction.UNSUSPEND),
        ),
        (AccountState.ACTIVE, None, (AccountAction.UNSUSPEND,)),
        (AccountState.DEACTIVATED, None, (AccountAction.DEACTIVATE,)),
        (None, None, ()),
    ],
)
def test_a_state_needs_the_approval_of_what_it_does(state, until, expected):
    """One that ends by itself gives back, too."""
    declared = AccountDeclaration(subject="joe@example.com", state=state, until=until)
    assert list_actions(declared, AccountPart.STATE) == expected


def test_a_request_needs_the_approval_of_what_it_asks_for():
    """Whatever the file says besides."""
    declared = AccountDeclaration(subject="joe@example.com", state=AccountState.DEACTIVATED)
    assert list_actions(declared, AccountPart.UNLOCK) == (AccountAction.UNLOCK,)
    assert list_actions(declared, AccountPart.PASSWORD_RESET) == (AccountAction.RESET_PASSWORD,)


def test_reopening_a_closed_account_takes_an_admin():
    """`state: active` is enough in a file for the lesser of the two; a plan asks for this one."""
    assert approved(AccountAction.UNSUSPEND, "guard@example.com")
    assert not approved(AccountAction.REACTIVATE, "guard@example.com")


@pytest.mark.parametrize(
    ("subject", "names", "own"),
    [
        ("desk@example.com", ("boss@example.com", "DESK@example.com"), [1]),
        ("jira:5", ("desk@example.com",), [0]),
        ("desk@example.com", ("@desk", "@acme/admins"), [0]),
        ("de\N{LATIN SMALL LETTER LONG S}k@example.com", ("desk@example.com",), [0]),
        ("joe@example.com", ("desk@example.com",), []),
    ],
)
def test_a_persons_own_agreement_is_found_under_any_name(subject, names, own):
    """Also under one that only looks like theirs."""
    assert own == [number for number, _ in find_own_names(subject, names, WHO)]


EVERYONE = (
    *("boss@example.com", "@boss", "slack:U1", "admins@example.com", "@acme/admins"),
    *("left@example.com", "desk@example.com", "jira:5", "guard@example.com"),
    *("joe@example.com", "BOSS@EXAMPLE.COM"),
)
NAMES = st.lists(st.sampled_from(EVERYONE), min_size=1, max_size=4).map(tuple)


@given(st.sampled_from(AccountAction), NAMES, NAMES)
def test_another_agreement_never_takes_one_away(action, names, more):
    """Who has agreed is not undone by who agrees besides, in whatever order."""
    if approved(action, *names):
        assert approved(action, *names, *more)
        assert approved(action, *more, *reversed(names))


@given(NAMES)
def test_what_is_enough_to_close_an_account_is_enough_for_everything(names):
    """And what is enough to reopen one takes an admin, who may do the rest alone."""
    if approved(AccountAction.DEACTIVATE, *names):
        assert approved(AccountAction.REACTIVATE, *names)
    if approved(AccountAction.REACTIVATE, *names):
        assert all(approved(action, *names) for action in ONE_APPROVER)


@given(st.sampled_from(AccountAction), NAMES)
def test_capitals_and_the_order_of_names_decide_nothing(action, names):
    """Nor does it matter how often a person is named."""
    assert (
        approved(action, *names)
        == approved(action, *(name.upper() for name in reversed(names)))
        == approved(action, *names, *names)
    )
