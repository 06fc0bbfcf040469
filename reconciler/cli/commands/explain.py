"""`reconciler explain`: what a code means, an example that earns it, and what to do."""

from collections.abc import Sequence
from difflib import get_close_matches

import click
from click.shell_completion import CompletionItem

from reconciler.catalog.examples import judge_example
from reconciler.catalog.rules import RULES
from reconciler.cli.exit_codes import MEANINGS, ExitCode
from reconciler.cli.options import Command, example, form_option, settings
from reconciler.cli.terminal.screen import Screen
from reconciler.model.errors import UsageError
from reconciler.planning.guards.reference import GUARDS
from reconciler.render.explanation import (
    Table,
    explanation_json,
    explanation_lines,
    guard_json,
    guard_lines,
    reference_json,
    reference_page,
    rules_table,
)

__all__ = ["command"]

_MOST_NEAR = 5


def _complete(
    _context: click.Context, _parameter: click.Parameter, incomplete: str
) -> list[CompletionItem]:
    """The codes and guards that begin so, for a shell."""
    words = {code: rule.summary for code, rule in RULES.items()}
    words |= {guard.name: f"guard: {guard.trips}" for guard in GUARDS}
    return [CompletionItem(w, help=said) for w, said in words.items() if w.startswith(incomplete)]


@click.command("explain", cls=Command, epilog=example("reconciler explain grant-window-too-long"))
@click.argument("code", required=False, shell_complete=_complete)
@click.option("--all", "is_all", is_flag=True, help="Print every table, as one page of Markdown.")
@form_option
@click.pass_context
def command(context: click.Context, /, code: str | None, is_all: bool, form: str) -> int:
    """Say what a code means, with an example.

    CODE is what a problem of the catalog's files is called, or a guard of a plan. The example is a
    small catalog that earns it, with the message that it gets. An unknown code exits 64, and names
    those that are spelled like it.
    """
    screen = Screen(no_color=settings(context).no_color)
    if is_all == (code is not None):
        raise UsageError("explain-one-or-all", "name one code, or give --all", "see --help")
    if code is None:
        tables = _tables()
        screen.data(reference_json(tables) + "\n" if form == "json" else reference_page(tables))
    elif code in RULES:
        _explain_rule(screen, code, form)
    else:
        _explain_guard(screen, code, form)
    return ExitCode.OK


def _explain_rule(screen: Screen, code: str, form: str) -> None:
    shown = judge_example(RULES[code])
    if form == "json":
        screen.data(screen.clean(explanation_json(RULES[code], shown)) + "\n")
    else:
        screen.lines(explanation_lines(RULES[code], shown))


def _explain_guard(screen: Screen, name: str, form: str) -> None:
    found = next((guard for guard in GUARDS if guard.name == name), None)
    if found is None:
        near = _near(name, [*RULES, *(guard.name for guard in GUARDS)])
        hint = f"did you mean {' or '.join(near)}? " if near else ""
        raise UsageError(
            "code-unknown",
            f"{name!r} is no code of a file's problem, and no guard",
            f"{hint}`reconciler explain --all` lists every one; what a plan's line or an error "
            "means is said below it",
        )
    if form == "json":
        screen.data(guard_json(found) + "\n")
    else:
        screen.lines(guard_lines(found))


def _near(word: str, known: Sequence[str]) -> list[str]:
    """The codes that hold the word, or else those that are spelled like it."""
    holding = [each for each in known if word and word in each]
    return (holding or get_close_matches(word, known, cutoff=0.5))[:_MOST_NEAR]


def _tables() -> tuple[Table, ...]:
    exits = tuple((str(int(code)), meaning) for code, meaning in MEANINGS.items())
    guards = tuple((guard.name, guard.holds, guard.trips) for guard in GUARDS)
    return (
        rules_table(RULES.values()),
        Table("Guards", "guards", ("guard", "holds", "when"), guards),
        Table("Exit codes", "exit_codes", ("code", "meaning"), exits),
    )
