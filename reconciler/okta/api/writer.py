"""The complete list of mutations (`execution.ports.DirectoryWriter`)."""

from reconciler.model.accounts import LifecycleCall
from reconciler.model.errors import ConnectorError, GuardRefused, IncompleteReadError
from reconciler.model.ids import OktaGroupId, OktaUserId
from reconciler.model.outcome import WriteAnswer
from reconciler.okta.api.decode import decode_group
from reconciler.okta.requests.account_calls import account_call
from reconciler.okta.requests.sender import Sender
from reconciler.okta.responses.body import malformed_error
from reconciler.okta.responses.response import Answer
from reconciler.okta.wire import is_id

__all__ = ["OktaWriter"]


class OktaWriter:
    """Writes through one sender, within its allow-list."""

    def __init__(self, sender: Sender) -> None:
        if sender.writes is None:
            raise GuardRefused("write-not-allowed", "this connection was opened for reading only")
        self._sender = sender
        self._writes = sender.writes

    async def add_member(self, group: OktaGroupId, user: OktaUserId) -> WriteAnswer:
        """The user is a member of the group; one who was there already is accepted."""
        return _check_written(await self._sender.write("PUT", _membership_path(group, user)))

    async def remove_member(self, group: OktaGroupId, user: OktaUserId) -> WriteAnswer:
        """The user is no member of the group. A 404 is raised: Okta also says it of strangers."""
        return _check_written(await self._sender.write("DELETE", _membership_path(group, user)))

    async def create_group(self, name: str, description: str) -> WriteAnswer:
        """A new group has the name, and its members may be written from now on."""
        body = {"profile": {"name": name, "description": description}}
        answer = await self._sender.write("POST", "/api/v1/groups", body)
        group = decode_group(answer)
        self._writes.allow_group(name, group.id)
        return WriteAnswer(request_id=answer.request_id, id=group.id)

    async def change_account(self, user: OktaUserId, call: LifecycleCall) -> WriteAnswer:
        """Okta took the call. Whatever body its answer has is read by nobody.

        A page in place of Okta's answer is told by its type: that is no proof of anything.
        """
        answer = await self._sender.change_account(account_call(call, user))
        if answer.unkept and not answer.is_json:
            raise malformed_error(answer, "it is not JSON")
        return WriteAnswer(request_id=answer.request_id)


def _membership_path(group: OktaGroupId, user: OktaUserId) -> str:
    if not is_id(group) or not is_id(user):
        raise ConnectorError("id-malformed", f"{group!r} or {user!r} is not an Okta id")
    return f"/api/v1/groups/{group}/users/{user}"


def _check_written(answer: Answer) -> WriteAnswer:
    """Okta answers 204 without a body; anything in its place is some proxy's, and no proof."""
    if answer.body:
        raise IncompleteReadError(
            "answer-malformed",
            f"the answer to {answer.method} {answer.path} is not Okta's",
            "run again; the next plan shows what holds",
            status=answer.status,
            request_id=answer.request_id,
        )
    return WriteAnswer(request_id=answer.request_id)
