"""How many requests a cold plan sends, against the bound that the design promises.

The bound is one call per 1,000 members of each group, per 200 groups and per 20 people who are in
no group that was read, and 10 more. Of people whom no look-up shows there are none here: each of
the first 100 would be a call more. The bound must hold exactly: calls are counted, not timed. In
the last row every group is exactly full pages: there Okta, and the sandbox with it, may promise a
page more, which then is empty.
"""

import asyncio
from math import ceil

from reconciler.sandbox import Sandbox
from tests.benchmarks.company import Size, catalog_of, plan_of, world_of
from tests.benchmarks.table import Row

__all__ = ["rows"]

_FIXED = 10
_MOST_NEWCOMERS = 200


def rows(*, quick: bool):
    """One row per number of groups."""
    sizes = [(10, 20), (100, 20), (1000, 20), (10, 1000)]
    for groups, members in [(2, 5), (3, 1000)] if quick else sizes:
        yield _row(Size(groups=groups, members=members, users=max(groups * members, 2 * members)))


def _row(size: Size) -> Row:
    world = world_of(size)
    inside = {login for group in world.groups for login in group.members}
    outside = [user.login for user in world.users if user.login not in inside and not user.roles]
    newcomers = outside[:_MOST_NEWCOMERS]
    catalog = catalog_of(world, newcomers)
    with Sandbox.open(None, world=world, rate_limit="off") as sandbox:
        base = "https://acme.okta.com"
        plan = asyncio.run(plan_of(catalog, base, sandbox.token(), sandbox.transport()))
        calls = len(sandbox.requests())
    if len(plan.groups) != size.groups or plan.reads.calls != calls:
        raise AssertionError("the plan is not of the whole company, or calls went uncounted")
    bound = sum(ceil(len(group.members) / 1000) for group in world.groups)
    bound += ceil(size.groups / 200) + ceil(len(newcomers) / 20) + _FIXED
    return Row(
        f"calls: {size.groups:,} groups of {size.members:,}, {len(newcomers)} newcomers",
        f"{calls:,} calls",
        f"bound {bound:,}",
        f"{calls / bound:.2f}",
        "<= 1",
        calls <= bound,
    )
