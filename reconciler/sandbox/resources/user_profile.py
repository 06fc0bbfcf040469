"""What a body may say of a user: the profile, the credentials, and the keys around them."""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from reconciler.sandbox.api_errors import malformed_body, validation_failed
from reconciler.sandbox.storage.database import Database

REQUIRED: Final = ("login", "email", "firstName", "lastName")
"""Attributes that no user is without (Okta: OpenAPI)."""

_ATTRIBUTES: Final = frozenset(
    {
        *("login", "email", "secondEmail", "firstName", "lastName"),
        *("middleName", "honorificPrefix", "honorificSuffix", "title", "displayName"),
        *("nickName", "profileUrl", "primaryPhone", "mobilePhone", "streetAddress"),
        *("city", "state", "zipCode", "countryCode", "postalAddress"),
        *("preferredLanguage", "locale", "timezone", "userType", "employeeNumber"),
        *("costCenter", "organization", "division", "department", "managerId"),
        "manager",
    }
)
"""Okta's own attributes (Okta: OpenAPI, UserProfile); this org has added none."""

_KEYS: Final = frozenset(
    {
        *("id", "status", "created", "activated", "statusChanged"),
        *("lastLogin", "lastUpdated", "passwordChanged", "realmId", "type"),
        *("transitioningToStatus", "profile", "credentials", "groupIds", "_links"),
        "_embedded",
    }
)
_SHORTEST_ANSWER: Final = 4
_TOO_SHORT: Final = (
    "securityAnswer: The security question answer must be at least"
    f" {_SHORTEST_ANSWER} characters in length"
)
_SHORTEST_PASSWORD: Final = 8
_SHORTEST_PART: Final = 4
_KINDS: Final = tuple(re.compile(kind) for kind in ("[a-z]", "[A-Z]", "[0-9]"))
_WEAK: Final = (
    "password: Password requirements were not met. Password requirements: at least"
    f" {_SHORTEST_PASSWORD} characters, a lowercase letter, an uppercase letter, a number,"
    " no parts of your username."
)
OKTA: Final = {"type": "OKTA", "name": "OKTA"}
IMPORT: Final = {"type": "IMPORT", "name": "IMPORT"}
_BLANK: Final = "The field cannot be left blank"
_TAKEN: Final = "login: An object with this field already exists in the current organization"


@dataclass(frozen=True, slots=True, kw_only=True)
class Secrets:
    """What a user signs in with: a password, or a question to be asked without one.

    No provider leaves the one there is.
    """

    has_password: bool = False
    question: str | None = None
    provider: Mapping[str, str] | None = None

    @property
    def provider_type(self) -> str:
        """Who checks the password."""
        return (self.provider or OKTA)["type"]


NO_SECRETS: Final = Secrets()


def check_keys(body: Mapping[str, object]) -> None:
    """The body has no other key than a user has (Okta: recorded)."""
    if body.keys() - _KEYS:
        raise malformed_body()


def read_attributes(body: Mapping[str, object]) -> dict[str, object]:
    """The attributes that the body gives, all of them known."""
    profile = body.get("profile", {})
    if not isinstance(profile, Mapping):
        raise malformed_body()
    unknown = [key for key in profile if key not in _ATTRIBUTES]
    if unknown:
        causes = (f"Property name '{key}' is not defined in profile" for key in unknown)
        raise validation_failed("newUser", *causes)
    wrong = [key for key, value in profile.items() if not isinstance(value, str | None)]
    if wrong:
        raise validation_failed(
            "newUser", *(f"{key}: The field has an invalid value" for key in wrong)
        )
    return dict(profile)


def complete_profile(profile: Mapping[str, object]) -> dict[str, object]:
    """The profile as Okta keeps it: whole, without empty attributes but the two always shown."""
    blank = [key for key in REQUIRED if not str(profile.get(key) or "").strip()]
    if blank:
        # The summary names the login whatever is missing, with a cause for each (Okta: recorded).
        raise validation_failed("login", *(f"{key}: {_BLANK}" for key in blank))
    name, _, domain = str(profile["login"]).rpartition("@")
    if not (name and domain):
        raise validation_failed("login", "login: Username must be in the form of an email address")
    rest = {
        key: value
        for key, value in profile.items()
        if value is not None and key not in (*REQUIRED, "mobilePhone", "secondEmail")
    }
    return {
        "firstName": profile["firstName"],
        "lastName": profile["lastName"],
        "mobilePhone": profile.get("mobilePhone"),
        **rest,
        "secondEmail": profile.get("secondEmail"),
        "login": profile["login"],
        "email": profile["email"],
    }


def check_login_free(database: Database, login: str, own: str | None) -> None:
    """Nobody else has the login, in any case or with other diacritics (Okta: OpenAPI)."""
    sql = "SELECT id, login_lower FROM users WHERE login_lower = ? OR login_lower GLOB '*[^ -~]*'"
    wanted = _fold_diacritics(login)
    rows = database.rows(sql, (wanted,))
    if any(each != own and _fold_diacritics(taken) == wanted for each, taken in rows):
        raise validation_failed("login", _TAKEN)


def read_secrets(body: Mapping[str, object], login: str, *, has_provider: bool = False) -> Secrets:
    """What the body gives to sign in with; an empty password is none.

    A hashed password makes the provider an import, and only a query that says so (`has_provider`)
    makes it the one that the body names (Okta: recorded).
    """
    credentials = body.get("credentials")
    if not isinstance(credentials, Mapping):
        return NO_SECRETS
    password, asked = credentials.get("password"), credentials.get("recovery_question")
    given = password if isinstance(password, Mapping) else {}
    has_password, provider = bool(given.get("value") or given.get("hash")), None
    if given.get("value"):
        _check_password(str(given["value"]), login)
        provider = OKTA
    elif given.get("hash"):
        provider = IMPORT
    if has_provider:
        provider = _read_provider(credentials.get("provider")) or provider
    question = None if not isinstance(asked, Mapping) else _read_question(asked)
    return Secrets(has_password=has_password, question=question, provider=provider)


def _read_question(asked: Mapping[object, object]) -> str:
    if len(str(asked.get("answer") or "")) < _SHORTEST_ANSWER:
        raise validation_failed("securityAnswer", _TOO_SHORT)
    return str(asked.get("question"))


def _read_provider(given: object) -> dict[str, str] | None:
    if not isinstance(given, Mapping) or not given.get("type"):
        return None
    return {
        "type": str(given["type"]),
        "name": str(given.get("name") or given["type"]),
    }


def _check_password(word: str, login: str) -> None:
    """Okta's default policy; the parent domain is no part of the login (Okta: documented)."""
    parts = re.split(r"[,._#@-]", login.lower().rpartition(".")[0])
    has_part = any(len(part) >= _SHORTEST_PART and part in word.lower() for part in parts)
    is_mixed = all(kind.search(word) for kind in _KINDS)
    if len(word) < _SHORTEST_PASSWORD or not is_mixed or has_part:
        raise validation_failed("password", _WEAK)


def _fold_diacritics(login: str) -> str:
    split = unicodedata.normalize("NFKD", login.lower())
    return "".join(letter for letter in split if not unicodedata.combining(letter))
