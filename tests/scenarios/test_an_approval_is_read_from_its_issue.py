"""Access that an issue of Jira approves: given by what the issue says, and by nothing else."""

import json
from dataclasses import replace
from datetime import timedelta

import pytest
from starlette.responses import JSONResponse, Response

from tests.scenarios.reviewed import cited
from tests.support.builders import Company, group_name
from tests.support.doors import GITHUB_FILE, JIRA_FILE
from tests.support.harness import Office, blocked, changes, outcomes
from tests.support.jira_answers import OPEN, account_json
from tests.support.jira_cloud import READER, JiraCloud, served
from tests.support.repository import committed, git

BASE = Company().tool().bind("amy", "old").granted("amy").ended("old")
for each in ("lead", "new", "asker", "boss"):
    BASE = BASE.file(
        f"identities/{each}.yaml", {"jira": each, "okta": {"login": f"{each}@example.com"}}
    )
BASE = BASE.file("doors/jira.yaml", JIRA_FILE).person("new").person("lead")
POINTING = BASE.grant("new", approval={"by": "jira", "ticket": "AI-1"}, expires="2027-02-18")
REMOVED, ADDED = "remove old claude/users", "add new claude/users"
WAITS = [("approval-unverified", "claude/users", "new")]


class Workplace:
    """A repository, the sandbox beside it, and a Jira in which somebody asked for access."""

    def __init__(self, folder, cloud, url, base=BASE):
        self.cloud = cloud
        self.office = Office(folder, base)
        (folder / ".gitignore").write_text(".reconciler\nplan*.json\nevidence\n")
        committed(folder, "base")
        self.env = {"RECONCILER_JIRA_ENDPOINT": url, "JIRA_READ_TOKEN": READER[1]}
        self.key = cloud.file(
            tool={"value": "Claude"}, subject=account_json("new"), expires="2027-02-18"
        )

    def merged(self, company=POINTING):
        """The catalog says this on the main branch."""
        self.office.write(company)
        return committed(self.office.folder, "change")

    def run(self, *words, **env):
        """A command on the sandbox."""
        return self.office.run("--sandbox", *words, env={**self.env, **env})

    def plan(self, *options, **env):
        """A plan, as a file has it."""
        ran = self.run("plan", "--out", "plan.json", *options, **env)
        assert ran.code in {0, 2}, ran
        return self.office.read("plan.json")


@pytest.fixture
def company(tmp_path):
    """All of it, in a folder."""
    cloud = JiraCloud()
    with served(cloud) as url:
        yield Workplace(tmp_path, cloud, url)


def why(plan):
    """The reason of the only blocked line, and its hint."""
    (line,) = plan["blocked"]
    return line["summary"], line["hint"]


@pytest.mark.slow
def test_an_issue_is_approved_and_its_person_added(company):
    """Who agreed, and when, stands in the plan, the journal and the evidence."""
    company.merged()
    assert blocked(company.plan()) == WAITS
    company.cloud.approve(company.key)
    made = company.plan()
    assert changes(made) == [REMOVED, ADDED]
    grant = cited(made)
    assert (grant["approval"], grant["approved_by"]) == ("verified", ["lead@example.com"])
    assert grant["issue"]["key"] == "AI-1"
    assert grant["issue"]["approvers"] == ["jira:lead"]
    assert grant["approved_at"] == "2026-11-20"
    shown = company.run("plan").out
    assert "approved by lead@example.com on 2026-11-20T" in shown
    assert "(verified in Jira: https://acme.atlassian.net/browse/AI-1)" in shown
    ran = company.run("apply", "plan.json", "--yes", "--evidence", "evidence", "--result", "r.json")
    assert ran.code == 0, ran
    assert outcomes(company.office.read("r.json")) == {REMOVED: "verified", ADDED: "verified"}


