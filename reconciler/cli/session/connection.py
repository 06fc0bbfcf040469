"""The composition root: the only place that builds a connection to an org.

Three kinds of org answer the same way: a live one over the network, the embedded sandbox in
process, and a server on a loopback address.
"""

import asyncio
import os
import secrets
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING

from reconciler.catalog.git.checkout import read_head
from reconciler.cli.clock import wall_clock
from reconciler.cli.options import Settings
from reconciler.cli.secrets import output_filter
from reconciler.cli.secrets.credentials import (
    ApiToken,
    Credential,
    ServiceKey,
    find_pin,
    is_ci,
    read_credential,
)
from reconciler.cli.secrets.source import SecretSource, find_work_tree
from reconciler.cli.session.route import read_route
from reconciler.connector_checks.oauth_scopes import Purpose, needed_scopes
from reconciler.model.catalog import DIRECT, Catalog, Connector, Route
from reconciler.model.errors import GuardRefused, UsageError
from reconciler.model.ids import ConnectorId, OktaOrgId, RunId
from reconciler.okta.api.reader import OktaReader
from reconciler.okta.api.writer import OktaWriter
from reconciler.okta.auth.keys import parse_key
from reconciler.okta.auth.service_app import OAuthAuth
from reconciler.okta.auth.signer import Signer, SswsAuth
from reconciler.okta.observers import Progress
from reconciler.okta.org_url import OrgUrl
from reconciler.okta.rate_limits.budget import DEFAULT_SHARE
from reconciler.okta.rate_limits.pacer import SharedPacer
from reconciler.okta.requests.sender import Sender, SenderOptions
from reconciler.okta.requests.write_allowlist import WriteAllowlist

if TYPE_CHECKING:
    from collections.abc import Awaitable

    from reconciler.sandbox import Sandbox

