"""The steps of the session, endpoint by endpoint: `{name}` is the id of something in its world."""

from tests.contract.session import Step

_GROUPS = "/api/v1/groups"
_RULES = _GROUPS + "/rules"
_USERS = "/api/v1/users"
_APPS = "/api/v1/apps"
_TOKENS = "/api/v1/api-tokens"
_LOGS = "/api/v1/logs"
_OTHER_TAG = f'W/"{"0" * 64}"'
_PROFILE = {"firstName": "New", "lastName": "Hire", "login": "new@a.example"}


def _rule(name):
    return {
        "type": "group_rule",
        "name": name,
        "conditions": {
            "expression": {"type": "urn:okta:expression:1.0", "value": 'user.login=="z"'},
        },
        "actions": {"assignUserToGroups": {"groupIds": ["{ruled}"]}},
    }


def _step(status, request, body=None, keep="", **headers):
    sent = {name.replace("_", "-"): value for name, value in headers.items()}
    return Step(status=status, request=request, body=body, keep=keep, headers=sent)


_ORG = (
    _step(200, "GET /.well-known/okta-organization"),
    _step(200, "GET /api/v1/org"),
)
_GROUP_STEPS = (
    _step(200, f"GET {_GROUPS}?limit=2"),
    _step(200, f"GET {_GROUPS}?limit=2&after={{after}}"),
    _step(200, f"GET {_GROUPS}"),
    _step(200, f"GET {_GROUPS}?q=to"),
    _step(200, f'GET {_GROUPS}?search=profile.name eq "tool"'),
    _step(200, f'GET {_GROUPS}?filter=type eq "OKTA_GROUP"'),
    _step(200, f"GET {_GROUPS}?expand=stats"),
    _step(200, f"GET {_GROUPS}?expand=app"),
    _step(400, f'GET {_GROUPS}?search=id eq "x"&filter=id eq "x"'),
    _step(400, f"GET {_GROUPS}?search=eq eq"),
    _step(400, f"GET {_GROUPS}?after=nowhere"),
    _step(200, f"POST {_GROUPS}", {"profile": {"name": "made"}}, keep="made"),
    _step(200, f"POST {_GROUPS}", {"profile": {"name": "also", "description": "x"}}, keep="also"),
    _step(400, f"POST {_GROUPS}", {"profile": {"name": "made"}}),
    _step(400, f"POST {_GROUPS}", {"profile": {}}),
    _step(400, f"POST {_GROUPS}", {"unknown": 1}),
    _step(400, f"POST {_GROUPS}", b"{"),
    _step(200, f"GET {_GROUPS}/{{tool}}"),
    _step(200, f"GET {_GROUPS}/{{everyone}}"),
    _step(200, f"GET {_GROUPS}/{{directory}}"),
    _step(404, f"GET {_GROUPS}/{{nogroup}}"),
    _step(200, f"PUT {_GROUPS}/{{made}}", {"profile": {"name": "made anew"}}),
    _step(400, f"PUT {_GROUPS}/{{made}}", {"profile": {"name": ""}}),
    _step(403, f"PUT {_GROUPS}/{{everyone}}", {"profile": {"name": "Nobody"}}),
    _step(404, f"PUT {_GROUPS}/{{nogroup}}", {"profile": {"name": "x"}}),
    _step(204, f"DELETE {_GROUPS}/{{also}}"),
    _step(403, f"DELETE {_GROUPS}/{{everyone}}"),
    _step(404, f"DELETE {_GROUPS}/{{also}}"),
)
_ROLE_STEPS = (
    _step(200, f"GET {_GROUPS}/{{tool}}/roles"),
    _step(404, f"GET {_GROUPS}/{{nogroup}}/roles"),
    _step(200, f"GET {_USERS}/{{active0}}/roles"),
    _step(200, f"GET {_USERS}/{{admin}}/roles"),
    _step(404, f"GET {_USERS}/{{nobody}}/roles"),
)
_MEMBER_STEPS = (
    _step(200, f"GET {_GROUPS}/{{tool}}/users?limit=5"),
    _step(200, f"GET {_GROUPS}/{{tool}}/users?limit=5&after={{after}}"),
    _step(200, f"GET {_GROUPS}/{{tool}}/users"),
    _step(200, f"GET {_GROUPS}/{{ruled}}/users?expand=group-rules"),
    _step(200, f"GET {_GROUPS}/{{spare}}/users"),
    _step(400, f"GET {_GROUPS}/{{tool}}/users?after=nowhere"),
    _step(404, f"GET {_GROUPS}/{{nogroup}}/users"),
    _step(204, f"PUT {_GROUPS}/{{spare}}/users/{{active0}}"),
    _step(204, f"PUT {_GROUPS}/{{spare}}/users/{{active0}}"),
    _step(404, f"PUT {_GROUPS}/{{spare}}/users/{{nobody}}"),
    _step(404, f"PUT {_GROUPS}/{{nogroup}}/users/{{active0}}"),
    _step(403, f"PUT {_GROUPS}/{{everyone}}/users/{{active0}}"),
    _step(403, f"PUT {_GROUPS}/{{directory}}/users/{{active0}}"),
    _step(403, f"PUT {_GROUPS}/{{spare}}/users/{{deprovisioned0}}"),
    _step(200, f"GET {_GROUPS}/{{ruled}}/users/{{staged0}}/group-rules"),
    _step(404, f"GET {_GROUPS}/{{nogroup}}/users/{{staged0}}/group-rules"),
    _step(204, f"DELETE {_GROUPS}/{{spare}}/users/{{active0}}"),
    _step(204, f"DELETE {_GROUPS}/{{spare}}/users/{{active0}}"),
    _step(404, f"DELETE {_GROUPS}/{{spare}}/users/{{nobody}}"),
    _step(404, f"DELETE {_GROUPS}/{{nogroup}}/users/{{active0}}"),
    _step(403, f"DELETE {_GROUPS}/{{directory}}/users/{{staged0}}"),
)
_RULE_STEPS = (
    _step(200, f"GET {_RULES}"),
    _step(200, f"GET {_RULES}?limit=1"),
    _step(200, f"GET {_RULES}?search=run&expand=groupIdToGroupNameMap"),
    _step(200, f"GET {_RULES}/{{rulerunning}}"),
    _step(200, f"GET {_RULES}/{{ruleresting}}"),
    _step(404, f"GET {_RULES}/0prxxxxxxxxxxxxxxxxx"),
    _step(400, f"GET {_RULES}?after=nowhere"),
    _step(200, f"POST {_RULES}", _rule("new"), keep="rulenew"),
    _step(400, f"POST {_RULES}", _rule("new")),
    _step(400, f"POST {_RULES}", {"type": "group_rule"}),
    _step(400, f"POST {_RULES}", b"{"),
    _step(200, f"PUT {_RULES}/{{rulenew}}", _rule("newer")),
    _step(404, f"PUT {_RULES}/0prxxxxxxxxxxxxxxxxx", _rule("none")),
    _step(204, f"POST {_RULES}/{{rulenew}}/lifecycle/activate"),
    _step(404, f"POST {_RULES}/0prxxxxxxxxxxxxxxxxx/lifecycle/activate"),
    _step(204, f"POST {_RULES}/{{rulenew}}/lifecycle/deactivate"),
    _step(404, f"POST {_RULES}/0prxxxxxxxxxxxxxxxxx/lifecycle/deactivate"),
    _step(202, f"DELETE {_RULES}/{{rulenew}}?removeUsers=false"),
    _step(404, f"DELETE {_RULES}/0prxxxxxxxxxxxxxxxxx"),
)
_USER_STEPS = (
    _step(200, f"GET {_USERS}?limit=5"),
    _step(200, f"GET {_USERS}?limit=5&after={{after}}"),
    _step(200, f"GET {_USERS}?q=active"),
    _step(200, f'GET {_USERS}?filter=status eq "DEPROVISIONED"'),
    _step(200, f'GET {_USERS}?search=profile.email sw "staged"'),
    _step(200, f"GET {_USERS}?search=status pr&sortBy=id&sortOrder=asc"),
    _step(400, f'GET {_USERS}?filter=status ne "ACTIVE"'),
    _step(400, f"GET {_USERS}?search=("),
    _step(400, f"GET {_USERS}?after=nowhere"),
    *(
        _step(200, f"GET {_USERS}/{{{status}0}}")
        for status in (
            "staged",
            "provisioned",
            "active",
            "recovery",
            "locked_out",
            "password_expired",
            "suspended",
            "deprovisioned",
        )
    ),
    _step(200, f"GET {_USERS}/me"),
    _step(200, f"GET {_USERS}/active.0@acme.example"),
    _step(404, f"GET {_USERS}/{{nobody}}"),
    _step(200, f"GET {_USERS}/{{active0}}/groups"),
    _step(404, f"GET {_USERS}/{{nobody}}/groups"),
    _step(400, f"GET {_USERS}/{{active0}}/groups?after=nowhere"),
    _step(200, f"GET {_USERS}/{{active0}}/appLinks"),
    _step(404, f"GET {_USERS}/{{nobody}}/appLinks"),
    _step(200, f"POST {_USERS}?activate=false", {"profile": {**_PROFILE, "email": "n@a.example"}}),
    _step(400, f"POST {_USERS}", {"profile": {"login": "other@a.example"}}),
    _step(400, f"POST {_USERS}", {"boop": "bap"}),
    _step(200, f"POST {_USERS}/{{active2}}", {"profile": {"firstName": "Other"}}),
    _step(404, f"POST {_USERS}/{{nobody}}", {"profile": {"firstName": "Other"}}),
    _step(400, f"POST {_USERS}/{{active2}}", {"profile": {"notValid": 1}}),
    _step(
        200,
        f"PUT {_USERS}/{{active2}}",
        {"profile": {**_PROFILE, "login": "a2@a.example", "email": "a2@a.example"}},
    ),
    _step(404, f"PUT {_USERS}/{{nobody}}", {"profile": _PROFILE}),
    _step(412, f"POST {_USERS}/{{active2}}", {"profile": {"nickName": "x"}}, if_match=_OTHER_TAG),
    _step(400, f"POST {_USERS}/{{active2}}", {"profile": {"nickName": "x"}}, if_match="none"),
)