REFUSALS = {
    "the requester themself": (lambda c, k: c.approve(k, "asker"), "AI-1 was asked for and"),
    "the person it is for": (lambda c, k: c.approve(k, "new"), "whom it is for"),
    "nobody who may": (lambda c, k: c.approve(k, "boss"), "that of jira:boss is by nobody"),
    "an automation": (lambda c, k: c.approve_by_automation(k), "which is no person"),
    "edited since": (
        lambda c, k: (c.approve(k), c.edit(k, "expires", "2027-12-31")),
        "had its expires changed by jira:asker with or after the approval",
    ),
    "reopened": (lambda c, k: (c.approve(k), c.reopen(k)), "was moved out of that status"),
    "moved": (lambda c, k: (c.approve(k), c.move(k)), "is in another project"),
    "over": (lambda c, k: (c.approve(k), c.end(k)), "says that this access is over"),
    "not yet": (JiraCloud.find, "AI-1 is not approved"),
}


@pytest.mark.slow
@pytest.mark.parametrize("name", REFUSALS)
def test_what_no_issue_bears_out_adds_nobody_and_keeps_nobody_in(company, name):
    """Each has its own reason; who was to go goes all the same."""
    act, words = REFUSALS[name]
    act(company.cloud, company.key)
    company.merged()
    made = company.plan()
    assert (changes(made), blocked(made)) == ([REMOVED], WAITS)
    summary, hint = why(made)
    assert summary.startswith("no approver was seen to agree: ")
    assert words in summary
    helping = ("have AI-1 approved in Jira", "revoke the grant", "file the request anew")
    assert hint.startswith(helping)


LEFT = {
    "no approver": {"tools/claude.yaml": [{"email": "boss@example.com"}]},
    "one until then": {"tools/claude.yaml": [{"email": "lead@example.com", "until": "2026-11-19"}]},
    "somebody else's account": {"identities/lead.yaml": "boss@example.com"},
}


@pytest.mark.slow
@pytest.mark.parametrize("name", LEFT)
def test_who_left_approves_nothing_that_was_merged_before(company, name):
    """Their account in Jira may be open yet; the files of today say that they are gone."""
    company.merged()
    ((path, says),) = LEFT[name].items()
    if path.startswith("tools/"):
        company.merged(POINTING.tool(policy={"approvers": says}))
    else:
        company.merged(POINTING.file(path, {"jira": "lead", "okta": {"login": says}}))
    company.cloud.approve(company.key)
    made = company.plan()
    assert blocked(made) == WAITS
    assert "that of jira:lead is by nobody who was an approver" in why(made)[0]


def test_a_mapping_that_was_corrected_gives_nobody_what_another_asked_for(tmp_path):
    """By the wrong one the issue was for boss; by the files of today nobody asked for that."""
    wrong = {"jira": "new", "okta": {"login": "boss@example.com"}}
    before = BASE.person("boss").file("identities/new.yaml", wrong)
    asked = {"approval": {"by": "jira", "ticket": "AI-1"}, "expires": "2027-02-18"}
    cloud = JiraCloud()
    with served(cloud) as url:
        company = Workplace(tmp_path, cloud, url, before)
        cloud.approve(company.key)
        company.merged(before.grant("boss", **asked))
        assert changes(company.plan()) == [REMOVED, "add boss claude/users"]
        company.merged(BASE.person("boss").grant("boss", **asked))
        made = company.plan()
    assert blocked(made) == [("approval-unverified", "claude/users", "boss")]
    assert "AI-1 is for another person, as the files say by now" in why(made)[0]


WROTE = {
    "filed it for another": lambda c: c.file(
        creator="lead2", tool={"value": "Claude"}, subject=account_json("new"), expires="2027-02-18"
    ),
    "wrote the end": lambda c: c.edit("AI-1", "expires", "2027-02-18", "lead2") or "AI-1",
    "was its reporter": lambda c: c.edit("AI-1", "reporter", "lead2") or "AI-1",
}


@pytest.mark.slow
@pytest.mark.parametrize("name", WROTE)
def test_who_wrote_it_with_another_account_of_theirs_approves_nothing(tmp_path, name):
    """Both accounts in Jira are one person's, as identities say."""
    twin = {"jira": "lead2", "okta": {"login": "lead@example.com"}}
    cloud = JiraCloud()
    with served(cloud) as url:
        company = Workplace(tmp_path, cloud, url, BASE.file("identities/lead2.yaml", twin))
        key = WROTE[name](cloud)
        if name.startswith("was"):
            cloud.edit(key, "reporter", "asker")
        cloud.approve(key)
        said = {"approval": {"by": "jira", "ticket": key}, "expires": "2027-02-18"}
        company.merged(BASE.file("identities/lead2.yaml", twin).grant("new", **said))
        made = company.plan()
    assert blocked(made) == WAITS
    assert "that of jira:lead is by one who filed the issue or wrote" in why(made)[0]