__all__ = ["Connection", "add_pacing", "connect", "connectors", "new_run", "scopes", "signer"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Connection:
    """One org, ready to be asked. Nothing is sent before the first read or write."""

    connector: Connector
    is_sandbox: bool
    clock: "Callable[[], datetime]"
    _origin: OrgUrl
    _signer: Signer
    _org_id: OktaOrgId | None
    _sandbox: "Sandbox | None" = None
    _share: int = DEFAULT_SHARE
    _commit: str = ""
    _route: Route = DIRECT

    def __post_init__(self) -> None:
        """What it signs with, now or later, reaches no sink."""
        output_filter.add_secret_source(lambda: self._signer.secrets)

    def sender(
        self,
        run: RunId,
        progress: Progress,
        writes: WriteAllowlist | None = None,
        sleep: "Callable[[float], Awaitable[None]]" = asyncio.sleep,
        left_s: "Callable[[], float | None]" = lambda: None,
    ) -> Sender:
        """A sender to the org; without `writes` it can only read."""
        options = SenderOptions(
            clock=self.clock,
            sleep=sleep,
            left_s=left_s,
            run=run,
            commit=self._commit,
            progress=progress,
            route=self._route,
        )
        options = add_pacing(options, self._share)
        transport = self._sandbox.transport() if self._sandbox else None
        return Sender(self._origin, self._signer, options, writes=writes, transport=transport)

    @property
    def proxy(self) -> str:
        """The proxy by which the org is reached, as host and port; empty where there is none."""
        return self._route.proxy_name if self._route.proxy_for(self._origin.host) else ""

    def reader(self, sender: Sender) -> OktaReader:
        """Reads through the sender, of the pinned org only."""
        return OktaReader(sender, pinned_org=self._org_id)

    def writer(self, sender: Sender) -> OktaWriter:
        """The mutations, through a sender that was opened for them."""
        return OktaWriter(sender)


def new_run(clock: "Callable[[], datetime]") -> RunId:
    """A name for one run: when it began, and enough chance to be alone."""
    return RunId(f"{clock():%Y%m%dT%H%M%SZ}-{secrets.token_hex(3)}")


def connectors(catalog: Catalog, wanted: str | None) -> tuple[Connector, ...]:
    """The connectors a command is about: the one that was named, or all that are not disabled."""
    if wanted is not None:
        found = catalog.connectors.get(ConnectorId(wanted))
        if found is None:
            known = ", ".join(sorted(catalog.connectors)) or "none"
            raise UsageError(
                "connector-unknown", f"there is no connector {wanted!r}", f"there is: {known}"
            )
        if found.disabled:
            raise GuardRefused(
                "connector-disabled",
                f"{found.id} is disabled",
                "set `disabled: false` in its file to use it",
            )
        return (found,)
    return tuple(c for _, c in sorted(catalog.connectors.items()) if not c.disabled)


@contextmanager
def connect(
    settings: Settings, catalog: Catalog, connector: Connector, purpose: Purpose = Purpose.PLAN
) -> Iterator[Connection]:
    """The org behind the connector, signed in to for the purpose; the embedded one is closed."""
    with _reach(settings, catalog, connector, purpose) as connection:
        commit = read_head(settings.catalog)
        yield replace(connection, _share=settings.rate_share, _commit=commit)


@contextmanager
def _reach(
    settings: Settings, catalog: Catalog, connector: Connector, purpose: Purpose
) -> Iterator[Connection]:
    """The org behind the connector, before anybody says how much of it may be used."""
    endpoint = _endpoints(settings, catalog).get(connector.id)
    if endpoint is not None:
        yield _reach_loopback(connector, endpoint)
    elif settings.sandbox:
        from reconciler.cli.session.sandbox import open_sandbox  # noqa: PLC0415 - only a sandbox run needs it

        with open_sandbox(settings, catalog) as sandbox:
            yield _reach_embedded(connector, sandbox, purpose, scopes(catalog, connector, purpose))
    else:
        source = SecretSource(connector=connector.id, repository=find_work_tree(settings.catalog))
        yield _reach_live(connector, source, purpose, scopes(catalog, connector, purpose))


def _reach_live(
    connector: Connector, source: SecretSource, purpose: Purpose, asked: tuple[str, ...]
) -> Connection:
    """The pin is compared before the secret is even read; a domain inside the secret is one."""
    pin, way = find_pin(connector), read_route(source.repository)
    if connector.domain is not None:
        OrgUrl.parse(connector.domain, pinned_host=pin.host if pin else None)
    found = read_credential(connector, source, is_apply=purpose.writes)
    origin = OrgUrl.parse(
        found.domain, pinned_host=pin.host if pin else None, is_pinning=found.is_pinning
    )
    return Connection(
        connector=connector,
        is_sandbox=False,
        clock=wall_clock,
        _origin=origin,
        _signer=signer(found, origin, asked, wall_clock),
        _org_id=pin.org_id if pin else None,
        _route=way,
    )


def _reach_embedded(
    connector: Connector, sandbox: "Sandbox", purpose: Purpose, asked: tuple[str, ...]
) -> Connection:
    """The embedded org, signed in to by the connector's own method with a key made for it."""
    from reconciler.cli.session.sandbox import credential_for  # noqa: PLC0415 - only a sandbox run needs it

    found = credential_for(connector, sandbox, asked, is_apply=purpose.writes)
    origin = OrgUrl.parse(found.domain, pinned_host=None, is_pinning=True)
    return Connection(
        connector=connector,
        is_sandbox=True,
        clock=sandbox.now,
        _origin=origin,
        _signer=signer(found, origin, asked, sandbox.now),
        _org_id=None,
        _sandbox=sandbox,
    )


def _reach_loopback(connector: Connector, url: str) -> Connection:
    token = output_filter.register_secret(os.environ.get("RECONCILER_ENDPOINT_TOKEN", ""))
    if not token:
        raise UsageError(
            "endpoint-token-missing",
            "--endpoint needs a token in RECONCILER_ENDPOINT_TOKEN",
            "`reconciler sandbox serve` prints one",
        )
    origin = OrgUrl.parse(url, pinned_host=None, allow_loopback=True)
    if not origin.base.startswith("http://"):
        raise UsageError(
            "endpoint-not-loopback", "--endpoint takes a loopback address", "http://127.0.0.1:8765"
        )
    return Connection(
        connector=connector,
        is_sandbox=True,
        clock=wall_clock,
        _origin=origin,
        _signer=SswsAuth(token),
        _org_id=None,
    )


def _endpoints(settings: Settings, catalog: Catalog) -> dict[ConnectorId, str]:
    """The servers that answer instead; one for nobody would let the real org be asked."""
    if settings.endpoints and is_ci():
        raise UsageError("endpoint-in-ci", "--endpoint is refused when CI is set")
    found: dict[ConnectorId, str] = {}
    for text in settings.endpoints:
        name, separator, url = text.partition("=")
        if not separator or not name or not url:
            raise UsageError(
                "endpoint-invalid", f"{text!r} is not ID=URL", "okta-prod=http://127.0.0.1:8765"
            )
        if name not in catalog.connectors:
            raise UsageError("endpoint-unknown", f"--endpoint names no connector: {name!r}")
        found[ConnectorId(name)] = url
    return found


def scopes(catalog: Catalog, connector: Connector, purpose: Purpose) -> tuple[str, ...]:
    """What a token is asked to allow: what the purpose needs, and no more."""
    return tuple(need.scope for need in needed_scopes(catalog, connector, purpose))


def signer(
    found: Credential, origin: OrgUrl, asked: tuple[str, ...], clock: Callable[[], datetime]
) -> Signer:
    """Signs with the credential; nothing is sent before the first request."""
    if isinstance(found, ApiToken):
        return SswsAuth(found.token)
    return OAuthAuth(
        origin=origin,
        client_id=found.client_id,
        key=parse_key(_restore_line_ends(found), found.key_id),
        scopes=asked,
        dpop=found.dpop,
        clock=clock,
    )


def _restore_line_ends(found: ServiceKey) -> str:
    r"""The key with real line ends: variables of CI often hold a PEM with `\n` in their place."""
    text = found.private_key
    if text.lstrip().startswith("-----BEGIN ") and "\n" not in text.strip():
        return text.replace("\\r", "").replace("\\n", "\n")
    return text


def add_pacing(options: SenderOptions, share: int) -> SenderOptions:
    """The same options, kept to that share, in percent, of every limit."""
    pace = SharedPacer(
        share=share,
        concurrency=options.concurrency,
        clock=options.clock,
        sleep=options.sleep,
        jitter=options.jitter,
        progress=options.progress,
    )
    return replace(options, pace=pace)
