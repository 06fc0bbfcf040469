"""How runs link up: one chain, a fork, a join, and what an apply may stand on."""

import json
from datetime import timedelta

import pytest

from reconciler.evidence.folder import read_chain
from reconciler.evidence.line_format import ORIGIN, seal
from reconciler.evidence.signature import PublicKeys, SigningKey
from reconciler.evidence.verification import heads, require_whole, verify
from reconciler.model.errors import StoreError
from tests.support.builders import CONNECTOR, NOW
from tests.support.chains import began, ended, opened, run_name, write_runs
from tests.unit.evidence.test_signature import PRIVATE, PUBLIC, pair

NOBODY = {"run": "20261122T090000Z-000009", "seq": 6, "hash": "a" * 64, "torn": None}


def chain(folder):
    """The connector's chain."""
    return read_chain(folder, CONNECTOR, sandbox=False)


def codes(folder):
    """Code, file's place among the files, line, and whether it is an error."""
    names = [file.path for file in chain(folder).files]
    return [(f.code, names.index(f.file), f.line, f.is_error) for f in verify(chain(folder)).faults]


def forked(folder):
    """Two runs that both began at the end of the same first one."""
    write_runs(folder, 1)
    aside = folder.parent / "aside.jsonl"
    one = opened(folder, NOW + timedelta(hours=1), 1)
    ended(one)
    one.path.rename(aside)
    ended(opened(folder, NOW + timedelta(hours=2), 2))
    aside.rename(one.path)


def resealed(path, number, **more):
    """A line written anew by somebody who knows the form."""
    lines = path.read_bytes().splitlines(keepends=True)
    told = json.loads(lines[number])
    del told["hash"]
    told.pop("signature", None)
    lines[number] = seal(told | more)[0]
    path.write_bytes(b"".join(lines))


def test_an_empty_chain_is_whole_and_has_no_head(tmp_path):
    """The first run of all."""
    assert (verify(chain(tmp_path)).faults, heads(chain(tmp_path))) == ((), ())


def test_the_head_is_the_last_line_of_the_last_run(tmp_path):
    """Whatever the runs are called: links say the order, not names."""
    *_, last = write_runs(tmp_path, 2)
    early = opened(tmp_path, NOW - timedelta(days=400), 9)
    ended(early)
    (head,) = heads(chain(tmp_path))
    assert (head.run, head.hash, codes(tmp_path)) == (early.run, early.head, [])
    assert last.read_bytes().count(b"\n") * 2 + 2 == head.seq


def test_a_fork_is_an_error_until_a_run_follows_both(tmp_path):
    """Named once, by all its files; never a reason to refuse the run that joins it."""
    folder = tmp_path / "ev"
    forked(folder)
    assert codes(folder) == [("chain-forked", 2, 1, True)]
    assert len(heads(chain(folder))) == 2
    assert len(require_whole(verify(chain(folder)), folder)) == 3
    joined = opened(folder, NOW + timedelta(hours=3), 3)
    ended(joined)
    assert codes(folder) == [("chain-forked", 2, 1, False)]
    assert [head.run for head in heads(chain(folder))] == [joined.run]


def test_two_beginnings_are_a_fork(tmp_path):
    """A second first run begins a chain beside the one there is."""
    folder = tmp_path / "ev"
    (first,) = write_runs(folder, 1)
    aside = tmp_path / "aside.jsonl"
    first.rename(aside)
    ended(opened(folder, NOW + timedelta(hours=2), 2))
    aside.rename(first)
    assert codes(folder) == [("chain-forked", 1, 1, True)]


def test_a_run_that_went_on_while_another_followed_it_is_a_fork(tmp_path):
    """It was taken for killed; what it wrote since is no run's past."""
    slow = opened(tmp_path, NOW)
    began(slow)
    ended(opened(tmp_path, NOW + timedelta(minutes=1), 1))
    ended(slow)
    assert codes(tmp_path) == [("chain-forked", 1, 1, True)]
    ended(opened(tmp_path, NOW + timedelta(minutes=2), 2))
    assert codes(tmp_path) == [("chain-forked", 1, 1, False)]


@pytest.mark.parametrize(
    ("expected", "number", "more"),
    [
        ([("link-broken", 1, 1, True), ("line-foreign", 1, 2, True)], 0, {"previous": ORIGIN}),
        ([("link-broken", 1, 1, True), ("line-missing", 1, 2, True)], 0, {"seq": 1}),
        ([("line-foreign", 1, 3, True)], 1, {"detail": "another"}),
        ([("run-foreign", 1, 1, True)], 0, {"connector": "okta-dev"}),
        ([("run-foreign", 1, 1, True)], 0, {"sandbox": True}),
        ([("line-malformed", 1, 1, True)], 0, {"format": "reconciler.evidence/9"}),
        ([("line-foreign", 1, 3, True)], 2, {"run": "20261122T090000Z-000009"}),
        ([("run-missing", 1, 1, True)], 0, {"follows": [NOBODY]}),
        ([("run-cut", 0, None, True)], 0, {"follows": [NOBODY | {"run": run_name(NOW)}]}),
    ],
)
def test_a_line_that_was_sealed_anew_is_found(expected, number, more, tmp_path):
    """Who knows the form still has to forge every line after it."""
    _, second, _ = write_runs(tmp_path, 3)
    resealed(second, number, **more)
    assert set(expected) <= set(codes(tmp_path))


