"""What may be used once: the ids of assertions and proofs, kept where every process sees them."""

from reconciler.sandbox.clock import Clock


def use(clock: Clock, kind: str, name: str, *, for_s: float) -> bool:
    """Whether this is its first use; it is remembered for so many seconds."""
    now = clock.seconds()
    with clock.database.write() as connection:
        connection.execute("DELETE FROM used WHERE until < ?", (now,))
        changed = connection.execute(
            "INSERT OR IGNORE INTO used VALUES (?, ?)", (f"{kind} {name}", now + for_s)
        )
        return changed.rowcount == 1
