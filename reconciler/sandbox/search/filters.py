"""What each endpoint may be asked, and whether a stored object is what was asked for."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from reconciler.sandbox.search.expression import (
    Compare,
    Every,
    Expression,
    ExpressionError,
    Not,
    Some,
    parse,
)
from reconciler.sandbox.storage.clock import parsed, precise

_DATES: Final = frozenset(
    {"created", "activated", "statusChanged", "lastUpdated", "lastMembershipUpdated"}
)
_SAME: Final = frozenset({"eq"})
_ORDER: Final = frozenset({"eq", "gt", "ge", "lt", "le"})
_PRESENT: Final = frozenset({"pr"})
_SHORTEST_CONTAINED: Final = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Grammar:
    """The attributes that may be named, each with its operators."""

    operators: Mapping[str, frozenset[str]]
    profile: frozenset[str] = frozenset()
    """Operators of any `profile.` attribute that is not named itself."""
    ignores_case: bool = False
    columns: Mapping[str, str]
    """The attributes that have an index, and its column."""

    def read(self, text: str) -> "Question":
        """The question that the text asks; `ExpressionError` when it may not be asked."""
        tree = self._checked(parse(text))
        return Question(tree=tree, ignores_case=self.ignores_case, columns=self.columns)

    def _checked(self, tree: Expression) -> Expression:
        if isinstance(tree, Every):
            return Every(terms=tuple(self._checked(term) for term in tree.terms))
        if isinstance(tree, Some):
            return Some(terms=tuple(self._checked(term) for term in tree.terms))
        if isinstance(tree, Not):
            raise ExpressionError("not cannot be asked here")
        return self._checked_comparison(tree)

    def _checked_comparison(self, one: Compare) -> Compare:
        fallback = self.profile if one.attribute.startswith("profile.") else frozenset()
        if one.operator not in self.operators.get(one.attribute, fallback):
            raise ExpressionError(f"{one.attribute} {one.operator} cannot be asked here")
        if one.operator == "pr":
            return one
        if one.operator == "co" and len(str(one.value)) < _SHORTEST_CONTAINED:
            raise ExpressionError("co needs three characters")
        if one.attribute in _DATES:
            return Compare(
                attribute=one.attribute, operator=one.operator, value=_date(str(one.value))
            )
        return one


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """A checked expression that can be put to any object."""

    tree: Expression
    ignores_case: bool
    columns: Mapping[str, str]

    def holds(self, thing: Mapping[str, object]) -> bool:
        """Whether the object is one of those asked for."""
        return self._holds(self.tree, thing)

    def keys(self) -> frozenset[tuple[str, str]] | None:
        """Values of indexed attributes, one of which every answer has; None if there are none.

        An `or` of two hundred ids over a hundred thousand users becomes two hundred look-ups.
        """
        return _keys(self.tree, self.columns)

    def is_only_keys(self) -> bool:
        """Whether every row that has one of the keys is an answer, with nothing left to check."""
        return _is_only_keys(self.tree, self.columns if self.ignores_case else {"id": "id"})

    def _holds(self, tree: Expression, thing: Mapping[str, object]) -> bool:
        match tree:
            case Every():
                return all(self._holds(term, thing) for term in tree.terms)
            case Some():
                return any(self._holds(term, thing) for term in tree.terms)
            case Not():
                return not self._holds(tree.term, thing)
            case Compare():
                return any(self._compares(tree, each) for each in _values(tree, thing))

    def _compares(self, one: Compare, value: object) -> bool:
        if one.operator == "pr":
            return value not in (None, "", [])
        if isinstance(value, bool) or isinstance(one.value, bool):
            return one.operator == "eq" and value is one.value
        if isinstance(value, int | float) and isinstance(one.value, int | float):
            return _ordered(one.operator, float(value), float(one.value))
        if not (isinstance(value, str) and isinstance(one.value, str)):
            return False
        if self.ignores_case and one.attribute != "id":
            return _ordered(one.operator, value.lower(), one.value.lower())
        return _ordered(one.operator, value, one.value)


def _values(one: Compare, thing: Mapping[str, object]) -> Iterator[object]:
    value: object = thing
    for part in one.attribute.split("."):
        value = value.get(part) if isinstance(value, Mapping) else None
    if isinstance(value, list):
        yield from value
    else:
        yield value


def _ordered(operator: str, left: str | float, right: str | float) -> bool:
    if isinstance(left, str) and isinstance(right, str):
        words = {"sw": left.startswith(right), "ew": left.endswith(right), "co": right in left}
        if operator in words:
            return words[operator]
        return _sorted(operator, (left > right) - (left < right))
    if isinstance(left, float) and isinstance(right, float):
        return _sorted(operator, (left > right) - (left < right))
    return False


def _sorted(operator: str, order: int) -> bool:
    return {
        "eq": order == 0,
        "ne": order != 0,
        "gt": order > 0,
        "ge": order >= 0,
        "lt": order < 0,
        "le": order <= 0,
    }.get(operator, False)


def _is_only_keys(tree: Expression, columns: Mapping[str, str]) -> bool:
    if isinstance(tree, Some):
        return all(_is_only_keys(term, columns) for term in tree.terms)
    return isinstance(tree, Compare) and tree.operator == "eq" and tree.attribute in columns


def _keys(tree: Expression, columns: Mapping[str, str]) -> frozenset[tuple[str, str]] | None:
    match tree:
        case Compare():
            column = columns.get(tree.attribute)
            if column is None or tree.operator != "eq" or not isinstance(tree.value, str):
                return None
            return frozenset({(column, tree.value if column == "id" else tree.value.lower())})
        case Every():
            parts = [keys for term in tree.terms if (keys := _keys(term, columns)) is not None]
            return min(parts, key=len, default=None)
        case Some():
            found: set[tuple[str, str]] = set()
            for term in tree.terms:
                keys = _keys(term, columns)
                if keys is None:
                    return None
                found |= keys
            return frozenset(found)
        case Not():
            return None


def _date(text: str) -> str:
    try:
        return precise(parsed(text))
    except (ValueError, OverflowError) as error:
        raise ExpressionError(f"{text} is no instant") from error


_USER_COLUMNS: Final = {
    "id": "id",
    "profile.login": "login_lower",
    "profile.email": "email_lower",
}
_GROUP_COLUMNS: Final = {"id": "id", "profile.name": "name_lower"}

USER_FILTER: Final = Grammar(
    operators={
        "id": _SAME,
        "status": _SAME,
        "lastUpdated": _ORDER,
        "profile.login": _SAME,
        "profile.email": _SAME,
        "profile.firstName": _SAME,
        "profile.lastName": _SAME,
    },
    columns=_USER_COLUMNS,
)
"""`filter` on users: few attributes, case matters (Okta: documented)."""

USER_SEARCH: Final = Grammar(
    operators={
        "id": _SAME | _PRESENT,
        "status": _ORDER | _PRESENT,
        "type.id": _SAME | _PRESENT,
        "created": _ORDER | _PRESENT,
        "activated": _ORDER | _PRESENT,
        "statusChanged": _ORDER | _PRESENT,
        "lastUpdated": _ORDER | _PRESENT,
        **dict.fromkeys(
            ("profile.firstName", "profile.lastName", "profile.email", "profile.login"),
            _ORDER | _PRESENT | {"sw", "co"},
        ),
    },
    profile=_ORDER | _PRESENT | {"sw"},
    ignores_case=True,
    columns=_USER_COLUMNS,
)
"""`search` on users: any profile attribute, case does not matter (Okta: OpenAPI).

