"""Long lists of questions, asked a few at a time, and fewer where Okta finds them too long."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import TypeVar

from reconciler.model.errors import ConnectorError
from reconciler.okta.doubt import is_too_much

__all__ = ["fetch_in_chunks"]

_Asked = TypeVar("_Asked")
_Found = TypeVar("_Found")


async def fetch_in_chunks(
    asked: Sequence[_Asked],
    at_once: int,
    fetch: Callable[[Sequence[_Asked]], Awaitable[_Found]],
) -> list[tuple[Sequence[_Asked], _Found | ConnectorError]]:
    """Each part of what was asked with what was found, in order; a failure is a value.

    Parts are asked side by side; one that fails does not stop the others.
    """
    parts = (asked[start : start + at_once] for start in range(0, len(asked), at_once))
    async with asyncio.TaskGroup() as tasks:
        running = [tasks.create_task(_halved(part, fetch)) for part in parts]
    return [found for task in running for found in task.result()]


async def _halved(
    part: Sequence[_Asked], fetch: Callable[[Sequence[_Asked]], Awaitable[_Found]]
) -> list[tuple[Sequence[_Asked], _Found | ConnectorError]]:
    """The part as it is, or its halves where it was refused as too long."""
    try:
        return [(part, await fetch(part))]
    except ConnectorError as error:
        if len(part) == 1 or not is_too_much(error):
            return [(part, error)]
    middle = len(part) // 2
    return [*await _halved(part[:middle], fetch), *await _halved(part[middle:], fetch)]