def test_torn_bytes_that_changed_since_the_next_run_named_them_are_found(tmp_path):
    """Gone, changed, or come."""
    killed = opened(tmp_path)
    began(killed)
    with killed.path.open("ab") as file:
        file.write(b'{"seq":3')
    ended(opened(tmp_path, NOW + timedelta(hours=1), 1))
    assert [c for c in codes(tmp_path) if c[3]] == []
    torn = killed.path.read_bytes()
    for data in (torn[:-1], torn[:-8], torn + b"x", torn[:-1] + b"4"):
        killed.path.write_bytes(data)
        assert ("line-altered", 0, 3, True) in codes(tmp_path)


def test_broken_evidence_names_the_first_faults_and_what_to_do(tmp_path):
    """Not all of them: that is what verify is for."""
    paths = write_runs(tmp_path, 5)
    for path in paths:
        path.write_bytes(path.read_bytes().replace(b"verified", b"verifiee"))
    with pytest.raises(StoreError) as caught:
        require_whole(verify(chain(tmp_path)), "ev")
    error = caught.value
    assert (error.code, error.message.count("line-altered")) == ("evidence-broken", 3)
    assert error.message.endswith("; and 7 more")
    assert "reconciler evidence verify ev" in error.hint


KEY, OTHER_KEY = SigningKey(PRIVATE), SigningKey(pair()[0])
VOUCH = PublicKeys([PUBLIC]).vouch


def signed(folder, vouch=VOUCH):
    """The faults of signatures: code, file's place among the files, and line."""
    names = [file.path for file in chain(folder).files]
    return [
        (f.code, names.index(f.file), f.line)
        for f in verify(chain(folder), vouch).faults
        if f.code.startswith("signature")
    ]


def test_a_chain_is_signed_when_its_end_is(tmp_path):
    """What was written before there was a key is vouched for by what follows it."""
    write_runs(tmp_path, 2)
    assert signed(tmp_path) == [("signature-missing", 1, 6)]
    write_runs(tmp_path, 1, first=2, sign=KEY.sign)
    assert (signed(tmp_path), verify(chain(tmp_path), VOUCH).errors) == ([], ())


def test_lines_that_are_added_or_sealed_anew_by_another_are_found(tmp_path):
    """Whoever may write the folder can seal a line as well as we can, and cannot sign it."""
    *_, last = write_runs(tmp_path, 2, sign=KEY.sign)
    resealed(last, -1, exit_code=0)
    assert verify(chain(tmp_path)).errors == ()
    assert signed(tmp_path) == [("signature-missing", 1, 6)]


def test_a_run_that_was_slipped_in_is_found(tmp_path):
    """Beside the chain or behind it."""
    write_runs(tmp_path, 2, sign=KEY.sign)
    write_runs(tmp_path, 1, first=2)
    assert signed(tmp_path) == [("signature-missing", 2, 1)]
    write_runs(tmp_path, 1, first=3, sign=KEY.sign)
    assert signed(tmp_path) == [("signature-missing", 2, 1)]


def test_a_signature_by_another_key_is_no_signature(tmp_path):
    """Also one that stands where none is needed."""
    write_runs(tmp_path, 1, sign=OTHER_KEY.sign)
    write_runs(tmp_path, 1, first=1, sign=KEY.sign)
    assert signed(tmp_path) == [("signature-wrong", 0, number) for number in range(1, 7)]


def test_each_head_of_a_fork_has_to_be_signed(tmp_path):
    """A fork is how a run could be slipped in."""
    write_runs(tmp_path, 1, sign=KEY.sign)
    aside = tmp_path.parent / "aside.jsonl"
    one = opened(tmp_path, NOW + timedelta(hours=1), 1)
    ended(one)
    one.path.rename(aside)
    ended(opened(tmp_path, NOW + timedelta(hours=2), 2, sign=KEY.sign))
    aside.rename(one.path)
    assert signed(tmp_path) == [("signature-missing", 1, 1)]


def test_rehearsals_are_never_signed(tmp_path):
    """They resolve no secret, and count for no real org."""
    write_runs(tmp_path, 1, sandbox=True)
    rehearsed = read_chain(tmp_path, CONNECTOR, sandbox=True)
    assert verify(rehearsed, VOUCH).faults == ()
