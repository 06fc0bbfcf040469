"""The codes that a change alone can earn (`validate --base`), and what an entry says."""

from collections.abc import Mapping
from dataclasses import dataclass

from reconciler.model.diagnostics import Severity

__all__ = ["CHANGES", "Entry"]


@dataclass(frozen=True, slots=True)
class Entry:
    """What a code means, in a sentence each without a full stop; Markdown's backticks alone."""

    wrong: str
    remedy: str
    severity: Severity = Severity.ERROR


_WARNING = Severity.WARNING

CHANGES: Mapping[str, Entry] = {
    "acknowledgement-too-long": Entry(
        "A change brings an acknowledgement that holds for more than 7 days",
        "Let it end within 7 days; an exception is of the moment",
    ),
    "approval-not-renewed": Entry(
        "A change lets a grant begin earlier or end later under the approval of its former wording",
        "Have it approved again, and write the new ticket and `approved_at`",
    ),
    "base-invalid": Entry(
        "The base has errors itself, so what lies in those files was not compared",
        "Mend the base first, in a change that does nothing else",
        _WARNING,
    ),
    "binding-deleted": Entry(
        "A change deletes a binding, or its `replaces`, and who is left there was not shown",
        "Retire it first; `--plan` or `--evidence` then shows that its group is empty",
    ),
    "binding-moved": Entry(
        "A change gives a binding another group unsaid; a warning if the old was yet to be made",
        "Add `replaces` with the id of the old group",
    ),
    "binding-retired-unbound": Entry(
        "A binding is new and retired, or replaces a group that it did not bind at the base",
        "Bind the group first; a binding ends or moves only what it bound",
    ),
    "change-beyond-mending": Entry(
        "The base has errors, and a change does more than mend the files that have them",
        "Mend them first, in a change of its own",
    ),
    "grant-deleted": Entry(
        "A change deletes a grant that has not been ended for 90 days",
        "Keep the file and end it with `revoked`",
    ),
    "grant-ended-already": Entry(
        "A change brings a grant that has ended, and the base has none for the same access",
        "Nothing: it is a record, and nobody's access ends by it",
        _WARNING,
    ),
    "guard-loosened-with-change": Entry(
        "A change brings an acknowledgement or raises a limit, together with what that may let "
        "pass",
        "Have one of the two merged first, in a change of its own",
    ),
    "identity-changes-grant": Entry(
        "By a change of identities a grant means another account than the one it was approved for",
        "Keep `okta.id`, or have the grant approved anew in the same change",
    ),
    "policy-changed-with-grant": Entry(
        "A grant holds only because of rules, identities or connectors that the same change alters",
        "Have the rules changed first, and the grant in a change of its own",
    ),
    "subjects-too-many": Entry(
        "A change names more than 50 people whom the base does not",
        "Split it",
    ),
}
"""Earned by a change alone: `validate --base`."""
