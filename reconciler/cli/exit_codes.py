"""What the process's exit code says. One beats three, three beats four."""

from enum import IntEnum

__all__ = ["EXIT_CODES_HELP", "ExitCode", "worst"]


class ExitCode(IntEnum):
    """Documented in the README and at the end of `--help`."""

    OK = 0
    ERROR = 1
    REFUSED = 3
    PARTIAL = 4
    CHANGES = 10
    USAGE = 64
    INTERRUPTED = 130


_RANK = (
    ExitCode.INTERRUPTED,
    ExitCode.USAGE,
    ExitCode.ERROR,
    ExitCode.REFUSED,
    ExitCode.CHANGES,
    ExitCode.PARTIAL,
    ExitCode.OK,
)

EXIT_CODES_HELP = """\b
Exit codes:
  0    done, or clean
  1    an error: bad files, a missing file, no at the prompt, Okta unreachable
  3    refused by a guard, a pin or a stale plan
  4    finished, but some lines are blocked, failed or not run
  10   changes pending (plan --detailed-exitcode), drift, not as reviewed
  64   the command was put wrongly
  130  interrupted
"""


def worst(codes: list[ExitCode]) -> ExitCode:
    """The code that speaks for several connectors."""
    return min(codes, key=_RANK.index, default=ExitCode.OK)
