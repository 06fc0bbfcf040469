"""A line is sealed by its own hash; damaged bytes are never taken for a line."""

import hashlib
import json

import pytest

from reconciler.evidence.line_format import ORIGIN, is_finished, parse, seal
from reconciler.model.evidence import Link, Torn
from tests.unit.store.test_journal import RUN

HEAD = {
    "seq": 1,
    "previous": ORIGIN,
    "run": RUN,
    "at": "2026-11-22T09:00:00+00:00",
    "event": "write-answered",
}
ANSWER = {"line": 1, "outcome": "failed", "request_id": ""}


def sealed(**more):
    """A whole line's bytes."""
    return seal({**HEAD, **ANSWER, **more})[0]


def parsed(data):
    """The file that holds these bytes."""
    return parse("okta-prod/2026-11/run.jsonl", RUN, data)


def test_a_lines_hash_is_of_all_its_bytes_before_the_hash():
    """Anybody can check it with sed and sha256sum."""
    data, found = seal(HEAD)
    body, _, rest = data.partition(b',"hash":')
    assert rest == f'"{found}"}}\n'.encode()
    assert hashlib.sha256(body).hexdigest() == found == json.loads(data)["hash"]


def test_a_line_is_one_line_of_ascii_whatever_it_says():
    """Line breaks and separators are spelled out."""
    data = sealed(detail="a\nb\u2028\x85 ü")
    assert (data.count(b"\n"), data.isascii()) == (1, True)
    assert parsed(data).records[0].hash == json.loads(data)["hash"]


def test_what_was_sealed_is_read_again():
    """Head and entry; a field that nobody reads does no harm."""
    (record,) = parsed(sealed(detail="x", unknown=[1])).records
    assert (record.seq, record.previous, record.run) == (1, ORIGIN, RUN)
    assert (record.entry.line, record.entry.outcome) == (1, "failed")
    assert record.is_readable


def test_a_checkout_that_ends_every_line_otherwise_changes_no_record():
    """Git on Windows writes CR LF; one line alone that ends so was changed by somebody."""
    data = sealed() + sealed(detail="x")
    assert parsed(data.replace(b"\n", b"\r\n")).records == parsed(data).records
    first, second = parsed(data.replace(b"\n", b"\r\n", 1)).lines
    assert (first.record, second.record is None) == (None, False)


@pytest.mark.parametrize(
    "data",
    [
        b"\n",
        b"{}\n",
        b"\xff\xfe\n",
        b"[" * 100_000 + b"\n",
        sealed().replace(b"failed", b"failee"),
        sealed().replace(b'"hash"', b'"hasg"'),
        sealed()[:-2] + b" }\n",
        seal({"seq": 1})[0],
        seal({**HEAD, "at": "2026-11-22T09:00:00"})[0],
        seal({**HEAD, "seq": "1"})[0],
    ],
)
def test_other_bytes_are_no_record(data):
    """Nor do they raise."""
    found = parsed(data)
    assert (found.records, len(found.lines), found.rest) == ((), 1, b"")


def test_a_line_that_does_not_say_what_its_event_promises_is_unreadable():
    """The bytes are as written, but not by a version this one knows."""
    one = seal({**HEAD, "line": 1})[0]
    other = seal({**HEAD, "event": "run-started", "format": "reconciler.evidence/2"})[0]
    later = seal({**HEAD, "event": "from-a-later-version"})[0]
    assert [r.is_readable for r in parsed(one + other + later).records] == [False, False, True]


def test_the_end_of_a_file_is_its_last_whole_line_and_what_is_torn():
    """The next run names both."""
    assert parsed(b"").end is None
    data = sealed()
    assert parsed(data).end == Link(run=RUN, seq=1, hash=json.loads(data)["hash"])
    torn = Torn(size=3, sha256=hashlib.sha256(b'{"s').hexdigest())
    assert parsed(data + b'{"s').end == Link(
        run=RUN, seq=1, hash=json.loads(data)["hash"], torn=torn
    )


@pytest.mark.parametrize(
    ("expected", "rest"),
    [
        (False, b""),
        (False, b'{"seq":'),
        (False, sealed()[:-1]),
        (False, b"\x00" * 64),
        (True, sealed()[:-1] + b"\x0b"),
        (True, sealed()[:-1] + b"x" + sealed()[:20]),
    ],
)
def test_a_whole_line_and_more_was_not_torn(expected, rest):
    """A kill leaves less than a line, never more."""
    assert is_finished(rest) is expected


def test_a_signature_stands_behind_the_hash_and_is_no_part_of_it():
    """With it or without, it is the same line."""
    plain, found = seal(HEAD)
    data, same = seal(HEAD, lambda text: text[:4] + "==")
    assert (same, data) == (found, plain[:-2] + f',"signature":"{found[:4]}=="}}\n'.encode())
    (record,) = parsed(seal({**HEAD, **ANSWER}, lambda _: "c2ln")[0]).records
    assert record.signature == "c2ln"
    assert parsed(sealed()).records[0].signature == ""


@pytest.mark.parametrize("signature", ["", "ä", "a b", 'a","x":"', "a" * 201])
def test_what_cannot_be_a_signature_spoils_the_line(signature):
    """Nothing but the one field may stand between hash and brace."""
    assert parsed(seal({**HEAD, **ANSWER}, lambda _: signature)[0]).records == ()
