"""Without files about accounts nothing is asked that was not asked before; with them, little."""

import json
import shutil
from collections import Counter
from contextlib import chdir
from dataclasses import replace
from pathlib import Path

from click.testing import CliRunner

from reconciler.cli.main import cli
from tests.scenarios.passing_time import approved
from tests.support.builders import NOW, Company, user_id
from tests.support.harness import Rehearsal

EXAMPLE = Path(__file__).parents[2] / "catalog"
AGREED = approved("2026-11-22T08:00Z")
TAKEN = {"state": "suspended", "reason": "left", "approval": AGREED}
KEPT = {"state": "active", "reason": "is back", "approval": AGREED}
ASKED = {"requested_at": "2026-11-22T08:30Z", "reason": "cannot sign in", "approval": AGREED}
TAKING = ("lifecycle/suspend", "sessions")
RESET = "reset_password"
LOCKED = NOW.replace(hour=8)
BASE = (
    Company()
    .tool()
    .bind("kim", "old", *(f"so{n}" for n in range(30)))
    .granted("kim", "amy")
    .ended("old")
)


def requests(folder, company):
    """Everything that one plan asks, in order; and what it says."""
    with Rehearsal(folder, company) as office:
        made = office.plan()
        assert made.blocked_accounts == ()
        return [(e.path, e.query) for e in office.sandbox.requests()], made


def more(folder, company, than):
    """What a plan of the company asks besides, by path."""
    asked, made = requests(folder / "with", company)
    extra = Counter(asked)
    extra.subtract(requests(folder / "without", than)[0])
    assert min(extra.values()) >= 0
    return sorted(path for path, _ in extra.elements()), made


def test_without_files_the_right_to_change_accounts_costs_nothing(tmp_path):
    """As many requests, to the same addresses; the one to the log asks for ended sessions, too."""
    without = requests(tmp_path / "without", BASE)[0]
    allowed = requests(tmp_path / "with", BASE.with_lifecycle())[0]
    assert sorted(path for path, _ in allowed) == sorted(path for path, _ in without)


def test_the_example_company_asks_the_same_without_its_accounts(tmp_path):
    """By the command line, whatever its connector allows."""
    shutil.copytree(EXAMPLE, tmp_path / "catalog")
    shutil.rmtree(tmp_path / "catalog/users", ignore_errors=True)
    (file,) = (tmp_path / "catalog/connectors").glob("*.yaml")
    kept = [n for n in file.read_text().splitlines() if not n.startswith("lifecycle:")]
    counts = []
    for allows in ("lifecycle: false", "lifecycle: true"):
        file.write_text("\n".join([*kept, allows]) + "\n")
        with chdir(tmp_path):
            ran = CliRunner().invoke(cli, ["--sandbox", "plan", "--out", f"{len(counts)}.json"])
        assert ran.exit_code in {0, 4}, ran.output
        made = json.loads((tmp_path / f"{len(counts)}.json").read_text())
        assert made["accounts"] == []
        counts.append(made["reads"])
    assert counts[0] == counts[1]


def test_a_connector_that_changes_no_accounts_asks_nothing_for_another_ones_files(tmp_path):
    """The files are about the other org's accounts."""
    auth = {"method": "ssws", "token": {"env": "OKTA_EU_TOKEN"}}
    other = {"id": "okta-eu", "type": "okta", "name": "Okta EU", "lifecycle": True, "auth": auth}
    both = replace(BASE.with_lifecycle(), has_lifecycle=False).file(
        "connectors/okta-eu.yaml", {**other, "domain": "https://acme-eu.okta.com"}
    )
    told = both.account("old", **TAKEN).account("so1", password_reset=ASKED)
    extra, made = more(tmp_path, told, both)
    assert (extra, made.accounts, made.account_drift) == ([], (), ())


def test_files_that_are_so_already_cost_nothing_for_people_who_are_read_anyway(tmp_path):
    """Thirty members of a group that is listed."""
    base = BASE.with_lifecycle()
    files = base
    for number in range(30):
        files = files.account(f"so{number}", **KEPT)
    extra, made = more(tmp_path, files, base)
    assert (extra, made.accounts) == ([], ())


def test_each_person_who_is_acted_on_costs_their_roles_and_all_of_them_one_look_at_the_log(
    tmp_path,
):
    """Who loses the account costs their apps, too."""
    base = BASE.with_lifecycle().bind("kim", "old", "s1", "s2", "locked", "r1", "r2")
    base = base.person("locked", status="LOCKED_OUT", changed=LOCKED)
    files = base.account("locked", unlock=ASKED)
    for name in ("r1", "r2"):
        files = files.account(name, password_reset=ASKED)
    for name in ("s1", "s2"):
        files = files.account(name, **TAKEN)
    extra, made = more(tmp_path, files, base)
    assert [f"{n.action.value} {n.person.login.partition('@')[0]}" for n in made.accounts] == [
        "suspend s1",
        "clear-sessions s1",
        "suspend s2",
        "clear-sessions s2",
        "unlock locked",
        "reset-password r1",
        "reset-password r2",
    ]
    people = ("s1", "s2", "locked", "r1", "r2")
    assert extra == sorted(
        [
            "/api/v1/logs",
            *(f"/api/v1/users/{user_id(name)}/roles" for name in people),
            *(f"/api/v1/users/{user_id(name)}/appLinks" for name in ("s1", "s2")),
        ]
    )


def test_carrying_out_costs_a_look_before_and_after_each_call_and_one_look_at_the_log(tmp_path):
    """Only the log shows that sessions ended, and it is asked for all of them at once."""
    files = BASE.with_lifecycle().person("locked", status="LOCKED_OUT", changed=LOCKED)
    files = files.account("locked", unlock=ASKED).account("so1", password_reset=ASKED)
    files = files.account("so2", **TAKEN).account("so3", **TAKEN)
    with Rehearsal(tmp_path, files) as office:
        ready = office.prepare(office.plan())
        office.sandbox.requests().clear()
        result = office.carry_out(ready)
        assert {line.outcome.value for line in result.accounts} == {"verified"}
        sent = Counter(e.path for e in office.sandbox.requests() if "/groups/" not in e.path)

    def user(name):
        return f"/api/v1/users/{user_id(name)}"

    expected = Counter({"/api/v1/logs": 1})
    expected.update({user(name): 2 for name in ("locked", "so1", "so2", "so3")})
    expected.update(f"{user(name)}/{end}" for name in ("so2", "so3") for end in TAKING)
    expected.update([f"{user('locked')}/lifecycle/unlock", f"{user('so1')}/lifecycle/{RESET}"])
    assert sent == expected
