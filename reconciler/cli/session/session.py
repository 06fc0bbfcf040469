"""What one command works with: how it was called, the org behind a connector, and its time."""

from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from datetime import datetime

from reconciler.cli.options import Settings
from reconciler.cli.session.connection import Connection, connect, new_run
from reconciler.cli.session.deadline import Deadline
from reconciler.cli.terminal.progress import show_progress
from reconciler.cli.terminal.screen import Screen
from reconciler.connector_checks.oauth_scopes import Purpose
from reconciler.model.catalog import Catalog, Connector
from reconciler.model.ids import RunId
from reconciler.okta.api.reader import OktaReader

__all__ = ["Session", "open_session"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """One connector's org for one command, from its first read to its last line."""

    settings: Settings
    screen: Screen
    connection: Connection
    run: RunId
    deadline: Deadline

    @property
    def connector(self) -> Connector:
        """Whose org is asked."""
        return self.connection.connector

    @property
    def clock(self) -> Callable[[], datetime]:
        """The org's own time."""
        return self.connection.clock

    @asynccontextmanager
    async def reading(self, verb: str = "reading", groups: int = 0) -> AsyncIterator[OktaReader]:
        """Within, the org is read through a sender that cannot write."""
        deadline = self.deadline
        with show_progress(
            f"{verb} {self.connector.id}", self.settings.verbose, groups=groups
        ) as progress:
            async with self.connection.sender(
                self.run, progress, sleep=deadline.sleep, left_s=deadline.left_s
            ) as sender:
                yield self.connection.reader(sender)


@contextmanager
def open_session(
    settings: Settings,
    screen: Screen,
    catalog: Catalog,
    connector: Connector,
    purpose: Purpose = Purpose.PLAN,
    minutes: int | None = None,
) -> Iterator[Session]:
    """The org behind the connector, signed in to for the purpose; the embedded one is closed."""
    with connect(settings, catalog, connector, purpose) as connection:
        clock = connection.clock
        yield Session(
            settings=settings,
            screen=screen,
            connection=connection,
            run=new_run(clock),
            deadline=Deadline(clock=clock, began_at=clock(), minutes=minutes),
        )
