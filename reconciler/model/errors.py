"""Why a run cannot go on, by what the operator does next.

    ReconcilerError
    ├── UsageError           a usage error                                     64
    ├── CatalogError         the files have errors; carries diagnostics          1
    ├── ConnectorError       Okta, or the way to it: auth, permission, network   1
    │   ├── IncompleteReadError  an answer that cannot be taken for data         1
    │   └── EndingError      the run is to end, so this was not waited for       1
    ├── StoreError           a file of our own: missing, damaged, not writable   1
    ├── GuardRefused         a guard or a pin says no                            3
    └── StalePlanError       the reviewed plan no longer describes what happens  3

Problems of the user's files are `Diagnostic` values, not exceptions; only the command line turns
these into text and an exit code.
"""

from reconciler.model.diagnostics import Diagnostic

__all__ = [
    "CatalogError",
    "ConnectorError",
    "EndingError",
    "GuardRefused",
    "IncompleteReadError",
    "ReconcilerError",
    "StalePlanError",
    "StoreError",
    "UsageError",
]


class ReconcilerError(Exception):
    """The run stops. `code` is kebab-case; `hint` says what to do next."""

    exit_code = 1

    def __init__(self, code: str, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.hint = hint


class UsageError(ReconcilerError):
    """A usage error: what the command line asks for cannot be."""

    exit_code = 64


class CatalogError(ReconcilerError):
    """The catalog has errors, so nobody is asked about anything and nothing is written.

    `where` says which catalog is meant, where it is not the one here.
    """

    def __init__(self, diagnostics: tuple[Diagnostic, ...], where: str = "the catalog") -> None:
        super().__init__(
            "catalog-invalid",
            f"{where} has errors; nothing was sent or written",
            "correct the files that are named above; `reconciler validate` checks them",
        )
        self.diagnostics = diagnostics


class ConnectorError(ReconcilerError):
    """Okta refused, could not be reached, or is not the org that was pinned.

    `status` is the HTTP status where there was one; `okta_code` Okta's error code, for example
    `E0000006`; `request_id` is Okta's own name for the request.
    """

    def __init__(
        self,
        code: str,
        message: str,
        hint: str = "",
        *,
        status: int | None = None,
        okta_code: str = "",
        request_id: str = "",
    ) -> None:
        super().__init__(code, message, hint)
        self.status = status
        self.okta_code = okta_code
        self.request_id = request_id


class IncompleteReadError(ConnectorError):
    """An answer that is not what Okta documents, so it is not taken for data."""


class EndingError(ConnectorError):
    """The run is to end, and this request would have had to wait; Okta never took it up."""


class StoreError(ReconcilerError):
    """A file of our own is missing, damaged or cannot be written."""


class GuardRefused(ReconcilerError):  # noqa: N818 - a refusal, not a failure
    """A guard or a pin says no; nothing was written."""

    exit_code = 3


class StalePlanError(ReconcilerError):
    """The reviewed plan no longer describes what would happen; nothing was written."""

    exit_code = 3
