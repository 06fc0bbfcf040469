"""The client assertion: who asks for a token, said by a signature (Okta: private_key_jwt)."""

import uuid
from datetime import datetime

from reconciler.okta.auth.keys import SigningKey

__all__ = ["BACKDATED_S", "LIFETIME_S", "build_client_assertion"]

LIFETIME_S = 290  # five minutes, less what two clocks may differ by
BACKDATED_S = 5  # a clock that is a little ahead would date it in the future, which Okta refuses


def build_client_assertion(key: SigningKey, client_id: str, audience: str, now: datetime) -> str:
    """A new assertion for one request: `audience` is the token URL exactly as it is called.

    It lives less than five minutes and is never the same twice.
    """
    issued_at = int(now.timestamp()) - BACKDATED_S
    return key.sign(
        {
            "iss": client_id,
            "sub": client_id,
            "aud": audience,
            "iat": issued_at,
            "exp": issued_at + LIFETIME_S,
            "jti": str(uuid.uuid4()),
        }
    )
