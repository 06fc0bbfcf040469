"""A pull request shows what merging it would do, whatever else waits in the org."""

import pytest

from reconciler.cli.session import connection
from reconciler.model.errors import ConnectorError
from tests.support.builders import Company, login, user_id
from tests.support.harness import Office, changes, without
from tests.support.repository import committed, git

pytestmark = pytest.mark.slow

BASE = (
    Company()
    .tool()
    .bind("amy", "old", authority="authoritative")
    .granted("amy", "late")
    .granted("old", expires="2026-11-20")
    .tool("cursor")
    .bind(tool="cursor")
    .person("new")
    .person("other")
)


AUTHORITY = "binding claude/users@okta-prod: authority was additive, is authoritative"


@pytest.fixture
def office(tmp_path, monkeypatch):
    """A repository whose base waits for two lines: an addition, and an end that has come since."""
    monkeypatch.setenv("GIT_COMMITTER_DATE", "2026-11-18T12:00:00+00:00")
    made = Office(tmp_path, BASE)
    (tmp_path / ".gitignore").write_text(".reconciler\nplan*.json\n")
    committed(tmp_path, "base")
    git(tmp_path, "switch", "-q", "-c", "change")
    return made


def proposed(office, company, *options):
    """The plan of the company as a change on top of the base."""
    office.write(company)
    committed(office.folder, "change")
    return office.plan("--base", "main", *options)


def caused(plan, cause):
    """The lines of one cause, in brief."""
    return changes({"changes": [c for c in plan["changes"] if c["cause"] == cause]})


def said(plan):
    """What differs in the catalog besides grants, in words."""
    return [change["summary"] for change in plan["against"]["catalog_changes"]]


def test_one_grant_is_one_line_in_the_first_part(office):
    """What waited, and what time brought, stand apart."""
    plan = proposed(office, BASE.granted("new"))
    assert caused(plan, "change") == ["add new claude/users"]
    assert caused(plan, "pending") == ["add late claude/users"]
    assert caused(plan, "time") == ["remove old claude/users"]
    shown = office.run("--sandbox", "plan", "--base", "main").out
    assert "This change adds 1 membership. 2 other lines wait anyway." in shown
    first = shown.partition("Caused by this change (1)")[2].partition("Caused by time")[0]
    assert login("new") in first
    assert login("late") not in first


def test_moving_and_splitting_files_changes_nothing(office):
    """A grant is what it says, not where it lies."""
    git(office.folder, "mv", "catalog/grants/claude", "catalog/grants/elsewhere")
    (office.folder / "catalog/grants/claude").mkdir()
    git(office.folder, "mv", "catalog/grants/elsewhere", "catalog/grants/claude/team")
    committed(office.folder, "moved")
    plan = office.plan("--base", "main")
    assert caused(plan, "change") == []
    assert plan["against"]["catalog_changes"] == []
    shown = office.run("--sandbox", "plan", "--base", "main").out
    assert "This change changes nobody's access." in shown


def test_what_is_not_committed_is_no_part_of_it(office):
    """Neither side is the folder as it lies."""
    office.write(BASE.granted("new"))
    assert caused(office.plan("--base", "main"), "change") == []


def test_a_change_may_take_a_waiting_line_back(office):
    """The reviewer reads that somebody will not get in after all."""
    (waiting,) = (
        path
        for path in (office.folder / "catalog/grants/claude").iterdir()
        if login("late") in path.read_text(encoding="utf-8")
    )
    waiting.unlink()
    committed(office.folder, "never mind")
    plan = office.plan("--base", "main")
    assert [c["person"]["login"] for c in plan["withdrawn"]] == [login("late")]
    shown = office.run("--sandbox", "plan", "--base", "main").out
    assert f"no longer: add {login('late')}" in shown


