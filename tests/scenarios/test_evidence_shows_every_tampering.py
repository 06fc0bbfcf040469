"""One flipped byte, one line gone, repeated or moved, one file gone: `evidence verify` says where.

And what a killed run leaves is told, carried on from, and is no fault.
"""

import json
import os
import re
import shutil
import signal
from copy import copy
from dataclasses import replace

import pytest

from reconciler.cli.session import connection
from reconciler.evidence.line_format import seal
from reconciler.sandbox import Fault
from tests.support.builders import CANARY, Company, login
from tests.support.harness import Office, until
from tests.unit.evidence.test_signature import PRIVATE, PUBLIC

pytestmark = pytest.mark.slow

COMPANY = Company().tool().bind("kim", "old").granted("kim", "amy", "bob").ended("old")
APPLY = ("--sandbox", "apply", "plan.json", "--yes", "--evidence", "ev")
FOREVER = 3600


def apply(office, *options):
    """A plan, made and applied with evidence."""
    office.plan()
    return office.apply("--evidence", "ev", *options)


def files(office):
    """Every file of evidence, in the order of the runs."""
    found = (office.folder / "ev").rglob("*.jsonl")
    return sorted(found, key=lambda path: json.loads(path.read_text().splitlines()[0])["seq"])


def told(path):
    """What a run's file says, line by line."""
    return [json.loads(line) for line in path.read_text().splitlines()]


def check(office, *options):
    """The exit code and the codes of all faults."""
    ran = office.run("evidence", "verify", "ev", "--format", "json", *options)
    found = json.loads(ran.out)
    faults = [(f["code"], f["line"]) for chain in found["chains"] for f in chain["faults"]]
    assert found["is_whole"] is (ran.code == 0)
    return ran.code, faults


def head(ran):
    """The head that a run printed."""
    (found,) = re.findall(r"^head: ([0-9a-f]{64})$", ran.err, re.MULTILINE)
    return found


@pytest.fixture(scope="module")
def three_runs(tmp_path_factory):
    """A company after three runs: additions and a removal, then one more, then nothing to do."""
    office = Office(tmp_path_factory.mktemp("office"), COMPANY)
    apply(office)
    office.write(COMPANY.granted("kim"))
    with office.org() as org:
        org.add_member("AI Clearance - claude - users", login("old"))
    apply(office)
    apply(office)
    return office


@pytest.fixture
def office(three_runs, tmp_path):
    """The same, to be tampered with."""
    shutil.copytree(three_runs.folder, tmp_path / "copy")
    found = copy(three_runs)
    found.folder = tmp_path / "copy"
    return found


def test_three_runs_are_one_chain_that_is_whole(office):
    """Each names the last line of the one before it."""
    one, two, three = files(office)
    ends = [told(path)[-1]["hash"] for path in (one, two, three)]
    firsts = [told(path)[0] for path in (one, two, three)]
    assert [n["previous"] for n in firsts] == ["0" * 64, *ends[:2]]
    assert [[link["hash"] for link in n["follows"]] for n in firsts] == [[], ends[:1], ends[1:2]]
    assert [n["sandbox"] for n in firsts] == [True, True, True]
    assert check(office, "--expect-head", ends[0], "--expect-head", ends[2]) == (0, [])
    assert f"head: {ends[2]}" in office.run("evidence", "verify", "ev").out


def test_a_change_is_told_with_all_that_justifies_it(office):
    """Who, what, where, by which grant and whose word, and what Okta said and then showed."""
    lines = told(files(office)[0])
    events = [line["event"] for line in lines]
    writes = ["write-answered"] * 3 + ["write-begun"] * 3
    assert sorted(events[2:-4]) == writes
    assert [*events[:2], *events[-4:]] == [
        "run-started",
        "run-prepared",
        *["line-ended"] * 3,
        "run-ended",
    ]
    started, prepared, ended = lines[0], lines[1], lines[-1]
    assert (started["format"], started["mode"]) == ("reconciler.evidence/1", "file")
    assert started["reviewed"]["digest"] == prepared["digest"]
    assert prepared["org"]["domain"] == "acme.okta.com"
    assert prepared["reads"]["calls"] > 0
    assert ended["outcomes"] == {"verified": 3}
    assert (ended["exit_code"], ended["is_complete"]) == (0, True)

    (amy,) = [n for n in lines if n["event"] == "line-ended" and "amy" in json.dumps(n["change"])]
    (grant,) = amy["change"]["grants"]
    assert (amy["outcome"], amy["read_back"]) == ("verified", "shown")
    assert (amy["request_id"] != "", amy["begun_at"] is not None) == (True, True)
    assert (grant["approval"], grant["approved_by"]) == ("claimed", ["lead@example.com"])
    assert (grant["review"], grant["origin"]["line"]) == (None, 1)
    assert (len(grant["hash"]), grant["ticket"].startswith("AI-")) == (64, True)


