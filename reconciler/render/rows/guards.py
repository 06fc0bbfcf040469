"""How the verdict of a guard is put into words."""

from reconciler.model.plan import GuardVerdict
from reconciler.render.document import Mark, Row, count
from reconciler.render.rows.citations import group, person

__all__ = ["guard_row"]


def guard_row(verdict: GuardVerdict) -> Row:
    """What a guard found, and the file that would let it pass."""
    where = f" on {group(verdict.group)}" if verdict.group else ""
    if not verdict.is_refused:
        head = f"{verdict.guard}{where} let pass, acknowledged by {verdict.acknowledged_by}"
        return Row(mark=Mark.NOTE, head=head, details=(verdict.figures,))
    people = ", ".join(person(p) for p in verdict.people)
    return Row(
        mark=Mark.HELD,
        head=f"{verdict.guard}{where} holds {count(len(verdict.people), 'person', 'people')}",
        details=(
            verdict.figures,
            people,
            (f"if this is right, have this file reviewed: acknowledgements/{verdict.guard}.yaml"),
        ),
        verbatim=tuple(verdict.acknowledgement.splitlines()),
    )
