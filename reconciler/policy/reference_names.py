"""What the codes about names of people mean; a part of `reference`."""

from collections.abc import Mapping

__all__ = ["ERRORS", "WARNINGS"]

ERRORS: Mapping[str, tuple[str, str]] = {
    "name-outer-space": (
        "The name of a person begins or ends with white space",
        "Remove it",
    ),
}
WARNINGS: Mapping[str, tuple[str, str]] = {
    "approver-repeated": (
        "An approval names somebody twice, under one or two of their names",
        "Name each approver once; whoever is named twice counts once",
    ),
    "name-invisible-character": (
        "The name of a person holds a character that nobody sees",
        "Write the name as Okta has it",
    ),
    "name-mixed-scripts": (
        "The name of a person mixes letters of two alphabets, one of which may only look right",
        "Write the name as Okta has it",
    ),
}