def test_an_issue_that_cannot_be_read_adds_nobody(company):
    """Nor does one that is not there; both say so."""
    company.merged(BASE.grant("new", approval={"by": "jira", "ticket": "AI-9"}))
    assert "there is no issue AI-9 in Jira" in why(company.plan())[0]
    company.cloud.approve(company.key)
    company.merged()
    made = company.plan(JIRA_READ_TOKEN="wrong")
    assert (changes(made), blocked(made)) == ([REMOVED], WAITS)
    assert "issues-unread" in {each["code"] for each in made["warnings"]}
    made = company.plan(RECONCILER_JIRA_ENDPOINT=None)
    assert "the sandbox asks no Jira" in why(made)[0]


SPOILT = {
    "too many requests": lambda _: JSONResponse({}, 429, {"Retry-After": "86400"}),
    "refused": lambda _: JSONResponse({}, 403),
    "cut short": lambda r: _at(r, "bulkfetch", Response('{"issues": [', media_type=JSON)),
    "without the issue": lambda r: _at(r, "issue/bulkfetch", JSONResponse(EMPTY)),
    "without its history": lambda r: _at(r, "changelog/bulkfetch", JSONResponse(EMPTY)),
    "another site": lambda r: _at(r, "tenant_info", JSONResponse({"cloudId": "other"})),
}
JSON = "application/json"
EMPTY = {"issues": [], "issueErrors": [], "issueChangeLogs": []}


def _at(request, ending, answer):
    """The answer in place of the one at that address."""
    return answer if request.url.path.endswith(ending) else None


@pytest.mark.slow
def test_what_is_not_read_whole_adds_nobody_and_costs_nobody_their_access(company):
    """Whoever is in already stays, and whoever is to come waits; the next plan adds them."""
    company.cloud.approve(company.key)
    company.merged()
    company.plan()
    assert company.run("apply", "plan.json", "--yes").code == 0
    later = company.cloud.file(
        tool={"value": "Claude"}, subject=account_json("lead"), expires="2027-02-18"
    )
    company.cloud.approve(later, "boss")
    policy = {"approvers": [{"email": "boss@example.com"}, {"email": "lead@example.com"}]}
    company.merged(POINTING.tool(policy=policy))
    waiting = {"approval": {"by": "jira", "ticket": later}, "expires": "2027-02-18"}
    company.merged(POINTING.tool(policy=policy).grant("lead", **waiting))
    assert changes(company.plan()) == ["add lead claude/users"]
    for name, spoil in SPOILT.items():
        company.cloud.spoil = spoil
        made = company.plan()
        assert (changes(made), blocked(made)) == (
            [],
            [("approval-unverified", "claude/users", "lead")],
        ), name
    company.cloud.spoil = None
    assert changes(company.plan()) == ["add lead claude/users"]


@pytest.mark.slow
def test_an_issue_takes_nobody_out_and_brings_nobody_back(company):
    """Files end access, whatever becomes of its issue."""
    company.cloud.approve(company.key)
    company.merged()
    company.plan()
    assert company.run("apply", "plan.json", "--yes").code == 0
    company.cloud.reopen(company.key)
    made = company.plan()
    assert (changes(made), blocked(made)) == ([], [])
    company.cloud.approve(company.key)
    gone = {"at": "2026-11-22", "by": "lead@example.com", "reason": "left the project"}
    pointing = {"approval": {"by": "jira", "ticket": "AI-1"}, "expires": "2027-02-18"}
    company.merged(BASE.grant("new", revoked=gone, **pointing))
    for spoil in (SPOILT["refused"], None):
        company.cloud.spoil = spoil
        assert changes(company.plan()) == ["remove new claude/users"]
    assert company.run("apply", "plan.json", "--yes").code == 0
    made = company.plan()
    assert (changes(made), blocked(made)) == ([], [])
    company.merged(BASE)
    company.merged()
    assert blocked(company.plan()) == WAITS
    assert "was revoked on 2026-11-22" in why(company.plan())[0]


