"""One serial form: the same plan, the same bytes; the same intent, the same digest."""

import hashlib
import json
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.model.accounts import AccountAction, AccountPart, AccountState, LifecycleCall
from reconciler.model.approvals.review import (
    AccessChange,
    BaseComparison,
    CatalogChange,
    Effect,
    Window,
    WithheldGroup,
)
from reconciler.model.catalog import Authority
from reconciler.model.diagnostics import Span
from reconciler.model.directory import Org, ReadCount
from reconciler.model.errors import StoreError
from reconciler.model.outcome import ApplyResult, LeftLine, LineResult, Outcome
from reconciler.model.plan import (
    Blocked,
    CatalogRevision,
    GroupSummary,
    GuardVerdict,
    MemberClass,
    PlanWarning,
)
from reconciler.planning.plan_codec import (
    digest,
    dump_plan,
    dump_result,
    file_digest,
    is_result,
    load_plan,
    load_result,
)
from tests.support.account_lines import ENDED, MANY
from tests.support.builders import CONNECTOR, NOW
from tests.support.nouns import (
    GROUP,
    ORG,
    change,
    creation,
    day,
    grant_ref,
    plan,
    ref,
    removal,
)
from tests.support.samples import FULL as EVERYTHING

CITED = grant_ref("a1", expires=day("2027-01-31"), origin=Span("grants/a.yaml", 2))
LINES = (removal("joe"), change("jane", grants=(CITED,)), creation())
FULL = plan(
    *LINES,
    blocked=(
        Blocked(
            code="leaver",
            summary="s",
            hint="h",
            group=GROUP,
            tool="claude",
            entitlement="users",
            person=ref("sam"),
        ),
    ),
    guards=(GuardVerdict(guard="ourselves", figures="1", group=GROUP, people=(ref("joe"),)),),
    warnings=(PlanWarning(code="w", summary='"quoted" \u202e', hint=""),),
    groups=(
        GroupSummary(
            group=GROUP,
            bindings=("claude/users@okta-prod",),
            authority=Authority.ADDITIVE,
            members=3,
            granted=2,
        ),
    ),
)
RESULT = ApplyResult(
    run="20261122T090000Z-abc123",
    connector=CONNECTOR,
    org=ORG,
    sandbox=False,
    plan_digest="d" * 64,
    started_at=NOW,
    ended_at=NOW,
    lines=(LineResult(change=LINES[0], outcome=Outcome.VERIFIED, request_id="r1"),),
    left=(LeftLine(change=change("amy"), why="already so"),),
)


def edited(**fields):
    """The bytes of the plan with these fields of its file replaced."""
    return json.dumps({**json.loads(dump_plan(FULL)), **fields}).encode()


def test_a_plan_survives_its_file():
    """What apply reads is what plan wrote, places included."""
    loaded = load_plan(dump_plan(FULL))
    assert loaded == FULL
    assert Span("grants/a.yaml", 2) == loaded.changes[1].grants[0].origin


def test_the_same_plan_gives_the_same_bytes():
    """Also after a journey through a file."""
    assert dump_plan(FULL) == dump_plan(load_plan(dump_plan(FULL)))


def test_a_plan_file_leads_with_format_and_digest_and_is_ascii():
    """A reader finds what it is on the first lines, whatever their terminal."""
    data = dump_plan(FULL)
    assert list(json.loads(data))[:3] == ["format", "digest", "file_digest"]
    assert data.isascii()
    assert data.endswith(b"}\n")


def test_a_plan_file_has_the_documented_top_level():
    """Programs read these names."""
    names = {
        *(
            "format",
            "digest",
            "file_digest",
            "connector",
            "org",
            "sandbox",
            "as_of",
            "created_at",
            "catalog",
        ),
        *("reads", "groups", "changes", "blocked", "drift", "guards", "manual", "ending"),
        *("warnings", "tool_version", "against", "withdrawn", "released"),
        *("accounts", "blocked_accounts", "account_drift"),
        *("withdrawn_accounts", "released_accounts"),
    }
    assert names == set(json.loads(dump_plan(FULL)))


@pytest.mark.parametrize(
    "same",
    [
        replace(FULL, created_at=NOW + timedelta(days=1), as_of=NOW + timedelta(days=1)),
        replace(FULL, catalog=CatalogRevision(commit="beef", dirty=True, digest="d2")),
        replace(FULL, reads=ReadCount(calls=99, pages=98), tool_version="9"),
        replace(FULL, warnings=(), blocked=(), guards=()),
        replace(FULL, changes=LINES[::-1]),
        replace(
            FULL,
            changes=(
                replace(LINES[0], reason="in other words", keeps=("x",), held_by=("ourselves",)),
                change("jane", grants=(replace(CITED, purpose="other", origin=Span("b.yaml")),)),
                LINES[2],
            ),
        ),
        replace(FULL, org=replace(ORG, domain="login.acme.com")),
    ],
)
def test_the_digest_ignores_purpose_time_commit_and_place(same):
    """The same intent on another day needs no second review."""
    assert digest(FULL) == digest(same)


