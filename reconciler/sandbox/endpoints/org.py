"""Who the org is: the open document and the settings."""

from datetime import timedelta

import msgspec

from reconciler.sandbox.request import Answer, Call
from reconciler.sandbox.state import Core
from reconciler.sandbox.storage.clock import stamp


def discovery_document(core: Core, base: str) -> bytes:
    """The org as anyone may see it (Okta: recorded)."""
    org = core.org()
    at_home = base == f"https://{org.domain}" or "://127.0.0.1" in base or "://localhost" in base
    links = {"organization": {"href": base if at_home else f"https://{org.domain}"}}
    return msgspec.json.encode(
        {
            "id": org.id,
            "cell": "op3",
            "_links": links if at_home else {**links, "alternate": {"href": base}},
            "pipeline": "idx",
            "settings": {
                "analyticsCollectionEnabled": False,
                "bugReportingEnabled": True,
                "omEnabled": False,
                "pssoEnabled": False,
                "desktopMFAEnabled": False,
                "itpEnabled": False,
            },
        }
    )


def settings(call: Call) -> Answer:
    """The org as its admins see it (Okta: recorded)."""
    org = call.core.org()
    api = f"{call.base}/api/v1/org"
    made = stamp(call.core.clock.now() - timedelta(days=365))
    body: dict[str, object] = {
        "id": org.id,
        "subdomain": org.subdomain,
        "companyName": org.name,
        "status": "ACTIVE",
        "expiresAt": None,
        "created": made,
        "lastUpdated": made,
        "website": f"https://{org.domain}",
        **dict.fromkeys(("phoneNumber", "endUserSupportHelpURL", "supportPhoneNumber"), ""),
        **dict.fromkeys(("address1", "address2", "city", "state", "country", "postalCode")),
        "_links": {
            "preferences": {"href": f"{api}/preferences"},
            "uploadLogo": {"href": f"{api}/logo", "hints": {"allow": ["POST"]}},
            "oktaCommunication": {"href": f"{api}/privacy/oktaCommunication"},
            "logo": {"href": "https://ok12static.oktacdn.com/fs/bco/1/fs0"},
            "oktaSupport": {"href": f"{api}/privacy/oktaSupport"},
            "contacts": {"href": f"{api}/contacts"},
        },
    }
    return Answer(body=msgspec.json.encode(body))
