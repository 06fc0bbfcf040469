"""Options that every command takes, before its name or after it, and what they come to."""

import os
import re
import shlex
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click
from click.core import ParameterSource

from reconciler.model.errors import ReconcilerError, UsageError
from reconciler.okta.rate_limits.budget import DEFAULT_SHARE
from reconciler.policy.quoting import nearest

__all__ = [
    "Command",
    "CommandGroup",
    "Settings",
    "example",
    "form_option",
    "global_options",
    "settings",
    "suggest",
]

_META = "reconciler.options"
_SHARE_VARIABLE = "RECONCILER_RATE_SHARE"
_WHOLE = 100
_CATALOG = Path("catalog")
_ASKS_OKTA = re.compile(r"`reconciler (?=(?:plan|apply|drift|status|connector|user|offboard)\b)")
"""The commands of a hint that ask an org; which one, the options of this run say."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """The global options of one invocation."""

    catalog: Path
    sandbox: bool
    sandbox_file: Path | None
    endpoints: tuple[str, ...]
    verbose: int
    no_color: bool
    rate_share: int = DEFAULT_SHARE
    """Percent of each of Okta's rate limits that may be used."""

    @property
    def run_folder(self) -> Path:
        """Where run files live: beside the catalog."""
        return self.catalog.absolute().parent / ".reconciler"

    @property
    def database(self) -> Path:
        """The file of the embedded org."""
        return self.sandbox_file or self.run_folder / "sandbox.db"

    def command(self, words: str) -> str:
        """A command to type next, which keeps to this run's catalog and org."""
        kept = [] if self.catalog == _CATALOG else ["--catalog", str(self.catalog)]
        if self.sandbox_file is not None:
            kept += ["--sandbox-file", str(self.sandbox_file)]
        elif self.sandbox:
            kept += ["--sandbox"]
        kept += [word for endpoint in self.endpoints for word in ("--endpoint", endpoint)]
        return f"reconciler {f'{shlex.join(kept)} ' if kept else ''}{words}"

    def complete_commands(self, hint: str) -> str:
        """The hint, each of its commands that asks an org as `command` has it."""
        return _ASKS_OKTA.sub(lambda _: f"`{self.command('')}", hint)


def _collect(context: click.Context, parameter: click.Parameter, value: Any) -> None:  # noqa: ANN401 - click's own callback shape
    """The value given nearest the command wins; repeatable ones add up."""
    found = context.find_root().meta.setdefault(_META, {})
    name = parameter.name or ""
    is_given = context.get_parameter_source(name) is ParameterSource.COMMANDLINE
    if not is_given:
        found.setdefault(name, value)
    elif isinstance(parameter, click.Option) and parameter.multiple:
        found[name] = (*found.get(name, ()), *value)
    elif isinstance(parameter, click.Option) and parameter.count:
        found[name] = found.get(name, 0) + value
    else:
        found[name] = value


def _option(*declarations: str, **attributes: Any) -> click.Option:  # noqa: ANN401 - passed through to click
    return click.Option(declarations, expose_value=False, callback=_collect, **attributes)


def global_options() -> list[click.Parameter]:
    """A fresh set, for one command."""
    return [
        _option(
            "--catalog",
            metavar="DIR",
            type=click.Path(),
            default=str(_CATALOG),
            help="The folder of YAML files.  [default: catalog]",
        ),
        _option(
            "--sandbox",
            is_flag=True,
            help="Let the embedded Okta org answer for every connector; no secret is read.",
        ),
        _option("--sandbox-file", metavar="FILE", help="Keep the embedded org in this file."),
        _option(
            "--endpoint",
            metavar="ID=URL",
            multiple=True,
            help="Let a server on a loopback address answer for connector ID; its token comes "
            "from RECONCILER_ENDPOINT_TOKEN.",
        ),
        _option(
            "--rate-share",
            metavar="PERCENT",
            help="How much of each of Okta's rate limits may be used; the variable "
            f"{_SHARE_VARIABLE} says it too.  [default: {DEFAULT_SHARE}]",
        ),
        _option("-v", "--verbose", count=True, help="Say more on stderr."),
        _option("--no-color", is_flag=True, help="No colour, whatever the terminal."),
    ]


form_option = click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json"]),
    default="text",
    help="How to print it.",
)
"""The option of every command that prints text or JSON, and nothing else."""


class Command(click.Command):
    """A command with the global options after its own, and an example at the end of its help."""

    def __init__(self, *args: Any, **attributes: Any) -> None:  # noqa: ANN401 - click's own
        super().__init__(*args, **attributes)
        self.params = [*self.params, *global_options()]

    def invoke(self, ctx: click.Context) -> Any:  # noqa: ANN401 - click's own
        """An error names commands with the options of this run, whichever floor it comes from."""
        try:
            return super().invoke(ctx)
        except ReconcilerError as error:
            if _META in ctx.find_root().meta:
                error.hint = settings(ctx).complete_commands(error.hint)
            raise


def settings(context: click.Context) -> Settings:
    """The global options as they came out."""
    found = context.find_root().meta.get(_META, {})
    file = found.get("sandbox_file")
    return Settings(
        catalog=Path(found["catalog"]),
        sandbox=bool(found["sandbox"]) or file is not None,
        sandbox_file=Path(file) if file else None,
        endpoints=tuple(found.get("endpoint") or ()),
        verbose=int(found.get("verbose") or 0),
        no_color=bool(found["no_color"]),
        rate_share=_share(found.get("rate_share")),
    )


def _share(option: str | None) -> int:
    """The option counts before the variable, and the variable before the default."""
    text = option or os.environ.get(_SHARE_VARIABLE) or str(DEFAULT_SHARE)
    share = int(text) if text.isascii() and text.isdigit() and len(text) <= len("100") else 0
    if not 1 <= share <= _WHOLE:
        raise UsageError(
            "rate-share-invalid",
            f"{text!r} is no share of a rate limit",
            f"--rate-share, or {_SHARE_VARIABLE}, takes whole percent, 1 to {_WHOLE}",
        )
    return share


def example(command: str) -> str:
    """An epilog in the one form that a test finds and runs."""
    return f"\b\nExample:\n  {command}"


def suggest(context: click.Context, name: str, known: Collection[str]) -> None:
    """An unknown command is a usage error that names the one that was probably meant."""
    near = None if name in known or context.resilient_parsing else nearest(name, known)
    if near is not None:
        raise click.UsageError(f"No such command {name!r}. Did you mean {near!r}?", context)


class CommandGroup(click.Group):
    """A group whose commands take the global options too."""

    command_class = Command

    def __init__(self, *args: Any, **attributes: Any) -> None:  # noqa: ANN401 - click's own
        super().__init__(*args, **attributes)
        self.params = [*self.params, *global_options()]

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """As click's own; older ones name no command that was meant."""
        suggest(ctx, args[0], self.commands)
        return super().resolve_command(ctx, args)
