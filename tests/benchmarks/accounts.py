"""What files about accounts add to a plan: requests, and processor time.

The floor is the plan of the same company in the same run whose connector changes no accounts. Files
that are so already cost nothing for people who are read anyway, and for others what a look-up by
twenties costs. Of each person who is acted on the admin roles are read, of who loses the account
the apps besides, and the log once. Processor time is that of the plan and of the sandbox behind it.
"""

import asyncio
from dataclasses import replace
from datetime import date
from functools import partial
from math import ceil

from reconciler.model.accounts import AccountDeclaration, AccountRequest, AccountState
from reconciler.model.catalog import Catalog
from reconciler.model.settings import Contact, Settings
from reconciler.model.validity import Approval
from reconciler.sandbox import Sandbox
from tests.benchmarks.company import CONNECTOR, NOW, Size, catalog_of, plan_of, world_of
from tests.benchmarks.table import Row
from tests.benchmarks.timing import medians

__all__ = ["rows"]

_BASE = "https://acme.okta.com"
_LOOKED_UP = 20
_APPROVAL = Approval(
    ticket="HR-7",
    approved_by=("it@acme.example",),
    approved_at=date.fromisoformat("2026-11-19"),
)
_REQUEST = AccountRequest(requested_at=NOW, reason="forgot it", approval=_APPROVAL)


def rows(*, quick: bool):
    """Requests of each kind of files, then what the two that matter take of the processor."""
    size = Size(2, 60, 400) if quick else Size(groups=5, members=400, users=5000)
    files, acting = (40, 4) if quick else (1000, 20)
    world = world_of(size)
    inside = {login for group in world.groups for login in group.members}
    usable = [u.login for u in world.users if u.status == "ACTIVE" and not u.roles]
    read = [login for login in usable if login in inside]
    others = [login for login in usable if login not in inside][:files]
    plain = catalog_of(world)
    kept = _declare(plain, read[:files])
    acted = _declare(plain, read[acting : acting + files], read[:acting])
    with Sandbox.open(None, world=world, rate_limit="off") as sandbox:
        floor = _calls(sandbox, plain)
        yield _row("0 files", _calls(sandbox, _declare(plain, ())), floor)
        yield _row(f"{files:,} files, 0 acting", _calls(sandbox, kept), floor)
        looked_up = floor + ceil(files / _LOOKED_UP)
        unread = _calls(sandbox, _declare(plain, others))
        yield _row(f"{files:,} files of people in no group", unread, floor, looked_up)
        bound = floor + acting + acting // 2 + 1
        calls = _calls(sandbox, acted, lines=acting // 2 * 3)
        yield _row(f"{files + acting:,} files, {acting} acting", calls, floor, bound)
        rivals = {"floor": plain, "kept": kept, "acted": acted}
        spent = medians(
            {name: partial(_plan, sandbox, catalog) for name, catalog in rivals.items()},
            1 if quick else 5,
        )
    yield _cost(f"{files:,} files, 0 acting", spent["kept"], spent["floor"])
    yield _cost(f"{files + acting:,} files, {acting} acting", spent["acted"], spent["floor"])


def _row(name: str, calls: int, floor: int, bound: int | None = None) -> Row:
    most = floor if bound is None else bound
    against = f"floor {floor:,}" + ("" if bound is None else f", bound {bound:,}")
    ratio = f"{calls / most:.2f}"
    return Row(
        f"accounts: {name}: calls", f"{calls:,} calls", against, ratio, "<= 1", calls <= most
    )


def _cost(name: str, seconds: float, floor: float) -> Row:
    measured, against = f"{seconds:.2f} s", f"floor {floor:.2f} s"
    return Row(f"accounts: {name}: CPU", measured, against, f"{seconds / floor:.2f}x")


def _declare(catalog: Catalog, kept, taken=()) -> Catalog:
    """The catalog with files: these keep their account, of those half lose it, half are reset."""
    half = len(taken) // 2
    accounts = [_state(login, AccountState.ACTIVE) for login in kept]
    accounts += [_state(login, AccountState.SUSPENDED) for login in taken[:half]]
    accounts += [
        AccountDeclaration(subject=login, password_reset=_REQUEST) for login in taken[half:]
    ]
    connector = replace(catalog.connectors[CONNECTOR], lifecycle=True)
    return replace(
        catalog,
        connectors={CONNECTOR: connector},
        settings=Settings(admins=(Contact(email="it@acme.example"),)),
        accounts=tuple(accounts),
    )


def _state(login: str, state: AccountState) -> AccountDeclaration:
    return AccountDeclaration(subject=login, state=state, reason="so decided", approval=_APPROVAL)


def _plan(sandbox: Sandbox, catalog: Catalog):
    return asyncio.run(plan_of(catalog, _BASE, sandbox.token(), sandbox.transport()))


def _calls(sandbox: Sandbox, catalog: Catalog, lines: int = 0) -> int:
    """The requests of one plan, which has so many lines about accounts."""
    sandbox.requests().clear()
    plan = _plan(sandbox, catalog)
    if len(plan.accounts) != lines or plan.blocked_accounts:
        raise AssertionError(f"not {lines} lines about accounts: {plan.blocked_accounts[:2]}")
    return len(sandbox.requests())
