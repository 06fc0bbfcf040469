"""Bindings that meet in one group."""

from dataclasses import replace

import pytest

from reconciler.model.catalog import Authority, BindGroup, Binding, Catalog, CreateGroup
from reconciler.policy.checks.shared_groups import check_agreement, check_tools

GROUP = BindGroup(id="00g1abcdefGHIJKLM5d7", name="Users")
CLAUDE = Binding(tool="claude", entitlement="users", connector="okta", group=GROUP)
CURSOR = replace(CLAUDE, tool="cursor")


def said(check, *bindings):
    """Code and path of each finding."""
    return [(each.code, each.path) for each in check(Catalog(bindings=bindings))]


def test_two_tools_on_one_group_say_so_on_each_binding():
    """Taking one tool away would take the other with it, so nobody may be surprised."""
    wanted = ("group-shared-unsaid", ("group", "bind", "id"))
    assert [wanted, wanted] == said(check_tools, CLAUDE, CURSOR)
    assert [wanted] == said(check_tools, replace(CLAUDE, shared=True), CURSOR)
    assert said(check_tools, replace(CLAUDE, shared=True), replace(CURSOR, shared=True)) == []


@pytest.mark.parametrize(
    "other",
    [
        replace(CLAUDE, entitlement="admins"),
        replace(CURSOR, connector="lab"),
        replace(CURSOR, group=BindGroup(id="00g2abcdefGHIJKLM5d7", name="Users")),
        replace(CURSOR, group=CreateGroup(name="Users")),
    ],
)
def test_what_is_not_two_tools_on_one_group_need_not_be_said(other):
    """One tool's entitlements, another org's group, another group, a group yet to be made."""
    assert said(check_tools, CLAUDE, other) == []


@pytest.mark.parametrize(
    ("changed", "key"),
    [({"authority": Authority.AUTHORITATIVE}, "authority"), ({"unattended": True}, "unattended")],
)
def test_bindings_of_one_group_keep_it_alike(changed, key):
    """The key that differs is pointed at, in both places; a retired one is out of it."""
    other = replace(CLAUDE, entitlement="admins", **changed)
    assert said(check_agreement, CLAUDE, other) == [("bindings-disagree", (key,))]
    assert said(check_agreement, CLAUDE, replace(other, retired=True)) == []
    assert said(check_agreement, CLAUDE, replace(other, connector="lab")) == []