There is no `ne`, but a status can be less or greater; `co` is for names, email and login only.
"""

GROUP_FILTER: Final = Grammar(
    operators={
        "id": _SAME,
        "type": _SAME,
        "lastUpdated": _ORDER,
        "lastMembershipUpdated": _ORDER,
    },
    columns=_GROUP_COLUMNS,
)
"""`filter` on groups: no names (Okta: issue, okta-sdk-java 593)."""

GROUP_SEARCH: Final = Grammar(
    operators={
        "id": _SAME | {"sw"},
        "type": _SAME | {"sw"},
        "source.id": _SAME,
        "created": _ORDER,
        "lastUpdated": _ORDER,
        "lastMembershipUpdated": _ORDER,
        "profile.name": _ORDER | _PRESENT | {"sw", "co"},
        "profile.description": _ORDER | _PRESENT | {"sw", "co"},
    },
    profile=_ORDER | _PRESENT | {"sw"},
    ignores_case=True,
    columns=_GROUP_COLUMNS,
)
"""`search` on groups (Okta: OpenAPI)."""

MEMBER_SEARCH: Final = Grammar(
    operators=dict.fromkeys(("id", "status", "profile.login", "profile.email"), _SAME),
    ignores_case=True,
    columns=_USER_COLUMNS,
)
"""`search` on members: Okta documents that there is one, not what it takes (assumed)."""

APP_FILTER: Final = Grammar(
    operators=dict.fromkeys(
        (
            *("id", "status", "name", "user.id", "group.id"),
            *("credentials.signing.kid", "settings.slo.enabled"),
        ),
        _SAME,
    ),
    columns={},
)
"""`filter` on apps (Okta: OpenAPI; `user.id` and `group.id` documented)."""