def altered(data, place):
    """The bytes with one bit of one byte flipped."""
    return data[:place] + bytes([data[place] ^ 1]) + data[place + 1 :]


def test_one_flipped_byte_is_found_in_its_line(office):
    """Wherever it is: in a name, in a hash, in a bracket, in the end of a line."""
    for path in files(office):
        data = path.read_bytes()
        places = {0, 10, len(data) // 2, len(data) - 2, len(data) - 1, data.index(b"\n")}
        for place in places:
            path.write_bytes(altered(data, place))
            code, faults = check(office)
            line = data[:place].count(b"\n") + 1
            assert code == 1
            assert [n for name, n in faults if name == "line-altered"] in ([line], [line + 1])
        path.write_bytes(data)
    assert check(office) == (0, [])


@pytest.mark.parametrize(
    ("expected", "tamper"),
    [
        ([("line-missing", 4)], lambda n: n[:3] + n[4:]),
        ([("line-missing", 3)], lambda n: n[:2] + n[5:]),
        ([("line-missing", 1)], lambda n: n[1:]),
        ([("line-moved", 5)], lambda n: [*n[:3], n[4], n[3], *n[5:]]),
        ([("line-repeated", 5)], lambda n: [*n[:4], n[3], *n[4:]]),
        ([("run-unended", None), ("run-cut", None)], lambda n: n[:-1]),
        ([("file-empty", None), ("run-cut", None)], lambda _: []),
    ],
)
def test_a_line_gone_moved_or_repeated_is_found(expected, tamper, office):
    """In a run that another run follows, the end is as safe as the middle."""
    path = files(office)[0]
    path.write_bytes(b"".join(tamper(path.read_bytes().splitlines(keepends=True))))
    code, faults = check(office)
    assert code == 1
    assert set(expected) <= set(faults)
    assert len(faults) <= len(expected) + 1


@pytest.mark.parametrize("which", [0, 1])
def test_a_run_that_is_missing_is_found_by_the_run_that_follows_it(which, office):
    """The file is gone as a whole."""
    files(office)[which].unlink()
    assert check(office) == (1, [("run-missing", 1)])


def test_only_a_head_that_was_kept_outside_shows_a_missing_end(office):
    """No chain can tell that its last run is gone; whoever kept its head can."""
    last = files(office)[-1]
    kept = told(last)[-1]["hash"]
    last.unlink()
    assert check(office) == (0, [])
    ran = office.run("evidence", "verify", "ev", "--expect-head", kept)
    assert (ran.code, f"head-missing: {kept}" in ran.out) == (1, True)


def test_a_file_under_another_name_or_in_another_place_is_found(office):
    """Its lines say whose it is."""
    path = files(office)[1]
    content = path.read_bytes()
    path.rename(path.with_name("20261122T090000Z-ffffff.jsonl"))
    assert {name for name, _ in check(office)[1]} == {"line-foreign", "run-missing"}
    path.with_name("20261122T090000Z-ffffff.jsonl").rename(path.with_name("notes.jsonl"))
    assert {name for name, _ in check(office)[1]} == {"file-misplaced", "run-missing"}
    path.with_name("notes.jsonl").unlink()
    path.write_bytes(content)
    real = office.folder / "ev" / "okta-prod" / path.parent.name
    real.mkdir(parents=True)
    files(office)[0].rename(real / files(office)[0].name)
    assert ("run-foreign", 1) in check(office)[1]


def test_every_problem_is_told_in_one_run(office):
    """A flipped byte in one file, a missing line in another."""
    one, two, _ = files(office)
    one.write_bytes(altered(one.read_bytes(), 40))
    lines = two.read_bytes().splitlines(keepends=True)
    two.write_bytes(b"".join(lines[:2] + lines[3:]))
    ran = office.run("evidence", "verify", "ev")
    assert ran.code == 1
    assert f"line-altered: {one.relative_to(office.folder / 'ev')}:1" in ran.out
    assert f"line-missing: {two.relative_to(office.folder / 'ev')}:3" in ran.out


def test_runs_at_the_same_time_are_named_until_a_later_run_follows_both(office):
    """Two machines had the same chain, and both ran; their files merge, and it is said."""
    third = files(office)[-1]
    aside = office.folder / third.name
    third.rename(aside)
    apply(office)
    aside.rename(third)
    code, faults = check(office)
    assert (code, [name for name, _ in faults]) == (1, ["chain-forked"])
    ran = office.run("evidence", "verify", "ev")
    assert all(path.name in ran.out for path in files(office)[-2:])

    ran = apply(office)
    assert (ran.code, "chain-forked" in ran.err) == (0, True)
    code, faults = check(office)
    assert (code, [name for name, _ in faults]) == (0, ["chain-forked"])
    assert len(told(files(office)[-1])[0]["follows"]) == 2


def test_an_apply_refuses_a_chain_that_is_not_what_was_written(office):
    """Its limits are counted there; nothing is asked of Okta before it is whole again."""
    path = files(office)[0]
    whole = path.read_bytes()
    path.write_bytes(altered(whole, 200))
    before = len(office.events())
    ran = apply(office)
    assert (ran.code, "evidence-broken" in ran.err, len(files(office))) == (1, True, 3)
    assert "reconciler evidence verify ev" in ran.err
    assert len(office.events()) == before
    path.write_bytes(whole)
    assert apply(office).code == 0


def test_a_folder_without_evidence_is_no_good_evidence(tmp_path):
    """Everything gone must not look whole."""
    office = Office(tmp_path, COMPANY)
    assert office.run("evidence", "verify", "ev").code == 1
    (tmp_path / "ev").mkdir()
    ran = office.run("evidence", "verify", "ev")
    assert (ran.code, "evidence-missing" in ran.err) == (1, True)


def test_a_refusal_before_the_first_write_is_evidence(tmp_path):
    """The plan is stale, the canary is gone: what was asked and why it was refused."""
    company = COMPANY.person("zoe")
    office = Office(tmp_path, company)
    office.plan()
    office.write(company.granted("zoe"))
    stale = office.apply("--evidence", "ev")
    with office.org() as org:
        org.remove_member("Canary", CANARY)
    office.plan()
    unseen = office.apply("--evidence", "ev")
    assert (stale.code, unseen.code) == (3, 3)
    ends = [told(path)[-1] for path in files(office)]
    assert [end["refusal"]["code"] for end in ends] == ["plan-stale", "canary-not-seen"]
    assert [(end["exit_code"], end["is_complete"]) for end in ends] == [(3, False)] * 2
    assert [len(told(path)) for path in files(office)] == [2, 2]
    assert check(office) == (0, [])


def test_a_folder_that_cannot_be_written_refuses_the_apply(tmp_path):
    """Evidence was asked for, so nothing happens without it."""
    office = Office(tmp_path, COMPANY)
    office.plan()
    (tmp_path / "ev").write_text("a file")
    ran = office.apply("--evidence", "ev")
    assert (ran.code, office.events()) == (1, [])
    assert "folder-not-writable" in ran.err or "evidence-unreadable" in ran.err


def test_hostile_names_are_data(tmp_path):
    """A login with a line break and a colour neither breaks a line nor reaches a terminal."""
    evil = 'e"\\u001b[31m\n{"seq":1}@example.com'
    company = COMPANY.bind("kim", "old", authority="authoritative").person(evil)
    office = Office(tmp_path, company)
    with office.org() as org:
        org.add_member("AI Clearance - claude - users", evil)
    assert apply(office).code == 0
    assert check(office) == (0, [])
    logins = {n["change"]["person"]["login"] for n in told(files(office)[0]) if "change" in n}
    assert evil in logins


@pytest.mark.skipif(os.name != "posix", reason="needs POSIX signals")
def test_a_killed_run_is_told_and_the_next_run_follows_it(tmp_path):
    """What it began is there; a line it was writing is recorded as torn; neither is a fault."""
    office = Office(tmp_path, COMPANY)
    office.plan()
    with office.org() as org:
        org.faults.add(Fault(kind="delay", method="DELETE", seconds=FOREVER, times=0))
    process = office.start(*APPLY)
    try:
        until(lambda: [e for e in office.journal() if e["event"] == "intent"][2:], process)
        until(lambda: told_so_far(office).count("write-begun") == 3, process)
    finally:
        process.kill()
        process.communicate()
    assert process.returncode == -signal.SIGKILL
    with office.org() as org:
        org.faults.clear()
    assert check(office) == (0, [("run-unended", None)])
    (killed,) = files(office)
    with killed.open("ab") as file:
        file.write(b'{"seq":9,"previous":"00')
    number = len(told_so_far(office)) + 1
    assert check(office) == (0, [("run-unended", None), ("end-torn", number)])

    ran = apply(office)
    assert (ran.code, "run-unended" in ran.err) == (0, True)
    (link,) = json.loads(files(office)[1].read_text().splitlines()[0])["follows"]
    assert (link["torn"]["size"], len(link["torn"]["sha256"])) == (23, 64)
    assert check(office, "--expect-head", head(ran))[0] == 0

    killed.write_bytes(killed.read_bytes()[:-1] + b"1")
    assert ("line-altered", number) in check(office)[1]


def told_so_far(office):
    """The events of whole lines, while a run goes on."""
    found = b"".join(path.read_bytes() for path in (office.folder / "ev").rglob("*.jsonl"))
    lines = found.splitlines(keepends=True)
    return [json.loads(line)["event"] for line in lines if line.endswith(b"}\n")]


def test_a_folder_without_a_name_is_a_usage_error(tmp_path):
    """An unset variable in a workflow must not switch evidence off."""
    office = Office(tmp_path, COMPANY)
    office.plan()
    ran = office.apply("--evidence", "")
    assert (ran.code, "evidence-unnamed" in ran.err, office.events()) == (64, True, [])


def test_a_chain_that_is_gone_altogether_is_missed(tmp_path):
    """Its connector is still in the catalog; what is left says nothing of it."""
    office = Office(tmp_path, COMPANY)
    apply(office)
    verify = ("--sandbox", "evidence", "verify", "ev", "--every-connector", "--format", "json")
    ran = office.run(*verify)
    assert (ran.code, json.loads(ran.out)["missing_chains"]) == (0, [])
    (folder,) = (tmp_path / "ev").iterdir()
    folder.rename(tmp_path / "ev" / "other.sandbox")
    ran = office.run(*verify)
    assert (ran.code, json.loads(ran.out)["missing_chains"]) == (1, ["okta-prod"])
    shutil.rmtree(tmp_path / "ev" / "other.sandbox")
    ran = office.run(*verify)
    assert (ran.code, json.loads(ran.out)["missing_chains"]) == (1, ["okta-prod"])


def test_a_rehearsal_is_no_chain_of_the_real_org(tmp_path):
    """Without --sandbox the connector has none."""
    office = Office(tmp_path, COMPANY)
    apply(office)
    ran = office.run("evidence", "verify", "ev", "--every-connector")
    assert (ran.code, "chain-missing: okta-prod" in ran.out) == (1, True)


def test_a_rehearsal_reads_no_key(tmp_path):
    """Whatever the operator set."""
    office = Office(tmp_path, COMPANY)
    office.plan()
    setting = {"RECONCILER_EVIDENCE_KEY": '{"env": "NOT_SET"}'}
    ran = office.run(*APPLY, env=setting)
    assert ran.code == 0
    assert not [line for line in told(files(office)[0]) if "signature" in line]


SIGNED = {"RECONCILER_EVIDENCE_KEY": '{"env": "EVIDENCE_KEY"}', "EVIDENCE_KEY": PRIVATE}
SCHEDULED = ("--sandbox", "apply", "--scheduled", "--yes", "--evidence", "ev")


@pytest.fixture
def signing(tmp_path, monkeypatch):
    """An office whose embedded org counts as a real one, and the public key beside it."""
    embedded = connection._reach_embedded  # noqa: SLF001 - the one place that calls an org a rehearsal
    monkeypatch.setattr(
        connection, "_reach_embedded", lambda *each: replace(embedded(*each), is_sandbox=False)
    )
    (tmp_path / "key.pub").write_text(PUBLIC)
    return Office(tmp_path, COMPANY)


def sealed_anew(path, *, is_stripped=False):
    """Whoever may write the folder lets the last line say something else, under hashes that fit."""
    previous, lines = None, path.read_bytes().splitlines(keepends=True)
    first = 0 if is_stripped else len(lines) - 1
    for number in range(first, len(lines)):
        said = json.loads(lines[number])
        kept = {key: value for key, value in said.items() if key not in {"hash", "signature"}}
        kept |= {"outcomes": {}} if number == len(lines) - 1 else {}
        kept |= {"previous": previous} if previous else {}
        lines[number], previous = seal(kept)
    path.write_bytes(b"".join(lines))
    return len(lines)


def test_evidence_that_was_sealed_anew_is_found_by_its_signature(signing):
    """Hashes need no secret; the key lies with the job that applies, and nowhere else."""
    ran = signing.run(*SCHEDULED, env=SIGNED)
    assert (ran.code, PRIVATE.splitlines()[2] in ran.out + ran.err) == (0, False)
    assert check(signing, "--key", "key.pub") == (0, [])
    assert status(signing) == (0, False)

    (path,) = files(signing)
    last = sealed_anew(path)
    assert check(signing) == (0, [])
    assert check(signing, "--key", "key.pub") == (1, [("signature-missing", last)])
    assert status(signing) == (1, True)


def test_no_later_run_signs_for_what_was_sealed_anew(signing):
    """Its signature would vouch for all that lies behind it."""
    signing.run(*SCHEDULED, env=SIGNED)
    (path,) = files(signing)
    last = sealed_anew(path)
    ran = signing.run(*SCHEDULED, env=SIGNED)
    assert (ran.code, "evidence-broken" in ran.err) == (1, True)
    assert check(signing, "--key", "key.pub") == (1, [("signature-missing", last)])


def test_what_was_sealed_anew_shows_behind_later_runs_too(signing):
    """Where the operator took the key away, nothing stops the next run."""
    signing.run(*SCHEDULED, env=SIGNED)
    (path,) = files(signing)
    sealed_anew(path)
    assert signing.run(*SCHEDULED).code == 0
    code, faults = check(signing, "--key", "key.pub")
    assert (code, {name for name, _ in faults}) == (1, {"signature-missing"})
    assert len(faults) == len(files(signing))


def test_a_key_that_is_new_vouches_for_what_was_there_and_says_so(signing):
    """Once nothing of a chain is signed, nobody can tell whether anything was."""
    signing.run(*SCHEDULED)
    ran = signing.run(*SCHEDULED, env=SIGNED)
    assert (ran.code, "what is in ev so far is unsigned" in ran.err) == (0, True)
    ran = signing.run(*SCHEDULED, env=SIGNED)
    assert (ran.code, "unsigned" in ran.err) == (0, False)
    assert check(signing, "--key", "key.pub") == (0, [])


def test_a_key_never_vouches_for_rehearsals_alone(tmp_path):
    """Whoever files a forged chain among them has nothing to sign."""
    office = Office(tmp_path, COMPANY)
    (tmp_path / "key.pub").write_text(PUBLIC)
    apply(office)
    ran = office.run("evidence", "verify", "ev", "--key", "key.pub")
    assert (ran.code, "nothing in ev but rehearsals" in ran.err) == (1, True)


def status(office):
    """The exit code, and whether the evidence is said to be broken."""
    ran = office.run("status", "--evidence", "ev", "--key", "key.pub")
    return ran.code, "evidence-broken" in ran.err
