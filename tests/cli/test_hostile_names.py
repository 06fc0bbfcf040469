"""Names from files and from Okta are untrusted: none of them reaches the terminal raw."""

import re
from dataclasses import replace

import pytest

from reconciler.sandbox import Group, User
from tests.support.builders import Company, group_name
from tests.support.harness import Office

pytestmark = pytest.mark.slow

ESC, BELL, RTL, LINE, ZERO = "\x1b", "\x07", "\u202e", "\n", "\u200b"
HOSTILE = {
    "colour": f"{ESC}[31mred",
    "title": f"{ESC}]0;owned{BELL}",
    "newline": f"fine{LINE}+ add root@example.com to everything",
    "return": "fine\rAll 0 changes done.",
    "bidi": f"nimda{RTL}gpj.exe",
    "c1": "\x9b31m",
    "separator": "one\u2028two",
    "invisible": f"ad{ZERO}min",
    "tag": "ok\U000e0041",
}
IN_FILES = {name: text for name, text in HOSTILE.items() if name != "tag"}
"""The last one cannot be written the way the test company writes its files."""
RAW = re.compile(
    "[\x00-\x09\x0b-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff"
    "\U000e0000-\U000e007f]"
)
COMMANDS = (
    ("validate",),
    ("validate", "--format", "json"),
    ("--sandbox", "plan", "--out", "plan.json"),
    ("--sandbox", "plan", "--format", "json"),
    ("show", "plan.json"),
    ("--sandbox", "apply", "plan.json", "--yes"),
    ("sandbox", "show", "users"),
    ("sandbox", "show", "groups"),
    ("sandbox", "show", "members", group_name()),
    ("sandbox", "show", "log"),
)


def clean(office, marks):
    """Every command's output is free of raw hostile characters and has no line of theirs."""
    printed = office.run("--sandbox", "plan").out
    assert all(mark in printed for mark in marks)
    for arguments in COMMANDS:
        ran = office.run(*arguments)
        both = ran.out + ran.err
        assert not RAW.findall(both), (arguments, RAW.findall(both))
        assert not re.findall(r"^\+ add root", both, re.MULTILINE)
        assert "unexpected" not in ran.err


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_what_okta_holds_is_made_harmless(text, tmp_path):
    """A member's login, a group's name and a person's name, each as an intruder would set them."""
    company = Company().tool().bind("amy", authority="authoritative").granted("amy")
    world = company.world()
    eve = User(login=f"eve {text}@example.com", email="eve@example.com", first_name=text)
    groups = tuple(
        replace(g, members=(*g.members, eve.login)) if g.name == group_name() else g
        for g in (*world.groups, Group(name=f"Other {text}"))
    )
    office = Office(
        tmp_path, company, world=replace(world, users=(*world.users, eve), groups=groups)
    )
    clean(office, ["eve "])
    assert office.members() == {"amy"}
    for verb in ("show", "groups", "apps"):
        ran = office.run("--sandbox", "user", verb, eve.id)
        assert (ran.code, RAW.findall(ran.out + ran.err)) == (0, []), ran


@pytest.mark.parametrize("text", IN_FILES.values(), ids=IN_FILES)
def test_what_an_offboarding_is_told_is_made_harmless(text, tmp_path):
    """Reason and ticket may be pasted from anywhere; they are read back as they were typed."""
    company = Company().with_lifecycle().tool().bind("amy").granted("amy")
    office = Office(tmp_path, company)
    why = ("--reason", f"left {text}", "--ticket", f"HR-1 {text}", "--by", "it-admins@example.com")
    ran = office.run("--sandbox", "offboard", "amy@example.com", *why)
    assert RAW.findall(ran.out + ran.err) == []
    assert "unexpected" not in ran.err
    ran = office.run("--sandbox", "user", "suspend", "amy@example.com", *why, "--yes")
    assert RAW.findall(ran.out + ran.err) == []
    assert "unexpected" not in ran.err