def test_a_rule_that_stops_a_waiting_addition_is_the_cause_of_it(office):
    """A shorter longest duration allows no grant any more that lasts as long as this one."""
    limited = BASE.granted("new", starts="2026-11-01", expires="2027-03-01")
    office.write(limited)
    committed(office.folder, "a grant")
    git(office.folder, "branch", "-q", "-f", "main")
    policy = {"approvers": [{"email": "lead@example.com", "github": "@lead"}]}
    plan = proposed(office, limited.tool(policy={**policy, "max_duration": "30d"}))
    (line,) = (b for b in plan["blocked"] if without(b["person"]["login"]) == "new")
    assert (line["code"], line["cause"]) == ("grant-window-too-long", "change")
    assert changes({"changes": plan["withdrawn"]}) == [
        "add late claude/users",
        "add new claude/users",
    ]


def test_a_rule_that_lets_a_waiting_addition_pass_is_the_cause_of_it(office):
    """Whoever makes somebody an approver gives the access that waits for their word."""
    approval = {"ticket": "AI-9", "approved_by": "sue@example.com", "approved_at": "2026-11-01"}
    waiting = BASE.granted("new", approval=approval)
    office.write(waiting)
    committed(office.folder, "a grant")
    git(office.folder, "branch", "-q", "-f", "main")
    approvers = [{"email": f"{name}@example.com", "github": f"@{name}"} for name in ("lead", "sue")]
    plan = proposed(office, waiting.tool(policy={"approvers": approvers}))
    assert caused(plan, "change") == ["add new claude/users"]
    assert plan["blocked"] == []


@pytest.mark.parametrize("way", ["comes", "goes"])
def test_a_mapping_that_settles_a_doubt_is_the_cause_of_the_line(tmp_path, way):
    """Of two people with one address the base means neither, though the change names one."""
    unclear = (
        Company()
        .tool()
        .bind()
        .person("one@corp.com", email=login("sam"))
        .person("two@corp.com", email=login("sam"))
        .grant("sam")
        .with_settings(identity={"match": ["mapping", "login", "email"]})
    )
    who = {"login": "one@corp.com", "id": user_id("one@corp.com")}
    settled = unclear.file("identities/sam.yaml", {"email": login("sam"), "okta": who})
    base, head = (unclear, settled) if way == "comes" else (settled, unclear)
    office = Office(tmp_path, base)
    committed(tmp_path, "base")
    git(tmp_path, "switch", "-q", "-c", "change")
    plan = proposed(office, head)
    if way == "comes":
        assert caused(plan, "change") == ["add one@corp.com claude/users"]
    else:
        assert [(b["code"], b["cause"]) for b in plan["blocked"]] == [
            ("subject-ambiguous", "change")
        ]
        assert changes({"changes": plan["withdrawn"]}) == ["add one@corp.com claude/users"]


def test_a_deleted_grant_counts_as_ended(office):
    """Deleting a file is how access goes away unseen; here it is a removal with its reason."""
    git(office.folder, "rm", "-q", "-r", "catalog/grants/claude")
    committed(office.folder, "deleted")
    plan = office.plan("--base", "main")
    assert caused(plan, "change") == ["remove amy claude/users"]
    (line,) = [c for c in plan["changes"] if c["cause"] == "change"]
    assert line["member_class"] == "ended"
    assert "its file is deleted" in line["reason"]


def test_going_authoritative_says_how_many_lose_access(tmp_path):
    """In words, beside the lines."""
    crowd = tuple(f"p{n}" for n in range(12))
    additive = Company().tool().bind("amy", *crowd).granted("amy")
    office = Office(tmp_path, additive)
    committed(tmp_path, "base")
    git(tmp_path, "switch", "-q", "-c", "change")
    plan = proposed(office, additive.bind("amy", *crowd, authority="authoritative"))
    assert said(plan) == [f"{AUTHORITY}: 12 people would lose access"]


