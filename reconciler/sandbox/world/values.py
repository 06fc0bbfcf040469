"""The shapes of a world's values, each read with a note of what does not fit."""

import math
from collections.abc import Iterable, Mapping
from datetime import datetime
from difflib import get_close_matches

from reconciler.sandbox.storage.clock import parse_instant

Fields = Mapping[object, object]


class FieldReader:
    """Reads values by shape; what does not fit is noted in `problems` and left out."""

    def __init__(self) -> None:
        self.problems: list[str] = []

    def named(
        self, raw: object, where: str, key: str, known: tuple[str, ...]
    ) -> dict[object, object] | None:
        """A mapping of known keys that has this one; None when it has not."""
        read = self.mapping(raw, where, known)
        if read is not None and not (isinstance(read.get(key), str) and read[key]):
            self.problems.append(f"{where}: {key} is missing")
            return None
        return read

    def mapping(
        self, raw: object, where: str, known: tuple[str, ...]
    ) -> dict[object, object] | None:
        """A mapping without its unknown keys and its empty values; None when it is none."""
        if not isinstance(raw, dict):
            self.problems.append(f"{where}: not a mapping")
            return None
        self.problems += [
            f"{where}: unknown key: {key}{did_you_mean(str(key), known)}"
            for key in raw
            if key not in known
        ]
        return {key: value for key, value in raw.items() if key in known and value is not None}

    def texts(self, read: Fields, where: str) -> dict[str, str]:
        """Those of the values that are text."""
        texts: dict[str, str] = {}
        for key, value in read.items():
            if isinstance(value, str):
                texts[str(key)] = value
            else:
                self.problems.append(f"{where}: {key} is not text")
        return texts

    def names(self, read: Fields, key: str, where: str) -> tuple[str, ...]:
        """A list of texts."""
        raw = read.get(key, [])
        if isinstance(raw, list) and all(isinstance(each, str) for each in raw):
            return tuple(raw)
        self.problems.append(f"{where}: {key} is not a list of texts")
        return ()

    def items(self, read: Fields, key: str, where: str) -> list[object]:
        """A list of anything."""
        raw = read.get(key, [])
        if isinstance(raw, list):
            return raw
        self.problems.append(f"{where}: {key} is not a list")
        return []

    def keys(self, read: Fields, key: str, where: str) -> tuple[dict[str, str], ...]:
        """A list of keys, each a mapping of texts."""
        made = []
        for at, raw in enumerate(self.items(read, key, where)):
            here = f"{where}.{key}[{at}]"
            if isinstance(raw, dict):
                made.append(self.texts(raw, here))
            else:
                self.problems.append(f"{here}: not a mapping")
        return tuple(made)

    def flag(self, read: Fields, key: str, where: str) -> bool:
        """True or false; false when it is left out."""
        value = read.get(key, False)
        if isinstance(value, bool):
            return value
        self.problems.append(f"{where}: {key} is neither true nor false: {value}")
        return False

    def seconds(self, read: Fields, key: str, where: str, default: float = 0.0) -> float:
        """A number of seconds that is not negative."""
        value = read.get(key, default)
        if isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value < math.inf:
            return float(value)
        self.problems.append(f"{where}: {key} is no number of seconds: {value}")
        return 0.0

    def count(self, read: Fields, key: str, where: str, default: int) -> int:
        """A whole number that is not negative."""
        value = read.get(key, default)
        if isinstance(value, int) and not isinstance(value, bool) and value >= 0:
            return value
        self.problems.append(f"{where}: {key} is no whole number: {value}")
        return default

    def instant(self, read: Fields, key: str, where: str) -> datetime | None:
        """An instant, if there is one."""
        value = read.get(key)
        if value is None:
            return None
        try:
            return parse_instant(str(value))
        except ValueError:
            self.problems.append(f"{where}: {key} is no instant: {value}")
            return None


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """The known word that is meant, if one is near."""
    near = get_close_matches(word, sorted(known), n=1)
    return f'; did you mean "{near[0]}"?' if near else ""
