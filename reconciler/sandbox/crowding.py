"""The event of a request that found no place: `core.concurrency.org.limit.violation`."""

from reconciler.sandbox.call import Visit
from reconciler.sandbox.core import Core
from reconciler.sandbox.events import Author
from reconciler.sandbox.failures import Failure
from reconciler.sandbox.moment import Moment, record


def note_violation(core: Core, visit: Visit) -> None:
    """The System Log says who was turned away; nobody is known without a token."""
    if isinstance(visit.caller, Failure):
        author = Author(id="unknown", login="unknown", name="unknown", request_id=visit.request_id)
    else:
        author = visit.caller.author(visit.request_id, visit.path)
    with core.database.write() as connection:
        moment = Moment(connection=connection, author=author, now=core.clock.now())
        text = "Concurrency limit violation"
        record(moment, "core.concurrency.org.limit.violation", text)