def test_a_change_cannot_loosen_the_guard_that_holds_it(tmp_path):
    """Limits are the base's; the change to them is said in words."""
    crowd = tuple(f"p{n}" for n in range(12))
    additive = Company().tool().bind("amy", *crowd).granted("amy")
    office = Office(tmp_path, additive)
    committed(tmp_path, "base")
    git(tmp_path, "switch", "-q", "-c", "change")
    limits = {"group_removals": {"count": 500}, "run_removals": [{"count": 500}]}
    greedy = additive.bind("amy", *crowd, authority="authoritative").with_settings(guards=limits)
    plan = proposed(office, greedy)
    assert all(line["held_by"] for line in plan["changes"])
    assert any("guards.group_removals was" in text for text in said(plan))


@pytest.mark.parametrize("way", ["exception", "limit"])
def test_what_a_loosened_guard_lets_pass_is_an_effect_of_the_change(tmp_path, way):
    """The lines wait at the base, held; merging carries them out."""
    crowd = tuple(f"p{n}" for n in range(12))
    strict = Company().tool().bind("amy", *crowd, authority="authoritative").granted("amy")
    lenient = {"run_removals": [{"count": 500}]}
    office = Office(tmp_path, strict.with_settings(guards=lenient))
    committed(tmp_path, "base")
    held = office.plan()
    assert all(line["held_by"] for line in held["changes"])
    git(tmp_path, "switch", "-q", "-c", "change")
    if way == "exception":
        (verdict,) = (v for v in held["guards"] if v["guard"] == "group-removals")
        text = verdict["acknowledgement"].replace("YOUR-EMAIL", "lead@example.com")
        strict = strict.file(
            "acknowledgements/a.yaml", text.replace("WHY THIS IS RIGHT", "they moved")
        )
    else:
        lenient = {**lenient, "group_removals": {"count": 500}}
    plan = proposed(office, strict.with_settings(guards=lenient))
    assert len(plan["released"]) == len(crowd)
    shown = office.run("--sandbox", "plan", "--base", "main").out
    assert "This change lets 12 held lines pass" in shown
    assert "lets pass: remove p0@example.com" in shown


def test_a_group_the_base_does_not_bind_is_counted_and_not_shown(tmp_path):
    """Whoever opens a pull request must not read who is in any group of the org."""
    secret = ("boss", "board", "counsel")
    spying = BASE.tool("spy").bind(*secret, tool="spy", authority="authoritative")
    office = Office(tmp_path, BASE, world=spying.world())
    committed(tmp_path, "base")
    git(tmp_path, "switch", "-q", "-c", "change")
    plan = proposed(office, spying.granted("new", tool="spy"))
    assert [(w["granted"], w["members_from"]) for w in plan["against"]["withheld"]] == [(1, 0)]
    for form in ("text", "json", "markdown"):
        ran = office.run("--sandbox", "plan", "--base", "main", "--format", form)
        assert ran.code == 0
        assert not any(name in ran.out for name in secret)


def test_a_base_that_does_not_compile_gives_a_plan_with_a_banner(office):
    """The change may be what mends it."""
    git(office.folder, "switch", "-q", "main")
    (office.folder / "catalog/tools/claude.yaml").write_text("id: [\n")
    committed(office.folder, "broken")
    git(office.folder, "switch", "-q", "-c", "mend")
    plan = proposed(office, BASE.granted("new"))
    assert {c["cause"] for c in plan["changes"]} == {None}
    assert "the base has errors" in plan["against"]["problem"]
    ran = office.run("--sandbox", "plan", "--base", "main")
    assert "not compared: the base has errors" in ran.out
    assert "tools/claude.yaml" in ran.err


def test_a_base_that_moved_on_takes_nobody_away(office):
    """The plan is of what merging would make, not of a branch that lacks the newest grants."""
    office.write(BASE.granted("new"))
    committed(office.folder, "change")
    git(office.folder, "switch", "-q", "main")
    office.write(BASE.granted("other", tool="cursor"))
    committed(office.folder, "meanwhile")
    git(office.folder, "switch", "-q", "change")
    plan = office.plan("--base", "main")
    assert caused(plan, "change") == ["add new claude/users"]
    assert sorted(caused(plan, "pending")) == ["add late claude/users", "add other cursor/users"]
    assert plan["withdrawn"] == []


