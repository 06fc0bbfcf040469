"""What the written workflows may install: one commit, or one wheel.

A version in an index is neither: who registers the name there could give it to everybody.
"""

import re

from reconciler.model.catalog import UNFILLED
from reconciler.model.diagnostics import Diagnostic, Example, Rule, Span
from reconciler.policy.checks.placeholders import PLACEHOLDER_UNFILLED

__all__ = [
    "DISTRIBUTION",
    "PIN_FILE",
    "RULES",
    "UNKNOWN",
    "is_wheel_name",
    "judge_pin_file",
    "requirement",
]

DISTRIBUTION = "okta-grants-reconciler"
PIN_FILE = ".github/reconciler.txt"
UNKNOWN = f"{DISTRIBUTION} @ git+https://REPLACE.invalid/OWNER/REPOSITORY@REPLACE-with-a-commit"
"""Where nobody said where from: no host has this name, and no commit."""

TOOL_UNPINNED = Rule(
    code="tool-unpinned",
    summary="The tool to install is not fixed",
    remedy="Name one commit or one wheel",
    example=Example(words=f"`{DISTRIBUTION}==0.1.0` in `{PIN_FILE}`, beside the catalog"),
)
RULES = (TOOL_UNPINNED,)

_PLACE = r"https://[A-Za-z0-9.-]+(?::[0-9]+)?(?:/[A-Za-z0-9._~+-]+)+"
_WHEEL = r"okta_grants_reconciler-[A-Za-z0-9._+-]+\.whl"
_SOURCE = re.compile(rf"git\+{_PLACE}@[0-9a-f]{{40}}|{_PLACE}/{_WHEEL}#sha256=[0-9a-f]{{64}}")
_OF_THE_REPOSITORY = re.compile(rf"\./\.github/{_WHEEL}")
_HINT = (
    "write `git+https://HOST/OWNER/REPOSITORY@` and the 40 digits of a commit after "
    f"`{DISTRIBUTION} @ `, or the URL of a wheel with `#sha256=` and its hash"
)


def requirement(source: str) -> str | None:
    """The line that installs the tool from there, and nothing else; None where it is not fixed."""
    return f"{DISTRIBUTION} @ {source}" if _SOURCE.fullmatch(source) else None


def is_wheel_name(name: str) -> bool:
    """Whether a file of this name may be a wheel of the tool."""
    return re.fullmatch(_WHEEL, name) is not None


def judge_pin_file(text: str, shown: str) -> tuple[Diagnostic, ...]:
    """What is wrong with the file that says which tool every workflow installs."""
    lines = [(n, line.strip()) for n, line in enumerate(text.splitlines(), 1)]
    said = [(n, line) for n, line in lines if line and not line.startswith("#")]
    loose = [(n, line) for n, line in said if not _is_fixed(line)]
    if not said:
        return (_report(TOOL_UNPINNED, shown, 1, "no tool is named"),)
    if not loose:
        extra = said[1:2]
        return tuple(_report(TOOL_UNPINNED, shown, n, "a second tool is named") for n, _ in extra)
    number, line = loose[0]
    if any(word in line for word in UNFILLED):
        what = "the tool's source is to be replaced"
        return (_report(PLACEHOLDER_UNFILLED, shown, number, what),)
    what = "what is installed is neither one commit nor one wheel"
    return (_report(TOOL_UNPINNED, shown, number, what),)


def _is_fixed(line: str) -> bool:
    source = line.removeprefix(f"{DISTRIBUTION} @ ")
    is_named = source != line and _SOURCE.fullmatch(source) is not None
    return is_named or _OF_THE_REPOSITORY.fullmatch(line) is not None


def _report(rule: Rule, shown: str, line: int, summary: str) -> Diagnostic:
    return Diagnostic.at(Span(shown, line), rule, summary, _HINT)
