"""Whatever goes wrong at whichever request, a run ends with the right result or a clear refusal.

The matrix enumerates itself: a run without faults shows the requests, the sandbox the faults. Each
cell is a run of its own, judged by what the org then holds, and a second run once the fault is
over. A part is tried every time (`matrix.is_sampled`), all of it with RECONCILER_FAULTS=all.
"""

import os
from collections import Counter
from contextlib import contextmanager, suppress
from functools import cache

import pytest

from reconciler.connector_checks.check_result import ConnectorTest
from reconciler.model.errors import ReconcilerError
from reconciler.okta.api import lookups, reader
from reconciler.sandbox import KINDS
from reconciler.sandbox.endpoints import groups
from reconciler.sandbox.faults import CREDENTIAL_FAULTS
from tests.support.builders import CANARY
from tests.support.faults.matrix import (
    COMPANY,
    FORMS,
    MADE,
    MODES,
    OBJECTED,
    SMALL_PAGE,
    VARIANTS,
    cells,
    is_sampled,
    named,
    world,
)
from tests.support.faults.oracle import Ideal, done_since, memberships, objections
from tests.support.faults.trial import CREDENTIALS, Trial
from tests.support.memory_journal import MemoryJournal

pytestmark = pytest.mark.slow

IS_ALL = os.environ.get("RECONCILER_FAULTS") == "all"
ONE_IN = {"reviewed": 5, "scheduled": 1}
"""How much of each is tried every time: a reviewed run asks what a scheduled one asks, twice."""
SILENT = {"empty", "missing-role"}
"""What makes the System Log an empty list, which says that nothing happened."""
LOGS = "/api/v1/logs"
CANARY_IN = ("Canary", CANARY)


@pytest.fixture(autouse=True)
def _small(monkeypatch):
    """Members come in pages of five, and groups that are made have ids that are known before."""
    monkeypatch.setattr(reader, "_MEMBERS_LIMIT", SMALL_PAGE)
    monkeypatch.setattr(lookups, "_MEMBERS_LIMIT", SMALL_PAGE)


@pytest.fixture(scope="module")
def catalog(tmp_path_factory):
    """What everybody agreed on."""
    return COMPANY.catalog(tmp_path_factory.mktemp("company"))


@contextmanager
def begun(catalog, credential, monkeypatch):
    """The org, where somebody has just objected to an addition, and how long its log is."""
    numbers = iter(range(100))
    monkeypatch.setattr(groups, "new_id", lambda _: f"{MADE}{next(numbers):013}")
    with Trial(catalog, _world(), credential) as trial:
        trial.org.add_member(*OBJECTED)
        trial.org.remove_member(*OBJECTED)
        yield trial, len(trial.org.log())


@cache
def _world():
    return world()


def run(trial, mode):
    """A plan and its apply, or a scheduled apply; a refusal is a way to end, too."""
    try:
        return trial.apply(trial.plan() if mode == "reviewed" else None)
    except ReconcilerError as error:
        return error


_IDEALS = {}
_ENDS_WELL = set()
"""What earlier cells left behind, and a second run made good: that need not be shown again."""


def ideal(catalog, mode, credential, monkeypatch):
    """What a run without faults does, and the requests it makes."""
    key = (mode, credential)
    if key not in _IDEALS:
        with begun(catalog, credential, monkeypatch) as (trial, outset):
            ended = run(trial, mode)
            did = done_since(trial.org, outset)
            best = Ideal(
                added=frozenset(did["add"]),
                removed=frozenset(did["remove"]),
                end=memberships(trial.org),
                objected=frozenset({OBJECTED}),
            )
            assert not list(objections(trial, outset, best, ended))
            _IDEALS[key] = best, tuple(trial.watch.sent)
    return _IDEALS[key]


def wrong_with(trial, outset, best, mode, cell):
    """All that is wrong with the run that meets the fault, and with the one after it."""
    is_silent = cell.fault.kind in SILENT and cell.request[1] == LOGS
    yield from objections(trial, outset, best, run(trial, mode), is_log_silent=is_silent)
    left = left_behind(trial, outset)
    if memberships(trial.org) == best.end or (mode, trial.credential, left) in _ENDS_WELL:
        return
    trial.renew()
    again = run(trial, mode)
    yield from objections(trial, outset, best, again, is_log_silent=is_silent)
    if isinstance(again, ReconcilerError):
        yield f"the run after it was refused: {again}"
    if strays := (memberships(trial.org) ^ best.end) - best.objected:
        yield f"the run after it ended elsewhere: {sorted(strays)}"
    elif not isinstance(again, ReconcilerError):
        _ENDS_WELL.add((mode, trial.credential, left))


def left_behind(trial, outset):
    """All that a run without faults starts from: who is where, and what the log tells of it."""
    events = sorted((row.event, row.group, row.user) for row in trial.org.log()[outset:])
    told = tuple(each for each in events if each[0].startswith("group."))
    return memberships(trial.org), told