def test_a_conflict_is_said_and_not_planned(office):
    """Nobody knows yet what merging would make."""
    tool = office.folder / "catalog/tools/claude.yaml"
    text = tool.read_text(encoding="utf-8")
    tool.write_text(text.replace("Claude", "Clod"))
    committed(office.folder, "change")
    git(office.folder, "switch", "-q", "main")
    tool.write_text(text.replace("Claude", "Claudius"))
    committed(office.folder, "meanwhile")
    ran = office.run("--sandbox", "plan", "--base", "main", "--head", "change")
    assert ran.code == 1
    assert "cannot be merged" in ran.err


def test_a_change_cannot_turn_the_connector_elsewhere(office, monkeypatch):
    """The base's domain is asked with the base's secret, whatever the change says of them."""
    asked = []

    def live(connector, *_):
        asked.append((connector.domain, connector.plan_auth.secret.value))
        raise ConnectorError("org-host-unknown", "nobody is asked here")

    monkeypatch.setattr(connection, "_reach_live", live)
    path = office.folder / "catalog/connectors/okta-prod.yaml"
    text = path.read_text(encoding="utf-8")
    elsewhere = text.replace("acme.okta.com", "mallory.okta.com").replace("OKTA_PROD", "OTHER")
    assert elsewhere != text
    path.write_text(elsewhere, encoding="utf-8")
    committed(office.folder, "turned")
    assert office.run("plan", "--base", "main").code == 1
    assert asked == [("https://acme.okta.com", "OKTA_PROD_TOKEN")]


def test_a_plan_made_for_a_review_is_never_applied(office):
    """What is merged is planned again, from what was merged."""
    proposed(office, BASE.granted("new"))
    ran = office.apply()
    assert ran.code == 64
    assert "not merged" in ran.err
    assert office.events() == []


def test_whoever_writes_such_a_plan_is_not_told_to_apply_it(office):
    """The next step that is printed is one that works."""
    proposed(office, BASE.granted("new"))
    ran = office.run("--sandbox", "plan", "--base", "main", "--out", "plan.json")
    assert "wrote plan.json, to judge the change by; apply refuses it" in ran.err
    assert "reconciler apply" not in ran.err


@pytest.mark.parametrize(
    ("options", "why"),
    [
        (("--base", "nowhere"), "names no commit"),
        (("--base=--help",), "names no commit"),
        (("--head", "main"), "add --base REF"),
    ],
)
def test_a_ref_that_is_none_is_a_usage_error(office, options, why):
    """With what to do."""
    ran = office.run("--sandbox", "plan", *options)
    assert ran.code == 64
    assert why in ran.err


def test_disabling_a_connector_is_said_to_end_the_keeping_of_its_groups(office):
    """No line of the plan is caused by it, and all of them are lost by it."""
    path = office.folder / "catalog" / "connectors" / "okta-prod.yaml"
    office.write(BASE)
    path.write_text(path.read_text(encoding="utf-8").replace("{", '{"disabled": true, ', 1))
    committed(office.folder, "switch it off")
    shown = office.run("--sandbox", "plan", "--base", "main").out
    assert "This change disables okta-prod, so no run carries out anything there" in shown
    assert "changes nobody's access" not in shown
    assert "okta-prod is disabled: nobody keeps its 2 groups" in office.run("--sandbox", "plan").err
    for command in ("drift", "status"):
        ran = office.run("--sandbox", command)
        assert ran.code == 1
        assert "Every connector is disabled (okta-prod)" in ran.err
        assert "okta-prod is disabled: nobody keeps its 2 groups" in ran.err
