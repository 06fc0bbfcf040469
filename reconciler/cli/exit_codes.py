"""What the process's exit code says. One beats three, three beats four."""

from enum import IntEnum

__all__ = ["EXIT_CODES_HELP", "MEANINGS", "ExitCode", "combine_exit_codes"]


class ExitCode(IntEnum):
    """Printed at the end of `--help`."""

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

MEANINGS = {
    ExitCode.OK: "done, or clean",
    ExitCode.ERROR: "an error: bad files, a missing file, no at the prompt, Okta unreachable",
    ExitCode.REFUSED: "refused by a guard, a pin or a stale plan",
    ExitCode.PARTIAL: "finished, but some lines are blocked, failed or not run",
    ExitCode.CHANGES: "changes pending (plan --detailed-exitcode), drift, not as reviewed",
    ExitCode.USAGE: "usage error",
    ExitCode.INTERRUPTED: "interrupted",
}

EXIT_CODES_HELP = "\b\nExit codes:\n" + "".join(
    f"  {int(code):<3}  {meaning}\n" for code, meaning in MEANINGS.items()
)


def combine_exit_codes(codes: list[ExitCode]) -> ExitCode:
    """The code that speaks for several connectors."""
    return min(codes, key=_RANK.index, default=ExitCode.OK)
