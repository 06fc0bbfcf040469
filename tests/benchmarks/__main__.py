"""`python -m tests.benchmarks`: every benchmark, one table, each figure beside a floor or a peer.

Figures are worth what the machine is: the ratios are taken within one run, and are what to read.
"""

import sys
from importlib import import_module

import click

from tests.benchmarks.table import lines

BENCHMARKS = ("calls", "accounts", "validate", "planning", "pacing", "issues", "startup")


def _chosen(_context, _option, text: str) -> tuple[str, ...]:
    names = tuple(text.split(",")) if text else BENCHMARKS
    if unknown := set(names) - set(BENCHMARKS):
        raise click.BadParameter(f"{', '.join(sorted(unknown))}: none of {', '.join(BENCHMARKS)}")
    return names


@click.command()
@click.option("--only", default="", callback=_chosen, help="Some of them: a,b.")
@click.option("--quick", is_flag=True, help="Small sizes: whether they run, not how fast.")
def main(only: tuple[str, ...], *, quick: bool) -> None:
    """Measure, and print the table."""
    rows = []
    for name in only:
        click.echo(f"{name} ...", err=True)
        rows += import_module(f"tests.benchmarks.{name}").rows(quick=quick)
    click.echo("\n".join(lines(rows)))


if __name__ == "__main__":
    sys.exit(main())
