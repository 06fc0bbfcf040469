"""The endpoints of groups."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Final

import msgspec

from reconciler.sandbox.api_errors import (
    invalid_search,
    malformed_body,
    not_found,
    not_permitted,
    search_and_filter,
    validation_failed,
)
from reconciler.sandbox.changes import groups
from reconciler.sandbox.endpoints import expand
from reconciler.sandbox.ids import new_id
from reconciler.sandbox.request import NO_CONTENT, Answer, Call
from reconciler.sandbox.resources import sparse_fields
from reconciler.sandbox.resources.groups import encode_group, group_body
from reconciler.sandbox.search import group_index, queries
from reconciler.sandbox.search.expression import ExpressionError
from reconciler.sandbox.search.filters import GROUP_FILTER, GROUP_SEARCH, Condition
from reconciler.sandbox.search.paging import Page, parse_page
from reconciler.sandbox.storage.clock import parse_instant, stamp
from reconciler.sandbox.storage.rows import Resource, decode_body
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
    condition = _parse_condition(call)
    if call.query.get("q"):
        asked = parse_page(
            None, call.query.get("limit"), default=_MOST, most=_MOST, list_name="groups"
        )
        found = group_index.search_prefix(
            call.core.database, call.query["q"], asked.limit, condition, _index_instant(call)
        )
        return Answer(body=_encode_list(call, found))
    list_name = f"groups {call.query.get('sortBy')} {call.query.get('sortOrder')}"
    list_name = list_name if _is_sorted(call) else "groups"
    asked = parse_page(
        call.query.get("after"),
        call.query.get("limit"),
        default=_MOST,
        most=_MOST,
        list_name=list_name,
    )
    rows = _select(call, condition, replace(asked, limit=asked.limit + 1))
    shown, links = replace(call, repeated=_repeated_parameters(call)).cut_page(
        rows, asked, list_name
    )
    return Answer(body=_encode_list(call, shown), links=links)


def one_group(call: Call) -> Answer:
    """The group; one that was just made may not be found yet (Okta: issue, terraform 647)."""
    group = group_of_path(call)
    made = parse_instant(str(decode_body(group.body)["created"])).timestamp()
    if call.core.clock.seconds() < made + call.core.options().create_lag:
        raise not_found(group.id, "UserGroup")
    return _answer_with(call, group)


def create_group(call: Call) -> Answer:
    """A new OKTA_GROUP; 200, never 201 (Okta: recorded)."""
    profile = _read_profile(call)
    name = str(profile["name"])
    with call.write() as transaction:
        _check_name_free(call, name, None)
        now, text = stamp(transaction.now), profile["description"]
        group = Group(
            name=name, id=new_id("group"), description=text if isinstance(text, str) else None
        )
        body = msgspec.json.encode(group_body(group, now, now))
        return _answer_with(call, groups.create_group(transaction, group.id, name, body))


def change_group(call: Call) -> Answer:
    """The group with a new profile; only an OKTA_GROUP can have one (Okta: OpenAPI)."""
    with call.write() as transaction:
        group = group_of_path(call)
        profile = _read_profile(call)
        if type_of(group) != "OKTA_GROUP":
            raise not_permitted()
        _check_name_free(call, str(profile["name"]), group.id)
        return _answer_with(call, groups.change_group(transaction, group, profile))


def delete_group(call: Call) -> Answer:
    """The group is gone; a built-in one stays."""
    with call.write() as transaction:
        group = group_of_path(call)
        if type_of(group) == "BUILT_IN":
            raise not_permitted()
        groups.delete_group(transaction, group)
    return NO_CONTENT


def group_of_path(call: Call) -> Resource:
    """The group that the path names."""
    group = queries.group_by_id(call.core.database, call.parameters["group"])
    if group is None:
        raise not_found(call.parameters["group"], "UserGroup")
    return group


def type_of(group: Resource) -> str:
    """OKTA_GROUP, APP_GROUP or BUILT_IN."""
    return str(decode_body(group.body)["type"])


def _answer_with(call: Call, group: Resource) -> Answer:
    return Answer(body=encode_group(group.id, group.body, call.base))


def _select(call: Call, condition: Condition | None, ahead: Page) -> list[Resource]:
    """What `search` finds in the index, `filter` and no question in the groups themselves."""
    database = call.core.database
    if condition is None:
        return queries.list_groups(database, ahead)
    if "search" not in call.query:
        return queries.select_matching(database, "groups", condition, ahead)
    if not _is_sorted(call):
        return group_index.search_groups(database, condition, ahead, _index_instant(call))
    order = call.query.get("sortOrder", "asc")
    found = group_index.search_sorted(
        database, condition, call.query["sortBy"], order, _index_instant(call)
    )
    return group_index.cut_page(found, ahead)


def _is_sorted(call: Call) -> bool:
    """Only a search can be sorted (Okta: OpenAPI)."""
    return bool(call.query.get("sortBy")) and "search" in call.query


def _index_instant(call: Call) -> float | None:
    """The instant at which the index stands; None when it is not behind."""
    lag = max(call.request_info.index_lag, call.core.options().index_lag)
    return call.core.clock.seconds() - lag if lag else None


def _repeated_parameters(call: Call) -> frozenset[str]:
    """Links repeat `expand=stats` (reported)."""
    return frozenset({"expand"}) if "stats" in call.query.get("expand", "") else frozenset()


def _encode_list(call: Call, rows: list[Resource]) -> bytes:
    """The groups, with what `expand` adds and without what `fields` leaves out."""
    items = expand.encode_groups(call, rows)
    if call.query.get("fields"):
        wanted = sparse_fields.parse_fields(call.query["fields"])
        items = [msgspec.json.encode(wanted.select(decode_body(item))) for item in items]
    return b"[%b]" % b",".join(items)


def _parse_condition(call: Call) -> Condition | None:
    search, filtered = call.query.get("search"), call.query.get("filter")
    if search is not None and filtered is not None:
        raise search_and_filter()
    try:
        if search is not None:
            return GROUP_SEARCH.read(search)
        return None if filtered is None else GROUP_FILTER.read(filtered)
    except ExpressionError as error:
        raise invalid_search() from error


def _read_profile(call: Call) -> dict[str, object]:
    """The profile that the body gives, checked; a description left out is null."""
    body = call.json()
    if body.keys() - _KEYS:
        raise malformed_body()
    profile = body.get("profile")
    if not isinstance(profile, Mapping):
        raise validation_failed("profile", "profile: The field cannot be left blank")
    for key in profile:
        if key not in {"name", "description"}:
            raise validation_failed("profile", f"Property name '{key}' is not defined in profile")
    return {
        "name": _check_name(profile.get("name")),
        "description": _check_description(profile.get("description")),
    }


def _check_name(given: object) -> str:
    if not (isinstance(given, str) and given.strip()):
        raise validation_failed("name", "name: The field cannot be left blank")
    if len(given) > _LONGEST_NAME:
        raise validation_failed("name", "name: The field is too long")
    return given


def _check_description(given: object) -> str | None:
    if given is not None and not isinstance(given, str):
        raise validation_failed("description", "description: The field is not a text")
    if len(given or "") > _LONGEST_DESCRIPTION:
        raise validation_failed("description", "description: The field is too long")
    return given


def _check_name_free(call: Call, name: str, own: str | None) -> None:
    """APP_GROUPs do not take names away (Okta: issue, terraform-provider-okta 1794)."""
    sql = "SELECT id FROM groups WHERE name_lower = ? AND type <> 'APP_GROUP'"
    if any(row[0] != own for row in call.core.database.rows(sql, (name.lower(),))):
        raise validation_failed("name", _TAKEN)
