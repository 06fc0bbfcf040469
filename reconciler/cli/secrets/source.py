"""Where a secret comes from: a variable, a file or a command, each allowed from outside.

A file of the repository says where a secret is kept, and every author of a change may propose
another place. So the operator says outside the repository which places a connector may name, and
the secret is registered with the output filter before anything else sees it.
"""

import os
from dataclasses import dataclass
from pathlib import Path

from reconciler.cli.secrets.command import build_environment, read_command_output
from reconciler.cli.secrets.file import read_secret_file
from reconciler.cli.secrets.output_filter import register_secret
from reconciler.cli.secrets.pins import (
    DOORS,
    Argv,
    is_allowed,
    parse_allowed_commands,
    parse_allowed_secrets,
)
from reconciler.model.errors import ConnectorError, GuardRefused
from reconciler.model.ids import ConnectorId, SecretRef

__all__ = ["SecretSource", "find_work_tree", "is_ci"]


def is_ci() -> bool:
    """Whether this runs in continuous integration."""
    return bool(os.environ.get("CI"))


def find_work_tree(catalog: Path) -> Path:
    """The git work tree around the catalog; where there is none, the folder that holds it."""
    place = catalog.resolve()
    return next((p for p in (place, *place.parents) if (p / ".git").exists()), place.parent)


@dataclass(frozen=True, slots=True, kw_only=True)
class SecretSource:
    """Reads the secrets of one connector. `repository` is the work tree nothing may come from."""

    connector: ConnectorId
    repository: Path

    def read(self, reference: SecretRef) -> str:
        """The secret, one line end after it dropped, starred in every output from now on.

        Raises `GuardRefused` for a place that was not allowed, `ConnectorError` for a secret that
        cannot be had.
        """
        match reference:
            case SecretRef(kind="command", value=tuple() as argv):
                text = _decode_secret(self._from_command(argv), f"the command {argv[0]} prints")
            case SecretRef(kind="file", value=str() as name):
                folder = os.environ.get("RECONCILER_SECRET_DIR", "")
                data = read_secret_file(name, folder, self.repository)
                text = _decode_secret(data, f"the secret file {name} holds")
            case _:
                text = self._from_variable(str(reference.value))
        return register_secret(text)

    def _from_variable(self, name: str) -> str:
        self._require_allowed(name)
        value = os.environ.get(name, "")
        if not value:
            raise ConnectorError(
                "secret-missing",
                f"{self.connector} takes its secret from {name}, which is not set",
                f"set {name}"
                if self.connector in DOORS
                else f"set {name}, or try it without a secret: --sandbox",
            )
        return value

    def _from_command(self, argv: Argv) -> bytes:
        setting = os.environ.get("RECONCILER_COMMANDS", "")
        if argv not in parse_allowed_commands(setting).get(self.connector, frozenset()):
            raise GuardRefused(
                "command-not-allowed",
                f"{self.connector} names a command that RECONCILER_COMMANDS does not allow it: "
                f"{argv[0]}",
                "allow it outside the repository, word for word, as JSON: "
                f'RECONCILER_COMMANDS=\'{{"{self.connector}": [["{argv[0]}", …]]}}\'',
            )
        own = [name for name in os.environ if is_allowed(name, self._patterns())]
        for name in own:
            register_secret(os.environ[name])
        return read_command_output(argv, build_environment(own), self.repository)

    def _require_allowed(self, name: str) -> None:
        """A file of the repository must not point at a secret that is not the connector's own."""
        if not os.environ.get("RECONCILER_SECRETS", "") and not is_ci():
            return
        if not is_allowed(name, self._patterns()):
            raise GuardRefused(
                "secret-not-allowed",
                f"{self.connector} names the variable {name}, which RECONCILER_SECRETS does not "
                "allow it",
                f"add {self.connector}={name} to RECONCILER_SECRETS, outside the repository",
            )

    def _patterns(self) -> tuple[str, ...]:
        setting = os.environ.get("RECONCILER_SECRETS", "")
        return parse_allowed_secrets(setting).get(self.connector, ())


def _decode_secret(data: bytes, what: str) -> str:
    """The bytes as text; what they hold is not quoted."""
    try:
        text = data.decode()
    except UnicodeDecodeError:
        raise ConnectorError(
            "secret-malformed", f"{what} no UTF-8 text", "store the secret as plain text"
        ) from None
    text = text.removesuffix("\n").removesuffix("\r")
    if not text:
        raise ConnectorError("secret-missing", f"{what} nothing", "store the secret there")
    return text
