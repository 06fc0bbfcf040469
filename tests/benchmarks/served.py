"""A process of its own: the generated org on a socket, so that its memory is not the planner's."""

import sys

from reconciler.sandbox import Sandbox, serve
from tests.benchmarks.company import Size, world_of

if __name__ == "__main__":
    size = Size(*map(int, sys.argv[1:4]))

    def announce(line: str) -> None:
        """Whoever started this process reads the address and the token."""
        sys.stdout.write(line + "\n")
        sys.stdout.flush()

    with Sandbox.open(None, world=world_of(size), rate_limit="off") as sandbox:
        serve(sandbox, "127.0.0.1", 0, announce)