@pytest.mark.parametrize(
    "other",
    [
        replace(FULL, connector="okta-lab"),
        replace(FULL, org=Org(id="00oother", domain=ORG.domain)),
        replace(FULL, changes=LINES[1:]),
        replace(FULL, changes=(*LINES, removal("sam"))),
        replace(FULL, changes=(change("joe", member_class=None), *LINES[1:])),
        replace(FULL, changes=(removal("joe", group=replace(GROUP, id="00gelse")), *LINES[1:])),
        replace(FULL, changes=(removal("sam"), *LINES[1:])),
        replace(FULL, changes=(removal("joe", MemberClass.ENDED), *LINES[1:])),
        replace(FULL, changes=(LINES[0], change("jane", grants=(grant_ref("a2"),)), LINES[2])),
        replace(FULL, changes=(LINES[0], change("jane"), LINES[2])),
    ],
)
def test_the_digest_depends_on_every_fact_that_is_reviewed(other):
    """Org, action, group, person, class and grants cannot change under a pin."""
    assert digest(FULL) != digest(other)


def test_the_file_digest_is_of_everything_that_the_file_says():
    """Whatever was taken out of it before it was written, and in no particular order of keys."""
    data = dump_plan(FULL, lambda text: text.replace("@example", "@***"))
    plain = json.loads(data)
    claimed = plain.pop("file_digest")
    text = json.dumps(plain, sort_keys=True, separators=(",", ":"))
    assert claimed == file_digest(data) == hashlib.sha256(text.encode()).hexdigest()
    assert claimed != file_digest(dump_plan(FULL))
    assert load_plan(data).changes[1].person.login == "jane@***.com"


def test_a_digest_is_a_sha256_in_hex():
    """The pin on a command line is 64 characters."""
    assert (len(digest(FULL)), int(digest(FULL), 16) > 0) == (64, True)


@pytest.mark.parametrize(
    ("code", "data"),
    [
        ("file-not-json", b""),
        ("file-not-json", b"{"),
        ("file-not-json", b"\xff\xfe"),
        ("file-not-json", b'{"format": "\xed\xa0\x80"}'),
        ("file-not-json", b"[" * 100_000),
        ("plan-format-unknown", b"[]"),
        ("plan-format-unknown", b"{}"),
        ("plan-format-unknown", b'{"format": "reconciler.plan/2"}'),
        ("plan-format-unknown", dump_result(RESULT)),
        ("file-invalid", b'{"format": "reconciler.plan/1"}'),
        ("file-invalid", edited(changes=5)),
        ("file-invalid", edited(as_of="yesterday")),
        ("file-invalid", edited(drift={})),
        ("file-invalid", edited(drift=5)),
        ("file-invalid", edited(created_at="2026-11-22T09:00:00")),
        ("file-invalid", edited(as_of="2026-11-22T09:00:00")),
        ("plan-digest-mismatch", edited(digest="0" * 64)),
        ("plan-digest-mismatch", edited(digest=None)),
        ("plan-digest-mismatch", edited(connector="okta-lab")),
        ("plan-digest-mismatch", edited(changes=[])),
        ("plan-file-altered", edited(tool_version="9")),
        ("plan-file-altered", edited(file_digest="0" * 64)),
        ("plan-file-altered", edited(file_digest=None)),
        ("plan-file-altered", edited(unknown=1)),
    ],
)
def test_a_damaged_plan_file_is_refused_with_a_code(code, data):
    """Half a plan is no plan, and an instant without a zone is no instant."""
    with pytest.raises(StoreError) as caught:
        load_plan(data)
    assert code == caught.value.code


@st.composite
def damaged(draw, data):
    """The bytes with some of them changed, cut out or put in."""
    for _ in range(draw(st.integers(1, 4))):
        at = draw(st.integers(0, len(data)))
        cut = draw(st.integers(0, 12))
        put = draw(st.binary(max_size=3) | st.sampled_from([b"null", b"-1", b'"', b"[", b"9e999"]))
        data = data[:at] + put + data[at + cut :]
    return data


def attempt(load, data):
    """What the bytes hold, or the code of the refusal; any other exception is passed on."""
    try:
        return load(data)
    except StoreError as error:
        return error.code


