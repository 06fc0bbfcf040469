"""Reads that run side by side fail as a group; whoever waits for them gets the one reason."""

from reconciler.model.errors import ReconcilerError

__all__ = ["first_of"]


def first_of(several: BaseExceptionGroup[ReconcilerError]) -> ReconcilerError:
    """One reason is enough to stop; the others come from the same cause."""
    error: BaseException = several
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    if not isinstance(error, ReconcilerError):
        raise error
    return error
