"""Okta's filter and search expressions, parsed into a tree.

The language is SCIM's: comparisons joined by `and` and `or`, with parentheses, and `not (...)`,
which only the System Log can be asked (Okta: OpenAPI). Size and depth are bounded, so that no input
can exhaust the parser.
"""

import re
from dataclasses import dataclass
from typing import Final, TypeAlias

_LONGEST: Final = 65_536
_DEEPEST: Final = 40
_OPERATORS: Final = frozenset({"eq", "ne", "sw", "ew", "co", "gt", "ge", "lt", "le", "pr"})
_TOKEN: Final = re.compile(
    r'\s*(?:(?P<paren>[()])|(?P<text>"(?:[^"\\]|\\.)*")|(?P<word>[^\s()"]+))', re.DOTALL
)
_ATTRIBUTE: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_-]*(?:\.[A-Za-z_][A-Za-z0-9_-]*)*")
_NUMBER: Final = re.compile(r"-?[0-9]{1,18}(?:\.[0-9]{1,18})?")
_WORDS: Final = {"true": True, "false": False}

Value: TypeAlias = str | bool | float | None


class ExpressionError(Exception):
    """The text is no expression, or says something that this endpoint cannot be asked."""


class UnknownOperatorError(ExpressionError):
    """The text compares in a way that there is not."""

    def __init__(self, operator: str) -> None:
        super().__init__(f"{operator} is no operator")
        self.operator = operator


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """One attribute against one value; `pr` has none."""

    attribute: str
    operator: str
    value: Value = None


@dataclass(frozen=True, slots=True, kw_only=True)
class And:
    """All terms hold."""

    terms: tuple["Expression", ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Or:
    """At least one term holds."""

    terms: tuple["Expression", ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Not:
    """The term does not hold."""

    term: "Expression"


Expression: TypeAlias = Comparison | And | Or | Not


def parse(text: str) -> Expression:
    """The tree of an expression; `and` binds closer than `or`."""
    if len(text) > _LONGEST:
        raise ExpressionError("the expression is too long")
    parser = _Parser(_tokens(text))
    tree = parser.parse_or(0)
    parser.require_end()
    return tree


def _tokens(text: str) -> list[str]:
    """The text cut into parentheses, words and quoted texts, which keep their first quote."""
    tokens = []
    position = 0
    text = text.rstrip()
    while position < len(text):
        match = _TOKEN.match(text, position)
        if match is None:
            raise ExpressionError("a quote is not closed")
        tokens.append(match["paren"] or match["text"] or match["word"])
        position = match.end()
    return tokens


class _Parser:
    """Descends through the tokens, one method for each level of binding."""

    def __init__(self, tokens: list[str]) -> None:
        self._tokens = tokens
        self._next = 0

    def parse_or(self, depth: int) -> Expression:
        """Terms joined by `or`."""
        terms = [self._parse_and(depth)]
        while self._takes("or"):
            terms.append(self._parse_and(depth))
        return terms[0] if len(terms) == 1 else Or(terms=tuple(terms))

    def require_end(self) -> None:
        """Nothing is left."""
        if self._next < len(self._tokens):
            raise ExpressionError(f"unexpected {self._tokens[self._next]}")

    def _parse_and(self, depth: int) -> Expression:
        terms = [self._parse_term(depth)]
        while self._takes("and"):
            terms.append(self._parse_term(depth))
        return terms[0] if len(terms) == 1 else And(terms=tuple(terms))

    def _parse_term(self, depth: int) -> Expression:
        if self._opens("not"):
            self._take()
            return Not(term=self._parse_term(depth))
        if not self._takes("("):
            return self._parse_comparison()
        if depth >= _DEEPEST:
            raise ExpressionError("the expression is nested too deeply")
        inner = self.parse_or(depth + 1)
        if not self._takes(")"):
            raise ExpressionError("a parenthesis is not closed")
        return inner

    def _parse_comparison(self) -> Comparison:
        attribute = self._take()
        if not _ATTRIBUTE.fullmatch(attribute):
            raise ExpressionError(f"{attribute} is no attribute")
        operator = self._take().lower()
        if operator not in _OPERATORS:
            raise UnknownOperatorError(operator)
        if operator == "pr":
            return Comparison(attribute=attribute, operator=operator)
        return Comparison(attribute=attribute, operator=operator, value=_value(self._take()))

    def _take(self) -> str:
        if self._next == len(self._tokens):
            raise ExpressionError("the expression ends too early")
        token = self._tokens[self._next]
        self._next += 1
        return token

    def _opens(self, word: str) -> bool:
        """Whether the word and a parenthesis come next."""
        ahead = self._tokens[self._next : self._next + 2]
        return [each.lower() for each in ahead] == [word, "("]

    def _takes(self, wanted: str) -> bool:
        if self._next == len(self._tokens) or self._tokens[self._next].lower() != wanted:
            return False
        self._next += 1
        return True


def _value(token: str) -> Value:
    if token.startswith('"'):
        return re.sub(r"\\(.)", r"\1", token[1:-1], flags=re.DOTALL)
    if token in _WORDS:
        return _WORDS[token]
    if _NUMBER.fullmatch(token):
        return float(token)
    raise ExpressionError(f"{token} is no value")
