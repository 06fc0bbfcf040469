"""Who is asked, and who asks: the org, what signing in shows, and the person behind a token."""

from dataclasses import dataclass

from reconciler.live.ports import DirectoryReader
from reconciler.model.directory import CredentialFacts, DirectoryUser, Org, ReadFailure
from reconciler.model.ids import OktaUserId

__all__ = ["Identity", "identify", "roles_of"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """Both ends of the conversation. A service app has no person behind it, so `caller` is None."""

    org: Org
    credential: CredentialFacts
    caller: DirectoryUser | None


async def identify(reader: DirectoryReader, org: Org) -> Identity:
    """Who asks that org; raises `ConnectorError` when the credential is refused."""
    credential = await reader.fetch_credential()
    is_app = credential.client_id is not None
    caller = None if is_app else await reader.fetch_caller()
    return Identity(org=org, credential=credential, caller=caller)


async def roles_of(
    reader: DirectoryReader, credential: CredentialFacts | None, caller: OktaUserId | None
) -> tuple[str, ...] | ReadFailure:
    """The admin roles that decide what the credential may do, or why they are not known."""
    if credential is not None and credential.client_id is not None:
        return await reader.fetch_client_roles(credential.client_id)
    if caller is not None:
        return await reader.fetch_roles(caller)
    return ReadFailure(code="refused", detail="no person is behind this credential")