def _deed(name, status, query=""):
    return (
        _step(200, f"POST {_USERS}/{{{status}}}/lifecycle/{name}{query}"),
        _step(404, f"POST {_USERS}/{{nobody}}/lifecycle/{name}{query}"),
    )


_LIFECYCLE_STEPS = (
    *_deed("suspend", "active1"),
    _step(400, f"POST {_USERS}/{{staged1}}/lifecycle/suspend"),
    *_deed("unsuspend", "suspended1"),
    _step(400, f"POST {_USERS}/{{staged1}}/lifecycle/unsuspend"),
    *_deed("activate", "staged2", "?sendEmail=false"),
    _step(200, f"POST {_USERS}/{{deprovisioned2}}/lifecycle/activate"),
    _step(403, f"POST {_USERS}/{{active0}}/lifecycle/activate?sendEmail=false"),
    *_deed("reactivate", "provisioned2", "?sendEmail=false"),
    _step(403, f"POST {_USERS}/{{active0}}/lifecycle/reactivate?sendEmail=false"),
    *_deed("unlock", "locked_out1"),
    _step(403, f"POST {_USERS}/{{active0}}/lifecycle/unlock"),
    *_deed("reset_factors", "active0"),
    _step(400, f"POST {_USERS}/{{active0}}/lifecycle/reset_password"),
    *_deed("reset_password", "active0", "?sendEmail=false"),
    *_deed("expire_password", "password_expired1"),
    *_deed("expire_password_with_temp_password", "password_expired2"),
    *_deed("deactivate", "recovery2"),
    _step(404, f"POST {_USERS}/{{deprovisioned1}}/lifecycle/deactivate"),
    _step(204, f"DELETE {_USERS}/{{deprovisioned1}}"),
    _step(404, f"DELETE {_USERS}/{{deprovisioned1}}"),
    _step(204, f"DELETE {_USERS}/{{active0}}/sessions"),
    _step(404, f"DELETE {_USERS}/{{nobody}}/sessions"),
)
_APP_STEPS = (
    _step(200, f"GET {_GROUPS}/{{tool}}/apps"),
    _step(200, f"GET {_GROUPS}/{{spare}}/apps"),
    _step(404, f"GET {_GROUPS}/{{nogroup}}/apps"),
    _step(400, f"GET {_GROUPS}/{{tool}}/apps?after=nowhere"),
    _step(200, f"GET {_APPS}"),
    _step(200, f"GET {_APPS}?q=To&limit=1"),
    _step(200, f'GET {_APPS}?filter=status eq "ACTIVE"'),
    _step(400, f"GET {_APPS}?after=nowhere"),
    _step(200, f"GET {_APPS}/{{apptool}}"),
    _step(404, f"GET {_APPS}/0oaxxxxxxxxxxxxxxxxx"),
    _step(400, f"GET {_APPS}/{{apptool}}?expand=nothing"),
    _step(200, f"GET {_APPS}/{{apptool}}/groups"),
    _step(404, f"GET {_APPS}/0oaxxxxxxxxxxxxxxxxx/groups"),
    _step(400, f"GET {_APPS}/{{apptool}}/groups?after=nowhere"),
    _step(200, f"GET {_APPS}/{{apptool}}/groups/{{tool}}"),
    _step(404, f"GET {_APPS}/{{apptool}}/groups/{{nogroup}}"),
    _step(200, f"PUT {_APPS}/{{apptool}}/groups/{{spare}}"),
    _step(404, f"PUT {_APPS}/{{apptool}}/groups/{{nogroup}}"),
    _step(204, f"DELETE {_APPS}/{{apptool}}/groups/{{spare}}"),
    _step(404, f"DELETE {_APPS}/0oaxxxxxxxxxxxxxxxxx/groups/{{tool}}"),
    _step(200, f"GET {_APPS}/{{apptool}}/users"),
    _step(404, f"GET {_APPS}/0oaxxxxxxxxxxxxxxxxx/users"),
    _step(400, f"GET {_APPS}/{{apptool}}/users?after=nowhere"),
)
_TOKEN_STEPS = (
    _step(200, f"GET {_TOKENS}"),
    _step(200, f"GET {_TOKENS}/{{tokenold}}"),
    _step(404, f"GET {_TOKENS}/00Txxxxxxxxxxxxxxxxx"),
    _step(204, f"DELETE {_TOKENS}/{{tokenold}}"),
    _step(404, f"DELETE {_TOKENS}/00Txxxxxxxxxxxxxxxxx"),
    _step(200, 'GET /api/v1/principal-rate-limits?filter=principalType eq "SSWS_TOKEN"'),
    _step(400, "GET /api/v1/principal-rate-limits"),
)
_CLIENT_STEPS = (
    _step(200, "POST /oauth2/v1/token"),
    _step(401, "POST /oauth2/v1/token", {"client_assertion": "x"}),
    _step(400, "POST /oauth2/v1/token", {"scope": "openid"}),
    _step(200, "GET /oauth2/v1/clients/{program}/roles"),
    _step(404, "GET /oauth2/v1/clients/0oaxxxxxxxxxxxxxxxxx/roles"),
    _step(200, "GET /api/v1/iam/roles/readers/permissions"),
    _step(404, "GET /api/v1/iam/roles/writers/permissions"),
)
_LOG_STEPS = (
    _step(200, f"GET {_LOGS}"),
    _step(200, f"GET {_LOGS}?limit=2"),
    _step(200, f"GET {_LOGS}?limit=2&after={{after}}"),
    _step(200, f'GET {_LOGS}?filter=eventType eq "group.user_membership.add"'),
    _step(200, f"GET {_LOGS}?since=2026-08-30T00:00:00Z&until=2026-09-30T00:00:00Z"),
    _step(200, f"GET {_LOGS}?sortOrder=DESCENDING&until=2026-09-30T00:00:00Z"),
    _step(400, f"GET {_LOGS}?since=2016-01-01T00:00:00Z"),
    _step(400, f"GET {_LOGS}?filter=nothing at all"),
)
_BEYOND = (
    Step(status=404, request="GET /api/v1/nowhere", is_beyond=True),
    Step(status=404, request="GET /nowhere", is_beyond=True),
    Step(status=405, request=f"PATCH {_GROUPS}", is_beyond=True),
)
_LAST = (_step(204, f"DELETE {_TOKENS}/current"),)
STEPS = (
    *_ORG,
    *_GROUP_STEPS,
    *_ROLE_STEPS,
    *_MEMBER_STEPS,
    *_RULE_STEPS,
    *_USER_STEPS,
    *_LIFECYCLE_STEPS,
    *_APP_STEPS,
    *_TOKEN_STEPS,
    *_CLIENT_STEPS,
    *_LOG_STEPS,
    *_BEYOND,
    *_LAST,
)
