"""Everyone the catalog names, resolved once, and whose names have to be looked up for that."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from reconciler.identity.index import DirectoryIndex, index_users
from reconciler.identity.resolve import Ambiguous, Resolution, Resolved, Unknown, resolve
from reconciler.identity.subject import mappings_by_key
from reconciler.model.accounts import AccountDeclaration
from reconciler.model.catalog import Binding, Catalog, Grant, IdentityMapping
from reconciler.model.directory import DirectoryUser, LiveState
from reconciler.model.ids import OktaUserId, is_same_login, login_key
from reconciler.model.plan import BlockReason
from reconciler.model.settings import IdentityRule
from reconciler.model.stanzas import okta_stanza
from reconciler.model.validity import AnyApproval, Approval


@dataclass(frozen=True, slots=True)
class People:
    """Everyone the catalog names, resolved once."""

    directory: DirectoryIndex
    resolutions: Mapping[str, Resolution]
    mappings: Mapping[str, tuple[IdentityMapping, ...]] = field(default_factory=dict)

    def of(self, subject: str) -> Resolution:
        """Whom the subject means; one written as its key is needs no folding."""
        found = self.resolutions.get(subject)
        return self.resolutions[login_key(subject)] if found is None else found

    def asked_of(self, subject: str) -> Resolution | None:
        """Whom the subject means; None where nobody asked."""
        return self.resolutions.get(login_key(subject))

    def meant_by(self, grant: Grant) -> Resolution:
        """Whom the grant means, as `meant_in` says."""
        return self.meant_in(grant.subject, grant.approval)

    def meant_in(self, subject: str, approval: AnyApproval) -> Resolution:
        """Whom an approval means: unresolved where a mapping names one and a login another.

        A mapping answers for a login that was changed, or that passed to another person. A mapping
        of a login whose bearer was there at the approval would give their grant to another person.
        """
        found = self.of(subject)
        if not isinstance(found, Resolved) or found.rule is not IdentityRule.MAPPING:
            return found
        bearers = self.directory.by_login.get(login_key(subject), ())
        others = [u for u in bearers if u.id != found.user.id and not _was_made_after(u, approval)]
        if not others:
            return found
        return Ambiguous(candidates=(*others, found.user), rule=IdentityRule.MAPPING)

    def is_confirmed(self, grants: Iterable[Grant]) -> bool:
        """Whether a mapping with login and id says that just this account is meant."""
        found = (self.of(grant.subject) for grant in grants)
        return any(isinstance(one, Resolved) and one.is_anchored for one in found)

    def user(self, user_id: OktaUserId) -> DirectoryUser:
        """The user behind an id; one Okta listed only as a member id is shown by it."""
        known = self.directory.by_id.get(user_id)
        return known or DirectoryUser(id=user_id, login=user_id, status="UNKNOWN")


def resolve_people(catalog: Catalog, live: LiveState, subjects: Iterable[str]) -> People:
    """Each distinct subject, resolved against what was read."""
    directory = index_users(live.users.values())
    mappings = mappings_by_key(catalog.identities)
    resolutions: dict[str, Resolution] = {}
    for subject in subjects:
        key = login_key(subject)
        if key in resolutions:
            continue
        if (unread := live.unread_subjects.get(key)) is not None:
            resolutions[key] = Unknown(detail=unread.detail)
        else:
            found = mappings.get(key, ())
            resolutions[key] = resolve(subject, found, directory, catalog.settings.match)
    return People(directory, resolutions, mappings)


def granted_subjects(catalog: Catalog, bindings: Iterable[Binding]) -> tuple[str, ...]:
    """The subjects of every grant that one of the bindings carries out, ended ones too."""
    bound = {(b.tool, b.entitlement) for b in bindings}
    return tuple(g.subject for g in catalog.grants if (g.tool, g.entitlement) in bound)


def required_subjects(catalog: Catalog, bindings: Iterable[Binding]) -> tuple[str, ...]:
    """The members that the bound entitlements require."""
    return tuple(
        subject
        for b in bindings
        for subject in catalog.tools[b.tool].entitlements[b.entitlement].required_members
    )


def lasting_subjects(
    catalog: Catalog,
    bindings: tuple[Binding, ...],
    now: datetime | None,
    accounts: Iterable[AccountDeclaration] = (),
) -> tuple[str, ...]:
    """Those of them whose grant has not ended, or who are required, or whose account is spoken of.

    At no time, all of them.
    """
    bound = {(b.tool, b.entitlement) for b in bindings}
    granted = (
        g.subject
        for g in catalog.grants
        if (g.tool, g.entitlement) in bound and (now is None or not g.validity.has_ended(now))
    )
    required = required_subjects(catalog, bindings)
    return tuple(dict.fromkeys((*granted, *required, *(a.subject for a in accounts))))


def wanted_subjects(
    catalog: Catalog,
    bindings: tuple[Binding, ...],
    accounts: Iterable[AccountDeclaration] = (),
) -> tuple[str, ...]:
    """Everyone a plan has to resolve, each spelling once."""
    granted, required = granted_subjects(catalog, bindings), required_subjects(catalog, bindings)
    return tuple(dict.fromkeys((*granted, *required, *(a.subject for a in accounts))))


CODE = "account-newer-than-approval"


def began_later(user: DirectoryUser, grants: Iterable[Grant]) -> bool:
    """Whether the account was activated after every approval."""
    return _is_later(user.activated_at or user.created_at, grants)


def was_made_later(user: DirectoryUser, grants: Iterable[Grant]) -> bool:
    """Whether the account was made after every approval."""
    return _is_later(user.created_at or user.activated_at, grants)


def _was_made_after(user: DirectoryUser, approval: AnyApproval) -> bool:
    made = user.created_at or user.activated_at
    return made is not None and made > approval.latest


def ask_who_is_meant(
    user: DirectoryUser, grants: Iterable[Grant], *, is_member: bool = False
) -> BlockReason:
    """What has to be confirmed: that this account is the person who was meant."""
    began = user.began_at.date().isoformat() if user.began_at else "at an unknown time"
    present = "is a member already and " if is_member else ""
    otherwise = "; or revoke the grant" if is_member else ""
    return BlockReason(
        code=CODE,
        summary=f"{user.login} ({user.id}) {present}was activated {began}, after the "
        f"approval of {_write_instant(_latest_approval(grants))}: the login may have passed to "
        "another person",
        hint="approve again, or confirm in identities/: "
        f"{okta_stanza(user.login, user.id)}{otherwise}",
    )


def _is_later(began_at: datetime | None, grants: Iterable[Grant]) -> bool:
    """Asked of every member of every group: the first approval that is late enough decides."""
    if began_at is None:
        return False
    for grant in grants:  # noqa: SIM110 - twice as fast as a generator
        if began_at <= grant.approval.latest:
            return False
    return True


def _write_instant(approval: AnyApproval) -> str:
    """When it was given as the file says it, or by when it was, as git does."""
    if isinstance(approval, Approval):
        return approval.written
    return f"{approval.latest.date().isoformat()} or earlier"


def _latest_approval(grants: Iterable[Grant]) -> AnyApproval:
    return max((grant.approval for grant in grants), key=lambda approval: approval.latest)


def live_grants(
    user: DirectoryUser, catalog: Catalog, known: People, now: datetime
) -> tuple[str, ...]:
    """What live grants give the person, as `tool/entitlement`, as far as their subjects are known.

    A subject that was not looked up means them where it is their login, or mapped to them.
    """
    return tuple(
        sorted(
            {
                f"{grant.tool}/{grant.entitlement}"
                for grant in catalog.grants
                if grant.validity.is_live(now) and _surely_means(grant.subject, user, known)
            }
        )
    )


def _surely_means(subject: str, user: DirectoryUser, known: People) -> bool:
    found = known.asked_of(subject)
    if found is not None:
        return isinstance(found, Resolved) and found.user.id == user.id
    mappings = known.mappings.get(login_key(subject), ())
    if mappings:
        return any(
            m.id == user.id if m.id else is_same_login(m.login or "", user.login) for m in mappings
        )
    return is_same_login(subject, user.login)
