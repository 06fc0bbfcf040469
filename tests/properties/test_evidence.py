"""No way of tampering with a file that a later run follows, or a byte of any, goes unseen."""

import shutil
import tempfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.evidence.folder import read_chain
from reconciler.evidence.verification import verify
from tests.support.builders import CONNECTOR
from tests.support.chains import write_runs

RUNS = 3
LINES = 6


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    """A chain of three runs: the names and bytes of its files."""
    folder = tmp_path_factory.mktemp("whole")
    paths = write_runs(folder, RUNS)
    found = {path.relative_to(folder).as_posix(): path.read_bytes() for path in paths}
    assert {data.count(b"\n") for data in found.values()} == {LINES}
    assert errors(found) == []
    return found


def errors(files):
    """The faults of a folder with these files."""
    folder = Path(tempfile.mkdtemp())
    try:
        for name, data in files.items():
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)
        return list(verify(read_chain(folder, CONNECTOR, sandbox=False)).errors)
    finally:
        shutil.rmtree(folder)


def changed(whole, which, tamper):
    """The files, where one of them has other lines."""
    name = sorted(whole)[which]
    lines = whole[name].splitlines(keepends=True)
    return whole | {name: b"".join(tamper(lines))}


runs = st.integers(0, RUNS - 1)
followed = st.integers(0, RUNS - 2)
places = st.integers(0, LINES - 1)


@given(st.data())
def test_any_changed_byte_is_found(whole, data):
    """In any line of any run, the very last byte included."""
    name = data.draw(st.sampled_from(sorted(whole)))
    content = whole[name]
    place = data.draw(st.integers(0, len(content) - 1))
    other = data.draw(st.integers(0, 255).filter(lambda n: n != content[place]))
    altered = content[:place] + bytes([other]) + content[place + 1 :]

    found = errors(whole | {name: altered})

    assert any(fault.file == name for fault in found)


@given(followed, places)
def test_any_dropped_line_is_found(whole, which, place):
    """Of a run that another follows; the last run's end needs a head kept outside."""
    assert errors(changed(whole, which, lambda n: n[:place] + n[place + 1 :]))


@given(st.integers(0, LINES - 2))
def test_any_line_dropped_before_the_last_is_found_in_the_last_run_too(whole, place):
    """Its own lines follow each other."""
    assert errors(changed(whole, RUNS - 1, lambda n: n[:place] + n[place + 1 :]))


@given(runs, places, st.integers(0, LINES))
def test_any_repeated_line_is_found(whole, which, place, to):
    """Wherever it is put."""
    assert errors(changed(whole, which, lambda n: [*n[:to], n[place], *n[to:]]))


@given(runs, st.permutations(range(LINES)).filter(lambda p: p != sorted(p)))
def test_any_other_order_is_found(whole, which, order):
    """Swapped neighbours and whole shuffles."""
    assert errors(changed(whole, which, lambda n: [n[place] for place in order]))


@given(runs, runs, places, st.integers(0, LINES))
def test_a_line_of_another_run_is_found(whole, which, source, place, to):
    """A true line in a false place."""
    foreign = whole[sorted(whole)[source]].splitlines(keepends=True)[place]
    assert errors(changed(whole, which, lambda n: [*n[:to], foreign, *n[to:]]))


@given(st.sets(followed, min_size=1))
def test_any_file_gone_is_found(whole, gone):
    """While a run that follows it, or follows one that follows it, is there."""
    names = sorted(whole)
    assert errors({name: whole[name] for place, name in enumerate(names) if place not in gone})


@given(runs, st.integers(1, 400), st.binary(min_size=1, max_size=40))
def test_bytes_added_after_a_run_that_ended_are_found(whole, which, size, more):
    """Whole lines or not."""
    name = sorted(whole)[which]
    assert errors(whole | {name: whole[name] + (more * size)[:size]})