@pytest.mark.slow
def test_in_a_review_the_issue_is_read_and_the_base_says_who_may_approve(company):
    """That is what a merge without anybody's review rests on."""
    git(company.office.folder, "checkout", "-q", "-b", "proposal")
    company.merged()
    waiting = company.plan("--base", "main")
    assert blocked(waiting) == WAITS
    assert why(waiting)[0].endswith("AI-1 is not approved")
    company.cloud.approve(company.key)
    made = company.plan("--base", "main")
    assert changes(made) == [REMOVED, ADDED]
    assert cited(made)["approval"] == "verified"
    boss = {"approvers": [{"email": "boss@example.com"}]}
    own = company.cloud.file(tool={"value": "Claude"}, subject=account_json("new"))
    company.cloud.approve(own, "boss")
    company.merged(BASE.tool(policy=boss).grant("new", approval={"by": "jira", "ticket": own}))
    assert blocked(company.plan("--base", "main")) == WAITS


def test_no_change_alters_the_door_that_its_own_grant_is_read_by(company):
    """Neither the statuses that mean approved, nor whether there is a door at all."""
    git(company.office.folder, "checkout", "-q", "-b", "proposal")
    company.cloud.approve(company.key)
    company.cloud.reopen(company.key, "lead")
    company.merged(POINTING.file("doors/jira.yaml", {**JIRA_FILE, "approved": [OPEN]}))
    made = company.plan("--base", "main")
    assert blocked(made) == WAITS
    assert "was moved out of that status" in why(made)[0]
    assert "doors-altered" in {each["code"] for each in made["warnings"]}
    ran = company.run("validate", "--base", "main")
    assert ran.code == 1
    assert "(`doors/jira.yaml`)" in ran.out + ran.err


def test_a_change_that_brings_the_first_door_has_its_own_grant_read_by_none(tmp_path):
    """It is there to be reviewed first."""
    cloud = JiraCloud()
    doorless = replace(BASE, files=tuple(f for f in BASE.files if f[0] != "doors/jira.yaml"))
    with served(cloud) as url:
        company = Workplace(tmp_path, cloud, url, doorless)
        cloud.approve(company.key)
        git(tmp_path, "checkout", "-q", "-b", "proposal")
        company.merged()
        made = company.plan("--base", "main")
    assert (changes(made), blocked(made)) == ([REMOVED], WAITS)
    assert "before this change there is no doors/jira.yaml" in why(made)[0]
    assert why(made)[1].startswith("have the change of the rules merged first")


def test_a_review_awaits_the_review_it_is_for(company):
    """A grant that points at GitHub is shown as an addition; the merge decides."""
    base = BASE.file("doors/github.yaml", GITHUB_FILE)
    company.merged(base)
    git(company.office.folder, "checkout", "-q", "-b", "proposal")
    company.merged(
        base.grant("new", approval={"by": "github", "requested_by": "asker@example.com"})
    )
    made = company.plan("--base", "main")
    assert changes(made) == [REMOVED, ADDED]
    assert cited(made)["why_claimed"] == "not merged yet; it will need the review of an approver"
    git(company.office.folder, "checkout", "-q", "main")
    git(company.office.folder, "merge", "-q", "proposal")
    assert blocked(company.plan()) == WAITS


@pytest.mark.slow
@pytest.mark.parametrize(
    ("required", "expected"), [("all", []), ("high", [ADDED]), ("none", [ADDED])]
)
def test_a_typed_approval_may_be_borne_out_by_its_issue(company, required, expected):
    """Where the settings ask for it, it has to be."""
    typed = {"ticket": "AI-1", "approved_by": "lead@example.com", "approved_at": "2026-11-20"}
    company.merged(
        BASE.with_settings(approvals={"required": required}).grant(
            "new", approval=typed, expires="2027-02-18"
        )
    )
    assert changes(company.plan()) == [REMOVED, *expected]
    company.cloud.approve(company.key)
    made = company.plan()
    assert changes(made) == [REMOVED, ADDED]
    assert cited(made)["issue"]["url"].endswith("/browse/AI-1")


