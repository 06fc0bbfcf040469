"""Which actors of Okta's log are this tool: its apps, and its token's owner through a token."""

from dataclasses import dataclass

from reconciler.model.catalog import Connector
from reconciler.model.directory import Actor, LiveState
from reconciler.model.ids import OktaUserId

__all__ = ["OwnActors", "find_own_actors"]


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnActors:
    """This tool, as the log names it; never by what a client calls itself."""

    caller: OktaUserId | None = None
    """The owner of the token: what they do is ours where a token was used, not by hand."""
    apps: frozenset[str] = frozenset()
    """Client ids that the connector signs in with."""

    def is_ours(self, actor: Actor) -> bool:
        """Whether this tool did it: as one of its apps, or with its owner's token."""
        return self.may_be_ours(actor) and (actor.has_token or actor.id != self.caller)

    def may_be_ours(self, actor: Actor) -> bool:
        """As `is_ours`, or its token's owner, where Okta does not say that a token was used."""
        is_app = not self.apps.isdisjoint({actor.id, actor.client_id})
        return is_app or (self.caller is not None and actor.id == self.caller)


def find_own_actors(live: LiveState, connector: Connector | None) -> OwnActors:
    """Who this tool is in the org that was observed."""
    methods = (connector.plan_auth, connector.apply_auth) if connector else ()
    apps = {m.client_id for m in methods if m and isinstance(m.client_id, str)}
    if live.credential is not None and live.credential.client_id is not None:
        apps.add(live.credential.client_id)  # a client id may be kept as a secret
    return OwnActors(caller=live.caller, apps=frozenset(apps))
