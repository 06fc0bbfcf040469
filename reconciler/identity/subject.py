"""What has to be looked up in Okta before a subject can be resolved."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from reconciler.model.catalog import IdentityMapping
from reconciler.model.ids import OUTSIDE_ACCOUNTS, OktaUserId, login_key
from reconciler.model.settings import IdentityRule

__all__ = ["Lookup", "is_outside_account", "lookup", "mappings_by_key", "service_of"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Lookup:
    """The exact values that would show every candidate of a subject."""

    ids: tuple[OktaUserId, ...] = ()
    logins: tuple[str, ...] = ()
    emails: tuple[str, ...] = ()


def is_outside_account(subject: str) -> bool:
    """Whether the subject names an account elsewhere, which only a mapping can answer."""
    return login_key(subject).startswith(OUTSIDE_ACCOUNTS)


def service_of(subject: str) -> str:
    """Whose account it is, in the word of the files; empty where it is one of Okta."""
    key = login_key(subject)
    return next((p.removesuffix(":") for p in OUTSIDE_ACCOUNTS if key.startswith(p)), "")


def mappings_by_key(
    identities: Iterable[IdentityMapping],
) -> Mapping[str, tuple[IdentityMapping, ...]]:
    """The mappings under every key they answer; one with login and id answers its login too."""
    found: dict[str, tuple[IdentityMapping, ...]] = {}
    for mapping in identities:
        own = (mapping.login,) if mapping.login is not None and mapping.id is not None else ()
        for key in {login_key(k) for k in (*mapping.keys, *own)}:
            found[key] = (*found.get(key, ()), mapping)
    return found


def lookup(
    subject: str, mappings: tuple[IdentityMapping, ...], rules: tuple[IdentityRule, ...]
) -> Lookup:
    """What to ask Okta for this subject; a mapping leaves nothing else to ask."""
    if mappings and IdentityRule.MAPPING in rules:
        ids = tuple(m.id for m in mappings if m.id is not None)
        logins = tuple(m.login for m in mappings if m.id is None and m.login is not None)
        return Lookup(ids=ids, logins=logins)
    if is_outside_account(subject):
        return Lookup()
    return Lookup(
        logins=(subject,) if IdentityRule.LOGIN in rules else (),
        emails=(subject,) if IdentityRule.EMAIL in rules else (),
    )
