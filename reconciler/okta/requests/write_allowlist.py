"""The writes a run may make, judged on the request as it leaves: nothing above can go round it.

Asking for a token is no write to the org, so it is always admitted, in exactly that form.
"""

import re
from collections.abc import Iterable
from http import HTTPStatus
from urllib.parse import parse_qsl

import httpx
import msgspec

from reconciler.model.accounts import LifecycleCall
from reconciler.model.errors import GuardRefused
from reconciler.model.ids import OktaGroupId, OktaUserId
from reconciler.okta.org_url import TOKEN_PATH
from reconciler.okta.requests.account_calls import account_call
from reconciler.okta.responses.okta_errors import read_challenge

__all__ = ["WriteAllowlist", "check_request"]

_MEMBER = re.compile(rb"/api/v1/groups/([0-9A-Za-z_-]+)/users/[0-9A-Za-z_-]+")
_GROUPS = b"/api/v1/groups"
_FORM = "application/x-www-form-urlencoded"
_TOKEN_FIELDS = {"grant_type", "scope", "client_assertion_type", "client_assertion"}


class WriteAllowlist:
    """What may be written: the members of some groups, and once each, what cannot be repeated.

    That are the names that may be created, and the changes of accounts.
    """

    def __init__(
        self,
        groups: Iterable[OktaGroupId] = (),
        names: Iterable[str] = (),
        accounts: Iterable[tuple[LifecycleCall, OktaUserId]] = (),
    ) -> None:
        self._groups = set(groups)
        self._names = set(names)
        self._sent: set[str] = set()
        self._accounts = {_target_of(call, user) for call, user in accounts}
        self._sent_accounts: set[_Target] = set()

    @property
    def groups(self) -> frozenset[OktaGroupId]:
        """The groups whose members may be written now."""
        return frozenset(self._groups)

    def allow_group(self, name: str, group: OktaGroupId) -> None:
        """The id that answered the creation of that name may be written from now on."""
        if name not in self._sent:
            raise GuardRefused("write-not-allowed", f"no creation of {name!r} was sent")
        self._sent.remove(name)
        self._groups.add(group)

    def allows(self, request: httpx.Request) -> bool:
        """Whether the request is one of the writes; all but memberships are admitted only once."""
        if self._use_account(request):
            return True
        if request.method in {"PUT", "DELETE"}:
            match = _MEMBER.fullmatch(request.url.raw_path)
            return match is not None and match[1].decode() in self._groups
        return request.method == "POST" and self._use_creation(request)

    def note_response(self, request: httpx.Request, response: httpx.Response) -> None:
        """What was refused before it was carried out may be sent again."""
        if not _was_not_carried_out(response):
            return
        name, target = _created_name(request), (request.method, request.url.raw_path)
        if name is not None and name in self._sent:
            self._sent.remove(name)
            self._names.add(name)
        if target in self._sent_accounts:
            self._sent_accounts.remove(target)
            self._accounts.add(target)

    def _use_account(self, request: httpx.Request) -> bool:
        target = (request.method, request.url.raw_path)
        if target not in self._accounts or not _is_empty(request):
            return False
        self._accounts.remove(target)
        self._sent_accounts.add(target)
        return True

    def _use_creation(self, request: httpx.Request) -> bool:
        name = _created_name(request)
        if name is None or name not in self._names:
            return False
        self._names.remove(name)
        self._sent.add(name)
        return True


def check_request(request: httpx.Request, base: str, allowed: WriteAllowlist | None) -> None:
    """The request goes to the org itself, and is a read or an allowed write; else it is refused."""
    ours = httpx.URL(base)
    there = (request.url.scheme, request.url.raw_host, request.url.port)
    if there != (ours.scheme, ours.raw_host, ours.port) or request.url.userinfo:
        raise GuardRefused("request-foreign", "a request to another address was stopped")
    if request.method == "GET" or _asks_for_token(request):
        return
    if allowed is None or not allowed.allows(request):
        what = f"{request.method} {request.url.path} is not a write this run may make"
        hint = "only what the plan names is written, and nothing twice that cannot be repeated"
        raise GuardRefused("write-not-allowed", what, hint)


def _asks_for_token(request: httpx.Request) -> bool:
    """Whether it is the request for a token: that address, as that form, with those fields."""
    if request.method != "POST" or request.url.raw_path != TOKEN_PATH.encode():
        return False
    if request.headers.get("content-type") != _FORM:
        return False
    try:
        form = parse_qsl(request.content.decode("ascii"), strict_parsing=True, max_num_fields=10)
    except (ValueError, httpx.RequestNotRead):
        return False
    fields = dict(form)
    return (
        len(form) == len(_TOKEN_FIELDS)
        and set(fields) == _TOKEN_FIELDS
        and fields["grant_type"] == "client_credentials"
    )


def _was_not_carried_out(response: httpx.Response) -> bool:
    """Too many requests, not signed in, or a proof without the nonce: nothing was done."""
    if response.status_code in {HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.UNAUTHORIZED}:
        return True
    return (
        response.status_code == HTTPStatus.BAD_REQUEST
        and read_challenge(response.headers).error == "use_dpop_nonce"
    )


_Target = tuple[str, bytes]
"""The method, and the path with the query as they are sent."""


def _target_of(call: LifecycleCall, user: OktaUserId) -> _Target:
    asked = account_call(call, user)
    return asked.method, httpx.URL(path=asked.path, params=asked.params).raw_path


def _is_empty(request: httpx.Request) -> bool:
    """Whether the request has no body: none of the account's has one."""
    try:
        return not request.content
    except httpx.RequestNotRead:
        return False


class _Profile(msgspec.Struct, gc=False, forbid_unknown_fields=True):
    name: str
    description: str = ""


class _Creation(msgspec.Struct, gc=False, forbid_unknown_fields=True):
    profile: _Profile


def _created_name(request: httpx.Request) -> str | None:
    """The name that a request creates a group under, None for every other request."""
    if request.method != "POST" or request.url.raw_path != _GROUPS:
        return None
    try:
        return msgspec.json.decode(request.content, type=_Creation).profile.name
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError, httpx.RequestNotRead):
        return None