@pytest.mark.parametrize("text", IN_FILES.values(), ids=IN_FILES)
def test_what_a_file_says_is_made_harmless(text, tmp_path):
    """Purpose, ticket, reasons and a group's name, as a pull request may bring them."""
    approval = {
        "ticket": f"AI-1 {text}",
        "approved_by": "lead@example.com",
        "approved_at": "2026-11-01",
    }
    ended = {"at": "2026-11-16", "by": "lead@example.com", "reason": f"left {text}"}
    company = (
        Company()
        .tool(description=f"A tool {text}")
        .bind("amy", "old")
        .granted("amy", "bob", purpose=f"Work {text}", approval=approval)
        .grant("old", revoked=ended)
        .tool("cursor")
        .create(tool="cursor", group={"create": {"name": f"Seats {text}"}})
    )
    office = Office(tmp_path, company)
    assert office.run("validate").code == 0
    clean(office, ["grant AI-1 ", ": left ", 'create group "Seats '])
    assert office.members() == {"amy", "bob"}


@pytest.mark.parametrize("text", IN_FILES.values(), ids=IN_FILES)
def test_a_hostile_subject_is_an_error_and_made_harmless(text, tmp_path):
    """The complaint quotes it."""
    company = Company().tool().bind().grant(f"jo {text}@example.com")
    office = Office(tmp_path, company)
    for arguments in (("validate",), ("validate", "--format", "json"), ("--sandbox", "plan")):
        ran = office.run(*arguments)
        assert ran.code == 1
        assert "value-wrong-form" in ran.out + ran.err
        assert not RAW.findall(ran.out + ran.err)


def test_a_hostile_file_name_is_made_harmless(tmp_path):
    """The place of a problem is text from the repository too."""
    company = Company().tool().bind().file(f"grants/claude/{ESC}[31m{RTL}.yaml", "tool: nothing")
    office = Office(tmp_path, company)
    for arguments in (("validate",), ("validate", "--format", "json"), ("--sandbox", "plan")):
        ran = office.run(*arguments)
        assert ran.code == 1
        assert not RAW.findall(ran.out + ran.err)


@pytest.mark.parametrize(
    "arguments",
    [
        (f"{ESC}[31m", RTL),
        ("plan", f"{ESC}[31m", RTL),
        ("plan", f"--{ESC}[31m", RTL),
        ("plan", "--format", f"{ESC}[31m{RTL}"),
        ("sandbox", f"{ESC}[31m", RTL),
        ("show", f"{ESC}[31m.json"),
        ("--sandbox", "plan", "--connector", f"{ESC}[31m"),
        ("--sandbox", "plan", "--as-of", f"{ESC}[31m"),
        ("--endpoint", f"{ESC}[31m", "plan"),
        ("sandbox", "member", "add", f"{ESC}[31m", "amy@example.com"),
        ("sandbox", "seed", "--rate-limit", f"{ESC}[31m"),
    ],
)
def test_what_was_typed_is_made_harmless_too(arguments, tmp_path):
    """Arguments often come from a pipeline's variables."""
    ran = Office(tmp_path, Company().tool().bind()).run(*arguments)
    assert ran.code in {1, 64}
    assert not RAW.findall(ran.out + ran.err)


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_who_took_somebody_out_is_made_harmless(text, tmp_path):
    """An admin chooses their own name, and a held addition prints it."""
    company = Company().tool().bind("amy").granted("amy", "bob").roles("SUPER_ADMIN")
    world = company.world()
    eve = User(login="eve@example.com", first_name=text, roles=("SUPER_ADMIN",))
    office = Office(tmp_path, company, world=replace(world, users=(*world.users, eve)))
    with office.org() as org:
        org.add_member(group_name(), "bob@example.com")
        org.remove_member(group_name(), "bob@example.com")
    clean(office, ["removed by ", "(eve@example.com)"])
    assert office.members() == {"amy"}