@pytest.mark.slow
def test_who_was_removed_since_the_issue_was_approved_is_asked_about(company):
    """The issue says when it was approved: what came later objects to it."""
    company.cloud.approve(company.key)
    company.merged()
    company.plan()
    assert company.run("apply", "plan.json", "--yes").code == 0
    with company.office.org() as org:
        assert org.remove_member(group_name(), "new@example.com")
    made = company.plan()
    assert blocked(made) == [("removed-by-someone", "claude/users", "new")]
    assert "after the approval of 2026-11-20T" in made["blocked"][0]["summary"]
    asked = {"approval": {"by": "jira", "ticket": "AI-1"}, "expires": "2027-02-18"}
    company.merged(BASE.grant("new", starts="2026-11-23", **asked))
    made = company.plan("--as-of", "2026-11-23T10:00Z")
    assert blocked(made) == [("removed-by-someone", "claude/users", "new")]


def test_what_was_revoked_is_given_back_by_no_older_approval_of_another_issue(company):
    """Two issues were approved; who revokes what one gave takes what both had."""
    other = company.cloud.file(
        tool={"value": "Claude"}, subject=account_json("new"), expires="2027-02-18"
    )
    for key in (company.key, other):
        company.cloud.approve(key)
    why_so = {"at": "2026-11-20", "by": "boss@example.com", "reason": "misuse"}
    said = {"approval": {"by": "jira", "ticket": other}, "expires": "2027-02-18"}
    company.merged(BASE.grant("new", **said))
    revoked = BASE.grant("new", **said, revoked=why_so)
    company.merged(revoked)
    again = {"approval": {"by": "jira", "ticket": company.key}, "expires": "2027-02-18"}
    company.merged(revoked.grant("new", **again))
    made = company.plan()
    assert blocked(made) == WAITS
    assert "AI-1 was approved before this access was revoked on 2026-11-20" in why(made)[0]
    company.cloud.now += timedelta(days=1)
    company.cloud.reopen(company.key)
    company.cloud.approve(company.key)
    assert changes(company.plan()) == [REMOVED, ADDED]


def test_the_records_name_who_asked_who_approved_and_where(company):
    """Of each write, beside the run that made it."""
    company.cloud.approve(company.key)
    company.merged()
    company.plan()
    ran = company.run("apply", "plan.json", "--yes", "--evidence", "evidence")
    assert ran.code == 0, ran
    begun = [e for e in company.office.journal() if e["event"] == "intent"]
    ((one,),) = [line["approvals"] for line in begun if line["action"] == "add"]
    assert (one["requested_by"], one["approved_by"]) == ("jira:asker", ["lead@example.com"])
    assert (one["source"], one["ticket"]) == ("jira", "AI-1")
    assert one["approved_at"].startswith("2026-11-20T")
    (path,) = (company.office.folder / "evidence").rglob("*.jsonl")
    told = [json.loads(line) for line in path.read_text().splitlines()]
    ended = [e["change"] for e in told if e["event"] in {"write-begun", "line-ended"}]
    for ((grant,),) in ([c["grants"]] for c in ended if c["action"] == "add"):
        assert (grant["asked_by"], grant["approved_by"]) == ("jira:asker", ["lead@example.com"])
        assert grant["issue"]["url"] == one["seen"][0]
        assert grant["issue"]["approvers"] == ["jira:lead"]
        assert grant["approved_at"] == "2026-11-20"
    assert len(ended) == 4


def test_what_was_revoked_is_not_given_again_by_commits_that_hide_it(company):
    """One takes the file away, one grants anew, one restores it: a rebase keeps all three."""
    company.cloud.approve(company.key)
    asked = {"approval": {"by": "jira", "ticket": "AI-1"}, "expires": "2027-02-18"}
    ended = {"at": "2026-11-21", "by": "lead@example.com", "reason": "left"}
    revoked = BASE.grant("new", **asked, revoked=ended)
    (path,) = [path for path, _ in revoked.files if path not in dict(BASE.files)]
    company.merged(revoked)
    company.merged(BASE)
    again = BASE.grant("new", **asked, purpose="Again")
    hidden = replace(again, files=(*again.files[:-1], ("grants/claude/z.yaml", again.files[-1][1])))
    company.merged(hidden)
    company.merged(hidden.file(path, dict(revoked.files)[path]))
    made = company.plan()
    assert (changes(made), blocked(made)) == ([REMOVED], WAITS)
    assert "was revoked on 2026-11-21" in why(made)[0]
