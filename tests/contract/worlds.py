"""The world before a recorded request: it holds what the exchange speaks of, at its ids."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from datetime import datetime

from reconciler.sandbox import App, Choices, Group, Options, Org, Rule, Token, User, World

OWNER = User(
    login="owner@scaffold.example",
    id="00uscaffold000000000",
    roles=("SUPER_ADMIN",),
)
_FIRST = User(login="first@scaffold.example", id="00uscaffold000000001", status="PROVISIONED")
"""Stands before the first user of a page that is not the first."""
_LAST = App(label="last", id="0oascaffold000000000")
"""Stands behind the last app of a page that others follow."""
TOKEN = Token(name="scaffold", owner=OWNER.login, id="00Tscaffold000000000")
_ID = re.compile(r"(?:00u|00g|0oa|0pr|00T)[0-9A-Za-z]{17}")
_BEFORE = {
    "activate": "STAGED",
    "reactivate": "PROVISIONED",
    "unsuspend": "SUSPENDED",
    "unlock": "LOCKED_OUT",
}
_REFUSED = 400
_MISSING = 404


@dataclass(frozen=True, kw_only=True)
class Nouns:
    """What an exchange speaks of, by id."""

    users: dict
    groups: dict
    rules: dict
    apps: dict
    tokens: dict


def before(exchange, endpoint):
    """The world in which the exchange begins; its order is not the one that was recorded."""
    nouns = _nouns(exchange, is_creation=_is_creation(exchange, endpoint))
    _relate(exchange, nouns)
    users = tuple(_unique(reversed(nouns.users.values()), "login"))
    logins = {user.id: user.login for user in users}
    groups = _unique((_group(each, logins) for each in reversed(nouns.groups.values())), "name")
    names = {group.id: group.name for group in groups}
    world = World(
        users=(*_before_page(exchange), *users, OWNER),
        groups=tuple(groups),
        rules=tuple(_unique((_rule(each, names, logins) for each in nouns.rules.values()), "name")),
        apps=(*(_app(each, names) for each in nouns.apps.values()), *_behind_page(exchange)),
        tokens=(
            TOKEN,
            *_unique((_token(each, logins) for each in nouns.tokens.values()), "name"),
        ),
        org=_org(exchange.body),
        options=Options(choices=Choices(user_emails=_emails(exchange.body))),
    )
    return replace(world, now=exchange.now) if exchange.now else world


def scaffold(world):
    """The ids of what the world holds though the exchange does not speak of it."""
    everyone = [group for group in world.with_everyone().groups if group not in world.groups]
    return {OWNER.id, _FIRST.id, TOKEN.id, *(group.id for group in everyone)}


def _before_page(exchange):
    return (_FIRST,) if exchange.query.startswith("after=") else ()


def _behind_page(exchange):
    has_next = any('rel="next"' in line for line in exchange.headers.get("link", ()))
    return (_LAST,) if has_next and exchange.segments[-1] == "apps" else ()


def _is_creation(exchange, endpoint):
    """A POST to a collection makes what it answers with."""
    return exchange.method == "POST" and not endpoint.endswith("}") and "lifecycle" not in endpoint


def _nouns(exchange, *, is_creation):
    found = Nouns(users={}, groups={}, rules={}, apps={}, tokens={})
    if exchange.status < _REFUSED and not is_creation:
        for body in _objects(exchange.body):
            _place(found, body)
    absent = str((exchange.body or {}).get("errorSummary")) if exchange.status == _MISSING else ""
    own = exchange.body.get("id") if is_creation and isinstance(exchange.body, Mapping) else None
    named = [*exchange.segments, *_texts(exchange.sent), *_texts(exchange.body)]
    for identity in dict.fromkeys(named):
        if _ID.fullmatch(identity) and identity not in absent and identity != own:
            _stand_in(found, identity)
    _take_name(found, exchange)
    return found


def _objects(body):
    if isinstance(body, list):
        return [each for each in body if isinstance(each, Mapping)]
    return [body] if isinstance(body, Mapping) else []


def _place(found, body):
    profile = body.get("profile") or {}
    identity = body.get("id")
    if "login" in profile:
        found.users[identity] = _noun(User, body, **_signs_in_with(body))
    elif "objectClass" in body:
        found.groups[identity] = {"noun": _noun(Group, body), "members": []}
    elif body.get("type") == "group_rule":
        found.rules[identity] = body
    elif "signOnMode" in body:
        found.apps[identity] = {"body": body, "groups": []}
    elif "tokenWindow" in body:
        found.tokens[identity] = body


def _signs_in_with(body):
    credentials = body.get("credentials") or {}
    asked = credentials.get("recovery_question") or {}
    return {
        "has_password": "password" in credentials or body.get("status") == "DEPROVISIONED",
        "recovery_question": asked.get("question", ""),
    }


def _stand_in(found, identity):
    """Something with this id is there, whatever else it is."""
    match identity[:3]:
        case "00u":
            login = f"{identity.lower()}@scaffold.example"
            found.users.setdefault(identity, User(login=login, id=identity))
        case "00g":
            noun = Group(name=f"group {identity}", id=identity)
            found.groups.setdefault(identity, {"noun": noun, "members": []})
        case "0oa":
            body = {"id": identity, "label": f"app {identity}"}
            found.apps.setdefault(identity, {"body": body, "groups": []})
        case "0pr":
            body = {"id": identity, "name": f"rule {identity}", "status": "INACTIVE"}
            found.rules.setdefault(identity, body)
        case "00T":
            found.tokens.setdefault(identity, {"id": identity, "name": f"token {identity}"})


def _take_name(found, exchange):
    """A refusal because a login is taken needs somebody who has it."""
    if "already exists" in str(exchange.body) and "users" in exchange.segments:
        taken = User(login=exchange.sent["profile"]["login"])
        found.users[taken.id] = taken


def _relate(exchange, nouns):
    """Memberships, assignments and statuses that the answer shows or the request needs."""
    match exchange.segments[2:]:
        case ["groups", "rules", rule, *rest]:
            _bring_into_rest(exchange, nouns.rules.get(rule, {}), rest)
        case ["groups", group, *rest]:
            _fill_group(exchange, nouns, group, rest)
        case ["users", user, "groups"]:
            for group in nouns.groups.values():
                group["members"] = [user]
        case ["apps", app, "groups", *_] if exchange.method != "PUT":
            nouns.apps[app]["groups"] = list(nouns.groups)
        case ["apps", app, "users"] if exchange.method == "GET":
            _give(exchange, nouns, app)
        case ["users", user, "lifecycle", deed]:
            _bring_into_status(exchange, nouns, user, deed)


def _give(exchange, nouns, app):
    """Who has the app has it in person, or by the group that the answer links to."""
    nouns.apps[app]["users"] = []
    for body in exchange.body:
        if not _ID.fullmatch(body["id"]):
            continue  # an id that its maintainers invented
        user = body.get("_embedded", {}).get("user", {})
        named = (body["credentials"] or {}).get("userName")
        login = named or f"{body['id'].lower()}@scaffold.example"
        nouns.users[body["id"]] = _noun(
            User,
            user,
            id=body["id"],
            login=login,
            email=login,
            **_signs_in_with(user),
        )
        if body["scope"] == "USER":
            nouns.apps[app]["users"].append(login)
            continue
        group = body["_links"]["group"]["href"].rpartition("/")[2]
        _stand_in(nouns, group)
        nouns.groups[group]["members"].append(body["id"])
        nouns.apps[app]["groups"].append(group)


def _fill_group(exchange, nouns, group, rest):
    match rest:
        case ["users"]:
            nouns.groups[group]["members"] = list(nouns.users)
        case ["users", user] if exchange.method == "DELETE":
            nouns.groups[group]["members"] = [user]
        case ["apps"]:
            for app in nouns.apps.values():
                app["groups"] = [group]
        case ["roles"] if exchange.method == "GET":
            noun = nouns.groups[group]["noun"]
            roles = tuple(role["type"] for role in exchange.body)
            nouns.groups[group]["noun"] = replace(noun, roles=roles)


def _bring_into_rest(exchange, rule, rest):
    """A rule is changed, activated and deleted only while it is inactive."""
    if rest == ["lifecycle", "deactivate"]:
        rule["status"] = "ACTIVE"
    elif exchange.method != "GET":
        rule["status"] = "INACTIVE"


def _bring_into_status(exchange, nouns, user, deed):
    status = "ACTIVE" if exchange.status >= _REFUSED else _BEFORE.get(deed, "ACTIVE")
    nouns.users[user] = replace(nouns.users[user], status=status)


def _noun(kind, body, **given):
    """A noun with every field that the body has a value for."""
    profile = body.get("profile") or {}
    for field in fields(kind):
        name = _camel(field.name)
        value = body.get(name, profile.get(name))
        if isinstance(value, str):
            given[field.name] = (
                datetime.fromisoformat(value) if "datetime" in str(field.type) else value
            )
    return kind(**given)


def _camel(name):
    first, *rest = name.split("_")
    return first + "".join(part.capitalize() for part in rest)


def _group(found, logins):
    members = logins.values() if found["noun"].name == "Everyone" else ()
    members = [*members, *(logins[user] for user in found["members"])]
    return replace(found["noun"], members=tuple(dict.fromkeys(members)))


def _rule(body, names, logins):
    conditions = body.get("conditions") or {}
    excluded = ((conditions.get("people") or {}).get("users") or {}).get("exclude") or []
    targets = (body.get("actions") or {}).get("assignUserToGroups", {}).get("groupIds", [])
    return Rule(
        name=body["name"],
        id=body["id"],
        status=body["status"],
        expression=(conditions.get("expression") or {}).get("value") or 'user.login=="nobody"',
        groups=tuple(names[group] for group in targets),
        exclude=tuple(logins[user] for user in excluded),
    )


def _app(found, names):
    groups = tuple(names[group] for group in found["groups"])
    return replace(_noun(App, found["body"]), groups=groups, users=tuple(found.get("users", ())))


def _token(body, logins):
    owner = logins.get(body.get("userId"), OWNER.login)
    return _noun(Token, {**body, "value": None, "status": None}, owner=owner)


def _emails(body):
    """An org that shows addresses shows them of everyone who has a password."""
    whole = [each.get("_embedded", {}).get("user", each) for each in _objects(body)]
    shown = [each.get("credentials") or {} for each in whole if "login" in each.get("profile", {})]
    is_hidden = any("password" in each and "emails" not in each for each in shown)
    return "hidden" if is_hidden else "shown"


def _org(body):
    if isinstance(body, Mapping) and "subdomain" in body:
        return Org(subdomain=body["subdomain"], id=body["id"], domain="test.okta.com")
    return Org(subdomain="test", domain="test.okta.com")


def _unique(nouns, field):
    """The nouns, renamed where anonymising gave two of them one name."""
    seen, made = set(), []
    for noun in nouns:
        name = getattr(noun, field)
        if name.lower() in seen:
            noun = replace(noun, **{field: f"{noun.id.lower()}.{name}"})  # noqa: PLW2901 - the same noun, renamed
        seen.add(name.lower())
        made.append(noun)
    return made


def _texts(value):
    if isinstance(value, str):
        return [value]
    if isinstance(value, Mapping):
        return [text for key, each in value.items() if key != "_links" for text in _texts(each)]
    return [text for each in value for text in _texts(each)] if isinstance(value, list) else []