@given(damaged(dump_plan(FULL)))
def test_a_damaged_plan_is_a_plan_or_a_store_error(data):
    """Never another exception, and a plan that is accepted can be digested and written again."""
    found = attempt(load_plan, data)
    assert isinstance(found, str) or load_plan(dump_plan(found)) == found


@given(damaged(dump_result(RESULT)))
def test_a_damaged_result_is_a_result_or_a_store_error(data):
    """`show` has to say what is wrong with any file."""
    found = attempt(load_result, data)
    assert isinstance(found, str) or load_result(dump_result(found)) == found


@given(st.binary())
def test_any_bytes_are_a_plan_or_a_store_error(data):
    """A wrong path is the commonest mistake of all."""
    with pytest.raises(StoreError):
        load_plan(data)


def test_a_result_survives_its_file():
    """Outcomes, lines and what was left."""
    assert load_result(dump_result(RESULT)) == RESULT


@pytest.mark.parametrize(
    ("expected", "data"),
    [(True, dump_result(RESULT)), (False, dump_plan(FULL)), (False, b"{}"), (False, b"[]")],
)
def test_a_result_is_told_from_a_plan_by_its_format(expected, data):
    """`show` takes either."""
    assert is_result(data) is expected


def test_a_plan_is_no_result():
    """The formats are not interchangeable."""
    with pytest.raises(StoreError) as caught:
        load_result(dump_plan(FULL))
    assert caught.value.code == "result-format-unknown"


SCHEMA = Path(__file__).parents[3] / "schemas" / "plan.schema.json"


def test_a_plan_file_fits_its_schema():
    """Whoever reads plan files was promised this shape."""
    schema = json.loads(SCHEMA.read_text(encoding="utf-8"))
    plan_file = json.loads(dump_plan(EVERYTHING))
    found = jsonschema.Draft202012Validator(schema).iter_errors(plan_file)
    assert [error.message for error in found] == []


def test_no_text_of_a_plan_commands_a_workflows_runner():
    """The file is printed as it is, and read back as it was."""
    made = plan(change("jane", reason="##[error]x"))
    assert b"##[" not in dump_plan(made)
    assert load_plan(dump_plan(made)) == made


SHAPES = {"plan": SCHEMA, "result": SCHEMA.with_name("result.schema.json")}
COMPARED = replace(
    EVERYTHING,
    against=BaseComparison(
        commit="c0ffee",
        catalog_changes=(CatalogChange(summary="s", people=(ref("jane"),), groups=(GROUP,)),),
        over_time=(
            AccessChange(
                effect=Effect.MOVES,
                person=ref("jane"),
                group=GROUP,
                tool="claude",
                entitlement="users",
                before=(Window(starts=None, ends=None),),
                after=(Window(starts=NOW, ends=NOW),),
                revoked_at=NOW,
            ),
        ),
        withheld=(WithheldGroup(group=GROUP, granted=2, members_from=30),),
        uncommitted=("a.yaml",),
    ),
    warnings=(PlanWarning(code="c", summary="s", origin=Span("a.yaml"), people=(ref("jane"),)),),
)


ACCOUNTS = replace(
    MANY,
    withdrawn_accounts=MANY.accounts[:1],
    released_accounts=tuple(line for line in MANY.accounts if line.held_by),
)


@pytest.mark.parametrize(
    ("kind", "data"),
    [
        ("plan", dump_plan(COMPARED)),
        ("plan", dump_plan(ACCOUNTS)),
        ("result", dump_result(RESULT)),
        ("result", dump_result(ENDED)),
    ],
)
def test_what_is_beside_the_lines_has_the_promised_shape_too(kind, data):
    """What a change does over time, what is withheld, accounts, and what an apply left."""
    schema = json.loads(SHAPES[kind].read_text(encoding="utf-8"))
    found = jsonschema.Draft202012Validator(schema).iter_errors(json.loads(data))
    assert [error.message for error in found] == []


@pytest.mark.parametrize("kind", SHAPES)
@pytest.mark.parametrize(
    "words",
    [AccountAction, AccountPart, AccountState, LifecycleCall],
    ids=lambda each: each.__name__,
)
def test_the_promised_words_about_accounts_are_those_there_are(kind, words):
    """A program that knows them all meets no other."""
    schema = json.loads(SHAPES[kind].read_text(encoding="utf-8"))
    assert schema["$defs"][words.__name__]["enum"] == sorted(each.value for each in words)


def test_lines_about_accounts_survive_their_file():
    """In a plan and in a result, instants and days included."""
    assert load_plan(dump_plan(ACCOUNTS)) == ACCOUNTS
    assert load_result(dump_result(ENDED)) == ENDED


def test_a_compared_plan_survives_its_file():
    """Whole, as it was made."""
    assert load_plan(dump_plan(COMPARED)) == COMPARED
