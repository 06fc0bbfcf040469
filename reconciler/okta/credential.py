"""What a signer shows of the credential it signs with."""

from reconciler.model.directory import CredentialFacts
from reconciler.okta.auth import Signer
from reconciler.okta.oauth import OAuthAuth

__all__ = ["facts_of"]


def facts_of(signer: Signer | None) -> CredentialFacts:
    """The facts as they are now: a service app's scopes are those of its last token."""
    if not isinstance(signer, OAuthAuth):
        return CredentialFacts(method="ssws")
    return CredentialFacts(
        method="private_key_jwt",
        asked=signer.asked,
        granted=signer.granted,
        client_id=signer.client_id,
        is_dpop=bool(signer.is_dpop),
    )
