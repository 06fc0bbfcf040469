"""`reconciler`: finds the command, and turns every end into a sentence and an exit code."""

import errno
import os
import sys
from collections.abc import Callable
from contextlib import nullcontext
from importlib import import_module
from typing import Any

import click
from click.shell_completion import CompletionItem

import reconciler
from reconciler.cli.exit_codes import EXIT_CODES_HELP, ExitCode
from reconciler.cli.options import global_options, suggest
from reconciler.cli.secrets import output_filter
from reconciler.cli.terminal.screen import Screen
from reconciler.model.errors import ReconcilerError, StoreError
from reconciler.render.formats.escape import escape

__all__ = ["cli", "run"]

COMMANDS = {
    "init": "Start a repository: a catalog, and the workflows around it.",
    "validate": "Check the catalog's files, without asking Okta.",
    "explain": "Say what a code means, with an example.",
    "plan": "Show what would change in Okta, and why.",
    "show": "Print a saved plan, or the result of an apply.",
    "apply": "Carry out a reviewed plan.",
    "request": "Ask for access to a tool, as one change to review.",
    "renew": "Ask that a person keep access until a later day, as one change to review.",
    "revoke": "Take a tool from a person, as one change to review.",
    "expiring": "List whose access ends soon, and what renews it.",
    "jira": "Propose what is approved in Jira, or check that the door to it works.",
    "user": "Look at one person's Okta account, and change it on call.",
    "offboard": "End all that a person has, as one change to review.",
    "drift": "Show where git and Okta differ.",
    "evidence": "Check that the evidence of past runs is what was written.",
    "status": "Say when each connector last ran well, and what failed since.",
    "connector": "List the connectors, test that one works, or say what it needs.",
    "codeowners": "Write .github/CODEOWNERS from the catalog.",
    "form": "Turn an issue of the form at GitHub into a pull request.",
    "forms": "Write the form with which people ask for access at GitHub.",
    "merge": "Merge a proposal that needs nobody's review.",
    "sandbox": "A local Okta org, kept in a file, to rehearse against.",
    "demo": "Show the whole loop on the sandbox.",
}
"""Each command and the first sentence of its help, so that listing them imports none."""

_FOLDERS = {
    "request": "asking.",
    "renew": "asking.",
    "revoke": "asking.",
    "expiring": "asking.",
    "form": "asking.",
    "jira": "asking.",
    "user": "accounts.",
    "offboard": "accounts.",
    "codeowners": "repository.",
    "forms": "repository.",
    "merge": "repository.",
}
"""Where a command stands that is not directly in `commands`."""

_DISK_FULL = ("disk-full", "there is no room on the disk", "make room, then run it again")
_DISK_ERRORS = {
    errno.ENOSPC: _DISK_FULL,
    errno.EDQUOT: _DISK_FULL,
    errno.EROFS: (
        "disk-read-only",
        "the disk can only be read",
        "run it where it may write, or name another place",
    ),
}
"""What no writer of ours has put into words: the output itself may lead to a full disk."""


class _Main(click.Group):
    """Commands are imported when they are asked for: `--help` and `validate` start fast."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002 - click's signature
        if cmd_name not in COMMANDS:
            return None
        folder = _FOLDERS.get(cmd_name, "")
        module = import_module(f"reconciler.cli.commands.{folder}{cmd_name}")
        command: click.Command = module.command
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """As click's own, which offers only commands that are imported already."""
        suggest(ctx, args[0], COMMANDS)
        return super().resolve_command(ctx, args)

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[CompletionItem]:
        """The commands by name, without importing one; then the options."""
        found = [
            CompletionItem(name, help=sentence)
            for name, sentence in COMMANDS.items()
            if name.startswith(incomplete)
        ]
        return [*found, *click.Command.shell_complete(self, ctx, incomplete)]

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002 - click's signature
        """The commands by their sentences."""
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))

    def main(self, *args: Any, **extra: Any) -> Any:  # noqa: ANN401 - click's own
        """Runs, prints whatever went wrong, and exits with a documented code."""
        standalone = extra.pop("standalone_mode", True)
        extra["standalone_mode"] = False
        # A shell asks for words in bytes; they are names of ours, options and files.
        with (
            nullcontext() if "_RECONCILER_COMPLETE" in os.environ else output_filter.filter_output()
        ):
            code = _run_and_report(lambda: super(_Main, self).main(*args, **extra))
        if standalone:
            sys.exit(code)
        return code


def _run_and_report(call: Callable[[], object]) -> int:
    try:
        code = call()
    except click.ClickException as error:
        _show_click_error(error)
        return ExitCode.USAGE if isinstance(error, click.UsageError) else ExitCode.ERROR
    except Exception as error:  # noqa: BLE001 - the last resort: no traceback ever reaches a user
        return _report_failure(Screen(no_color="--no-color" in sys.argv), error)
    except KeyboardInterrupt:
        click.echo("interrupted", err=True)
        return ExitCode.INTERRUPTED
    return code if isinstance(code, int) else ExitCode.OK


def _show_click_error(error: click.ClickException) -> None:
    """As click would, but what was typed is made harmless: it may come from anywhere."""
    if isinstance(error, click.exceptions.NoArgsIsHelpError):
        error.show()
        return
    usage = error.ctx if isinstance(error, click.UsageError) else None
    if usage is not None:
        click.echo(f"{usage.get_usage()}\nTry '{usage.command_path} --help' for help.\n", err=True)
    for line in error.format_message().splitlines():
        click.echo(f"Error: {escape(output_filter.clean(line))}", err=True)


def _report_failure(screen: Screen, error: Exception) -> int:
    match error:
        case click.Abort():
            screen.talk("interrupted")
            return ExitCode.INTERRUPTED
        case ReconcilerError():
            screen.error(error)
            return error.exit_code
        case BrokenPipeError():
            return _handle_broken_pipe()
        case OSError(errno=number) if number in _DISK_ERRORS:
            screen.error(StoreError(*_DISK_ERRORS[number]))
            return ExitCode.ERROR
        case _:
            return _report_unexpected(screen, error)


def _handle_broken_pipe() -> ExitCode:
    """The reader of our output stopped (`| head`): nothing more can be written."""
    sys.stdout = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115, PTH123 - for the interpreter's last flush
    return ExitCode.ERROR


def _report_unexpected(screen: Screen, error: Exception) -> ExitCode:
    """A fault of ours: named by type and place only, since its text may hold anything."""
    place = error.__traceback__
    while place is not None and place.tb_next is not None:
        place = place.tb_next
    where = f"{place.tb_frame.f_globals.get('__name__')}:{place.tb_lineno}" if place else "?"
    screen.error(
        ReconcilerError(
            "unexpected",
            f"{type(error).__name__} at {where}",
            "this is a fault of reconciler: please report it with the command and this line",
        )
    )
    return ExitCode.ERROR


@click.group(
    cls=_Main,
    params=global_options(),
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog=EXIT_CODES_HELP + "\n\b\nExample:\n  reconciler demo",
)
@click.version_option(reconciler.__version__, prog_name="reconciler")
def cli() -> None:
    """Keep Okta group membership equal to what a git repository says.

    Tools, group bindings and approved grants are YAML files. `validate` checks them, `plan` shows
    what would change in Okta and why, `apply` carries out a plan that was reviewed.
    """


def run() -> None:
    """The console script."""
    cli(prog_name="reconciler")
