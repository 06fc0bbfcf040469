"""The key that signs evidence: a secret that the operator names outside the repository."""

import json
import os
from collections.abc import Callable
from pathlib import Path

from reconciler.cli.secrets.command import build_environment, read_command_output
from reconciler.cli.secrets.file import read_secret_file
from reconciler.cli.secrets.output_filter import register_secret
from reconciler.model.errors import StoreError, UsageError
from reconciler.store.atomic import read

__all__ = ["VARIABLE", "build_evidence_signer", "read_public_keys"]

VARIABLE = "RECONCILER_EVIDENCE_KEY"


def build_evidence_signer(repository: Path) -> Callable[[str], str] | None:
    """What signs a line's hash, where the operator named a key; nothing of it is ever printed."""
    setting = os.environ.get(VARIABLE, "")
    if not setting:
        return None
    from reconciler.evidence.signature import SigningKey  # noqa: PLC0415 - few runs have a key

    return SigningKey(register_secret(_read_secret(setting, repository))).sign


def read_public_keys(files: tuple[str, ...]) -> Callable[[str, str], bool] | None:
    """What says whether a signature is by one of the keys in these files."""
    if not files:
        return None
    from reconciler.evidence.signature import PublicKeys  # noqa: PLC0415 - as above

    lines = [
        line
        for file in files
        for line in read(Path(file), 64 * 1024).decode(errors="replace").splitlines()
    ]
    return PublicKeys(line for line in lines if not line.startswith("#")).vouch


def _read_secret(setting: str, repository: Path) -> str:
    kind, value = _parse_reference(setting)
    match kind, value:
        case "env", str() as name:
            text = os.environ.get(name, "")
        case "file", str() as name:
            folder = os.environ.get("RECONCILER_SECRET_DIR", "")
            text = read_secret_file(name, folder, repository).decode(errors="replace")
        case "command", list() as words if words:
            argv = tuple(str(word) for word in words)
            text = read_command_output(argv, build_environment(()), repository).decode(
                errors="replace"
            )
        case _:
            raise _invalid_setting()
    if not text.strip():
        raise StoreError(
            "evidence-key-missing",
            f"{VARIABLE} names a place that holds no key",
            "store the private key there, or unset the variable",
        )
    return text


def _parse_reference(setting: str) -> tuple[str, object]:
    try:
        found = json.loads(setting)
    except (ValueError, RecursionError):
        raise _invalid_setting() from None
    if not isinstance(found, dict) or len(found) != 1:
        raise _invalid_setting()
    ((kind, value),) = found.items()
    return kind, value


def _invalid_setting() -> UsageError:
    """Nothing of the setting is quoted: it may hold the key itself."""
    return UsageError(
        "evidence-key-invalid",
        f"{VARIABLE} is not one of the three references, as JSON",
        f'{VARIABLE}=\'{{"env": "NAME"}}\', or "file" with a path, or "command" with a list',
    )
