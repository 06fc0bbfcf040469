"""The endpoints of groups."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Final

import msgspec

from reconciler.sandbox.api_errors import (
    no_such_search,
    not_found,
    not_permitted,
    not_valid,
    not_well_formed,
    two_questions,
)
from reconciler.sandbox.changes import groups
from reconciler.sandbox.changes.transaction import Transaction
from reconciler.sandbox.endpoints import expand
from reconciler.sandbox.ids import new_id
from reconciler.sandbox.request import NO_CONTENT, Answer, Call
from reconciler.sandbox.resources import sparse_fields
from reconciler.sandbox.resources.users_and_groups import decoded, group_body, group_item
from reconciler.sandbox.search import group_index, queries
from reconciler.sandbox.search.expression import ExpressionError
from reconciler.sandbox.search.filters import GROUP_FILTER, GROUP_SEARCH, Question
from reconciler.sandbox.search.paging import Page, page
from reconciler.sandbox.search.queries import Stored
from reconciler.sandbox.storage.clock import parsed, stamp
from reconciler.sandbox.world.model import Group

_MOST: Final = 10_000
_LONGEST_NAME: Final = 255
_LONGEST_DESCRIPTION: Final = 1024
_KEYS: Final = frozenset(
    {
        "id",
        "created",
        "lastUpdated",
        "lastMembershipUpdated",
        "objectClass",
        "type",
        "profile",
        "_links",
        "_embedded",
    }
)
_TAKEN: Final = "name: An object with this field already exists in the current organization"


def list_groups(call: Call) -> Answer:
    """A page of groups; with `q` there are no pages and no Link at all (Okta: recorded)."""
    question = _question(call)
    if call.query.get("q"):
        asked = page(None, call.query.get("limit"), default=_MOST, most=_MOST, of="groups")
        found = group_index.starting(
            call.core.database, call.query["q"], asked.limit, question, _indexed(call)
        )
        return Answer(body=_list(call, found))
    of = f"groups {call.query.get('sortBy')} {call.query.get('sortOrder')}"
    of = of if _is_sorted(call) else "groups"
    asked = page(call.query.get("after"), call.query.get("limit"), default=_MOST, most=_MOST, of=of)
    rows = _rows(call, question, replace(asked, limit=asked.limit + 1))
    shown, links = replace(call, kept=_kept(call)).cut(rows, asked, of)
    return Answer(body=_list(call, shown), links=links)


def one_group(call: Call) -> Answer:
    """The group; one that was just made may not be found yet (Okta: issue, terraform 647)."""
    group = named(call)
    made = parsed(str(decoded(group.body)["created"])).timestamp()
    if call.core.clock.seconds() < made + call.core.options().create_lag:
        raise not_found(group.id, "UserGroup")
    return _answer(call, group)


def create_group(call: Call) -> Answer:
    """A new OKTA_GROUP; 200, never 201 (Okta: recorded)."""
    profile = _profile(call)
    name = str(profile["name"])
    with call.core.database.write() as connection:
        _check_free(call, name, None)
        now = call.core.clock.now()
        text = profile["description"]
        group = Group(
            name=name, id=new_id("group"), description=text if isinstance(text, str) else None
        )
        body = msgspec.json.encode(group_body(group, stamp(now), stamp(now)))
        transaction = Transaction(connection=connection, author=call.author(), now=now)
        return _answer(call, groups.create_group(transaction, group.id, name, body))


def change_group(call: Call) -> Answer:
    """The group with a new profile; only an OKTA_GROUP can have one (Okta: OpenAPI)."""
    with call.core.database.write() as connection:
        group = named(call)
        profile = _profile(call)
        if type_of(group) != "OKTA_GROUP":
            raise not_permitted()
        _check_free(call, str(profile["name"]), group.id)
        now = call.core.clock.now()
        transaction = Transaction(connection=connection, author=call.author(), now=now)
        return _answer(call, groups.change_group(transaction, group, profile))


def delete_group(call: Call) -> Answer:
    """The group is gone; a built-in one stays."""
    with call.core.database.write() as connection:
        group = named(call)
        if type_of(group) == "BUILT_IN":
            raise not_permitted()
        now = call.core.clock.now()
        groups.delete_group(
            Transaction(connection=connection, author=call.author(), now=now), group
        )
    return NO_CONTENT


def named(call: Call) -> Stored:
    """The group that the path names."""
    group = queries.group_by_id(call.core.database, call.parameters["group"])
    if group is None:
        raise not_found(call.parameters["group"], "UserGroup")
    return group


def type_of(group: Stored) -> str:
    """OKTA_GROUP, APP_GROUP or BUILT_IN."""
    return str(decoded(group.body)["type"])


def _answer(call: Call, group: Stored) -> Answer:
    return Answer(body=group_item(group.id, group.body, call.base))


def _rows(call: Call, question: Question | None, ahead: Page) -> list[Stored]:
    """What `search` finds in the index, `filter` and no question in the groups themselves."""
    database = call.core.database
    if question is None:
        return queries.groups_all(database, ahead)
    if "search" not in call.query:
        return queries.asked(database, "groups", question, ahead)
    if not _is_sorted(call):
        return group_index.found(database, question, ahead, _indexed(call))
    order = call.query.get("sortOrder", "asc")
    found = group_index.sorted_by(database, question, call.query["sortBy"], order, _indexed(call))
    return group_index.numbered(found, ahead)


def _is_sorted(call: Call) -> bool:
    """Only a search can be sorted (Okta: OpenAPI)."""
    return bool(call.query.get("sortBy")) and "search" in call.query


def _indexed(call: Call) -> float | None:
    """The instant at which the index stands; None when it is not behind."""
    lag = max(call.visit.index_lag, call.core.options().index_lag)
    return call.core.clock.seconds() - lag if lag else None


def _kept(call: Call) -> frozenset[str]:
    """Links repeat `expand=stats` (reported)."""
    return frozenset({"expand"}) if "stats" in call.query.get("expand", "") else frozenset()


def _list(call: Call, rows: list[Stored]) -> bytes:
    """The groups, with what `expand` adds and without what `fields` leaves out."""
    items = expand.group_list(call, rows)
    if call.query.get("fields"):
        wanted = sparse_fields.parse(call.query["fields"])
        items = [msgspec.json.encode(wanted.of(decoded(item))) for item in items]
    return b"[%b]" % b",".join(items)


def _question(call: Call) -> Question | None:
    search, filtered = call.query.get("search"), call.query.get("filter")
    if search is not None and filtered is not None:
        raise two_questions()
    try:
        if search is not None:
            return GROUP_SEARCH.read(search)
        return None if filtered is None else GROUP_FILTER.read(filtered)
    except ExpressionError as error:
        raise no_such_search() from error


def _profile(call: Call) -> dict[str, object]:
    """The profile that the body gives, checked; a description left out is null."""
    body = call.json()
    if body.keys() - _KEYS:
        raise not_well_formed()
    profile = body.get("profile")
    if not isinstance(profile, Mapping):
        raise not_valid("profile", "profile: The field cannot be left blank")
    for key in profile:
        if key not in {"name", "description"}:
            raise not_valid("profile", f"Property name '{key}' is not defined in profile")
    return {
        "name": _name(profile.get("name")),
        "description": _description(profile.get("description")),
    }


def _name(given: object) -> str:
    if not (isinstance(given, str) and given.strip()):
        raise not_valid("name", "name: The field cannot be left blank")
    if len(given) > _LONGEST_NAME:
        raise not_valid("name", "name: The field is too long")
    return given


def _description(given: object) -> str | None:
    if given is not None and not isinstance(given, str):
        raise not_valid("description", "description: The field is not a text")
    if len(given or "") > _LONGEST_DESCRIPTION:
        raise not_valid("description", "description: The field is too long")
    return given


def _check_free(call: Call, name: str, own: str | None) -> None:
    """APP_GROUPs do not take names away (Okta: issue, terraform-provider-okta 1794)."""
    sql = "SELECT id FROM groups WHERE name_lower = ? AND type <> 'APP_GROUP'"
    if any(row[0] != own for row in call.core.database.rows(sql, (name.lower(),))):
        raise not_valid("name", _TAKEN)