@pytest.mark.parametrize("credential", CREDENTIALS)
@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("form", FORMS, ids=named)
def test_a_run_that_meets_the_fault_ends_well(form, mode, credential, catalog, monkeypatch, tried):
    """At each request, and judged by the org."""
    best, sent = ideal(catalog, mode, credential, monkeypatch)
    wrong, count = [], 0
    for cell in cells(sent, form):
        if not IS_ALL and not is_sampled(cell, form, credential, one_in=ONE_IN[mode]):
            continue
        count += 1
        with begun(catalog, credential, monkeypatch) as (trial, outset):
            trial.org.faults.add(cell.fault)
            wrong += [f"{cell}: {each}" for each in wrong_with(trial, outset, best, mode, cell)]
    tried(f"cells of a {mode} run, as {credential}", count)
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("credential", CREDENTIALS)
@pytest.mark.parametrize("form", FORMS, ids=named)
def test_a_test_of_the_connector_that_meets_the_fault_ends(
    form, credential, catalog, monkeypatch, tried
):
    """With checks, never with an exception; and it changes nothing."""
    with begun(catalog, credential, monkeypatch) as (trial, _):
        assert not trial.probe().has_failed
        sent = tuple(trial.watch.sent)
    count = 0
    for cell in cells(sent, form):
        if not IS_ALL and not is_sampled(cell, form, credential):
            continue
        count += 1
        with begun(catalog, credential, monkeypatch) as (trial, outset):
            trial.org.faults.add(cell.fault)
            found = trial.probe()
            assert isinstance(found, ConnectorTest), cell
            assert found.checks, cell
            explained = (c.summary and (c.hint or c.status.value != "failed") for c in found.checks)
            assert all(explained), cell
            assert not any(done_since(trial.org, outset).values()), cell
    tried(f"cells of a connector's test, as {credential}", count)


@pytest.mark.parametrize("credential", CREDENTIALS)
@pytest.mark.parametrize("form", FORMS, ids=named)
def test_a_write_probe_that_meets_the_fault_leaves_the_canary_a_member(
    form, credential, catalog, monkeypatch, tried
):
    """Wherever Okta takes a write in the end; without the canary no apply runs."""
    with begun(catalog, credential, monkeypatch) as (trial, _):
        assert {check.status.value for check in trial.write_probe()} == {"passed"}
        sent = tuple(trial.watch.sent)
    count = 0
    for cell in cells(sent, form):
        is_never_taken = cell.request[0] == "PUT" and not cell.fault.times
        if is_never_taken or cell.fault.kind in CREDENTIAL_FAULTS:
            continue
        if not IS_ALL and not is_sampled(cell, form, credential):
            continue
        count += 1
        with begun(catalog, credential, monkeypatch) as (trial, _):
            trial.org.faults.add(cell.fault)
            with suppress(ReconcilerError):
                trial.write_probe()
            assert CANARY_IN in memberships(trial.org), cell
    tried(f"cells of a write probe, as {credential}", count)


def test_every_fault_of_the_sandbox_is_tried(catalog, monkeypatch):
    """One that it learns later appears by itself, or this says that it has no request."""
    _, sent = ideal(catalog, "reviewed", "app", monkeypatch)
    assert set(VARIANTS) <= set(KINDS)
    assert {form[0] for form in FORMS if any(cells(sent, form))} == set(KINDS)


def test_the_run_has_all_that_can_go_wrong_in_it(catalog, monkeypatch):
    """Lists of two pages, a creation and what comes after it, additions, removals, the log."""
    _, sent = ideal(catalog, "reviewed", "app", monkeypatch)
    assert {method for method, _ in sent} == {"GET", "POST", "PUT", "DELETE"}
    assert any(MADE in path for _, path in sent)
    assert max(sent.count(each) for each in set(sent)) >= 4
    assert ("GET", LOGS) in sent


def test_each_fault_meets_each_shape_of_request_every_time(catalog, monkeypatch):
    """Of a scheduled run, however the turns fall; and each single request meets many faults."""
    met = Counter()
    for form in FORMS:
        shapes, chosen = set(), set()
        for credential in CREDENTIALS:
            _, sent = ideal(catalog, "scheduled", credential, monkeypatch)
            for cell in cells(sent, form):
                shapes.add(cell.shape)
                met[cell.request, cell.nth] += 0
                if is_sampled(cell, form, credential):
                    chosen.add(cell.shape)
                    met[cell.request, cell.nth] += 1
        assert chosen == shapes, named(form)
    assert min(met.values()) >= 5


@pytest.mark.parametrize(
    ("group", "who", "objection"),
    [("claude", "k1", "a wrong remove"), ("claude", "amy", "a wrong remove")],
)
def test_the_judge_sees_a_wrong_removal(group, who, objection, catalog, monkeypatch):
    """Otherwise no cell would prove anything: also a line that says what is not so is seen."""
    best, _ = ideal(catalog, "reviewed", "token", monkeypatch)
    with begun(catalog, "token", monkeypatch) as (trial, outset):
        ended = run(trial, "reviewed")
        trial.org.remove_member(f"AI Clearance - {group} - users", f"{who}@example.com")
        found = list(objections(trial, outset, best, ended))
    assert any(each.startswith(objection) for each in found)
    assert any("said to be verified, and is not" in each for each in found) is (who == "amy")


def test_the_judge_sees_a_write_that_was_not_announced(catalog, monkeypatch):
    """The journal has to have it before it leaves."""
    best, _ = ideal(catalog, "scheduled", "token", monkeypatch)
    monkeypatch.setattr(MemoryJournal, "record_begun", lambda *_: None)
    with begun(catalog, "token", monkeypatch) as (trial, outset):
        found = list(objections(trial, outset, best, run(trial, "scheduled")))
    assert any("left before its intent" in each for each in found)
    assert any(each.startswith("the evidence has") for each in found)
