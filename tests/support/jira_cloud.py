"""A Jira Cloud in memory, served on loopback: what people do there, and what its API answers.

`JiraCloud` keeps issues as people leave them; `tests.support.jira_answers` is the JSON of them.
`JiraCloud.app` is the ASGI application, `served` puts it on a port. Each act takes a minute.
"""

import re
from base64 import b64encode
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from threading import Thread
from typing import Any

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from reconciler.model.approvals.doors import JiraAccount, JiraDoor, JiraField
from reconciler.model.ids import SecretRef
from tests.support.jira_answers import (
    APPROVED,
    AUTOMATION,
    CLOUD_ID,
    DONE,
    DONE_TRANSITION,
    ENDED,
    FIELDS,
    OPEN,
    PROJECT,
    STATUSES,
    TYPE,
    Json,
    KeptIssue,
    account_json,
    changes_of,
    issue_json,
    problem,
)

__all__ = ["READER", "WRITER", "JiraCloud", "door", "served"]

READER = ("reader@acme.com", "jira-reading-of-the-tests")
WRITER = ("writer@acme.com", "jira-writing-of-the-tests")
_BOT = "bot-writer"
_MOST_NAMED, _MOST_UNNAMED = 1000, 100
_JQL = re.compile(
    r"project = (\d+) AND issuetype IN \(([\d, ]+)\) AND status IN \(([\d, ]+)\) ORDER BY id"
)
Answer = Callable[[Request], Response | None]


def door(**changed: Any) -> JiraDoor:
    """The door to the project of this Jira."""
    account = JiraAccount(email=READER[0], token=SecretRef(kind="env", value="JIRA_READ_TOKEN"))
    stated: dict[str, Any] = {
        "site": "https://acme.atlassian.net",
        "cloud_id": CLOUD_ID,
        "project": PROJECT,
        "issue_types": frozenset({TYPE}),
        "approved": frozenset({APPROVED, DONE}),
        "ended": frozenset({ENDED}),
        "fields": FIELDS,
        "reading": account,
        "done_transition": DONE_TRANSITION,
    }
    return JiraDoor(**stated | changed)


@dataclass
class JiraCloud:
    """One site with its projects. `spoil` may answer instead, for one request.

    `requests` are method and path of what was asked, in order. `page` is how many items a page of
    anything holds at most.
    """

    issues: dict[str, KeptIssue] = field(default_factory=dict)
    now: datetime = datetime(2026, 11, 20, 12, tzinfo=UTC)
    page: int = 10_000
    takes_a_thousand: bool = True
    gone: set[str] = field(default_factory=set)
    programs: set[str] = field(default_factory=lambda: {AUTOMATION})
    requests: list[str] = field(default_factory=list)
    spoil: Answer | None = None
    reader_may: set[str] = field(default_factory=set)
    next_id: int = 10_001

    def file(self, reporter: str = "asker", *, creator: str = "", **values: Any) -> str:
        """A new issue, and its key. `values` are those of the mapped fields."""
        made = KeptIssue(
            id=str(self._number()),
            key=f"AI-{len(self.issues) + 1}",
            created=self._tick(),
            reporter=reporter,
            creator=creator or reporter,
        )
        given = {"tool": {"value": "cursor"}, "subject": account_json("jane"), "purpose": "Work"}
        for name, value in (given | values).items():
            made.fields[FIELDS[JiraField(name)]] = value
        self.issues[made.id] = made
        return made.key

    def find(self, key: str) -> KeptIssue:
        """The issue that has the key, or had it."""
        found = self._find(key)
        assert found is not None
        return found

    def approve(self, key: str, who: str = "lead") -> None:
        """Somebody moves it into the approved status."""
        self._set_status(key, APPROVED, who)

    def approve_by_automation(self, key: str) -> None:
        """A rule moves it into the approved status."""
        self._set_status(key, APPROVED, AUTOMATION)

    def reopen(self, key: str, who: str = "asker") -> None:
        """Somebody moves it out of whatever status it is in."""
        self._set_status(key, OPEN, who)

    def end(self, key: str, who: str = "lead") -> None:
        """Somebody says that the access is over."""
        self._set_status(key, ENDED, who)

    def edit(self, key: str, name: str, value: Any, who: str = "asker") -> None:
        """Somebody changes a mapped field, or the reporter."""
        issue = self.find(key)
        if name == "reporter":
            before, issue.reporter = issue.reporter, value
            self._note(issue, who, ("reporter", "jira", before, value, "", ""))
            return
        named = FIELDS[JiraField(name)]
        before, issue.fields[named] = issue.fields.get(named), value
        kind = "custom" if named.startswith("customfield") else "jira"
        self._note(issue, who, (named, kind, None, None, str(before or ""), str(value or "")))

    def move(self, key: str, to: str = "OPS", who: str = "asker") -> str:
        """Somebody moves it to another project, or back to `AI`; its new key."""
        issue = self.find(key)
        old_key, old_project = issue.key, issue.project
        issue.earlier.append(old_key)
        issue.key, issue.project = f"{to}-{issue.id}", PROJECT if to == "AI" else "10009"
        self._note(
            issue,
            who,
            ("project", "jira", old_project, issue.project, "", ""),
            ("Key", "jira", None, None, old_key, issue.key),
        )
        return issue.key

    def delete(self, key: str) -> None:
        """It is not there any more."""
        del self.issues[self.find(key).id]

    def delete_account(self, account: str) -> None:
        """The person asked to be forgotten."""
        self.gone.add(account)

    def ask_decision(self, key: str, *approvers: str, name: str = "Manager") -> None:
        """Jira Service Management asks these people."""
        self.find(key).decisions.append(
            {"name": name, "approvers": dict.fromkeys(approvers, "pending"), "opened": self._tick()}
        )

    def decide(self, key: str, who: str, decision: str = "approved") -> None:
        """One of them answers; once all did, a rule moves the issue."""
        issue = self.find(key)
        asked = next(d for d in reversed(issue.decisions) if who in d["approvers"])
        asked["approvers"][who] = decision
        if "pending" not in asked["approvers"].values() or decision == "declined":
            asked["completed"] = self._tick()
        if all(set(d["approvers"].values()) == {"approved"} for d in issue.decisions):
            self._set_status(key, APPROVED, AUTOMATION)

    def _find(self, name: str) -> KeptIssue | None:
        upper = name.upper()
        names = {i: {i, issue.key, *issue.earlier} for i, issue in self.issues.items()}
        return next((self.issues[i] for i, known in names.items() if upper in known), None)

    def _set_status(self, key: str, status: str, who: str) -> None:
        issue = self.find(key)
        before, issue.status = issue.status, status
        if before == status:
            return
        self._note(issue, who, ("status", "jira", before, status, "", ""))

    def _note(self, issue: KeptIssue, who: str, *items: tuple[Any, ...]) -> None:
        names = ("fieldId", "fieldtype", "from", "to", "fromString", "toString")
        made = [{"field": item[0]} | dict(zip(names, item, strict=True)) for item in items]
        for item in made:
            if item["field"] == "Key":
                del item["fieldId"]
        millis = int(self._tick().timestamp() * 1000)
        issue.changes.append(
            {"id": str(self._number()), "created": millis, "who": who, "items": made}
        )

    def _number(self) -> int:
        self.next_id += 1
        return self.next_id

    def _tick(self) -> datetime:
        self.now += timedelta(minutes=1)
        return self.now

    @property
    def app(self) -> Starlette:
        """The API, at the site's own address and below the gateway's path."""
        rest, issue = "/rest/api/3", "/rest/api/3/issue/{name}"
        routes = [
            Route("/_edge/tenant_info", self._tenant),
            Route(f"{rest}/myself", self._myself),
            Route(f"{rest}/project/{{name}}", self._project),
            Route(f"{rest}/project/{{name}}/statuses", self._statuses),
            Route(f"{rest}/field", self._field),
            Route(f"{rest}/mypermissions", self._permissions),
            Route(f"{rest}/search/jql", self._search, methods=["POST"]),
            Route(f"{rest}/issue/bulkfetch", self._issues, methods=["POST"]),
            Route(f"{rest}/changelog/bulkfetch", self._changes, methods=["POST"]),
            Route("/rest/servicedeskapi/request/{name}/approval", self._decisions),
            Route(f"{issue}/properties/{{key}}", self._property, methods=["GET", "PUT"]),
            Route(f"{issue}/comment", self._comments, methods=["GET", "POST"]),
            Route(f"{issue}/comment/{{id}}", self._comment, methods=["GET", "PUT"]),
            Route(f"{issue}/transitions", self._transitions, methods=["GET", "POST"]),
        ]
        below = f"/ex/jira/{CLOUD_ID}"
        under = [Route(below + r.path, r.endpoint, methods=_methods(r)) for r in routes[1:]]
        return Starlette(routes=[self._guarded(route) for route in (*routes, *under)])

    def _guarded(self, route: Route) -> Route:
        inner = route.endpoint

        async def endpoint(request: Request) -> Response:
            self.requests.append(f"{request.method} {request.url.path}")
            spoilt = self.spoil(request) if self.spoil else None
            if spoilt is not None:
                return spoilt
            refused = self._refuse(request)
            answer: Response = refused or await inner(request)
            return answer

        return Route(route.path, endpoint, methods=_methods(route))

    def _refuse(self, request: Request) -> Response | None:
        """Who may not: only the writer writes, and a site tells anybody which one it is."""
        given = request.headers.get("authorization", "")
        if request.url.path.endswith("/tenant_info"):
            return None if not given else problem(400, "this needs no account")
        known = {_basic(*READER): False, _basic(*WRITER): True}
        if given not in known:
            return problem(401, "Client must be authenticated to access this resource.")
        path = request.url.path
        is_write = request.method != "GET" and not path.endswith(("/bulkfetch", "/search/jql"))
        return problem(403, "You do not have permission") if is_write > known[given] else None

    async def _tenant(self, _: Request) -> Response:
        return JSONResponse({"cloudId": CLOUD_ID})

    async def _myself(self, request: Request) -> Response:
        return JSONResponse(account_json(_BOT if _is_writer(request) else "bot-reader"))

    async def _project(self, request: Request) -> Response:
        if request.path_params["name"] != PROJECT:
            return problem(404, "No project could be found")
        return JSONResponse({"id": PROJECT, "key": "AI", "name": "Access"})

    async def _statuses(self, request: Request) -> Response:
        if request.path_params["name"] != PROJECT:
            return problem(404, "No project could be found")
        return JSONResponse([{"id": TYPE, "name": "Request", "statuses": STATUSES}])

    async def _field(self, _: Request) -> Response:
        return JSONResponse([{"id": name, "name": each.value} for each, name in FIELDS.items()])

    async def _permissions(self, request: Request) -> Response:
        asked = request.query_params["permissions"].split(",")
        may = set(asked) if _is_writer(request) else {"BROWSE_PROJECTS"} | self.reader_may
        shown = {name: {"key": name, "havePermission": name in may} for name in asked}
        return JSONResponse({"permissions": shown})

    async def _search(self, request: Request) -> Response:
        body = await request.json()
        found = _JQL.fullmatch(body["jql"])
        if found is None:
            return problem(400, "Error in the JQL Query")
        project, types, statuses = found[1], found[2].split(", "), found[3].split(", ")
        ids = [
            {"id": i.id, "key": i.key}
            for i in self.issues.values()
            if i.project == project and i.type in types and i.status in statuses
        ]
        return JSONResponse(self._page("issues", ids, body))

    async def _issues(self, request: Request) -> Response:
        body = await request.json()
        most = _MOST_NAMED if body.get("fields") and self.takes_a_thousand else _MOST_UNNAMED
        if len(body["issueIdsOrKeys"]) > most:
            return problem(400, f"The number of issues requested exceeds {most}")
        named = map(self._find, body["issueIdsOrKeys"])
        properties = body.get("properties", [])
        found = {
            i.id: issue_json(i, body["fields"], self.gone, properties)
            for i in named
            if i is not None
        }
        return JSONResponse({"issues": list(found.values()), "issueErrors": []})

    async def _changes(self, request: Request) -> Response:
        body = await request.json()
        fields = body.get("fieldIds", [])
        if len(fields) > 10 or len(body["issueIdsOrKeys"]) > _MOST_NAMED:
            return problem(400, "Too many")
        asked = filter(None, map(self._find, body["issueIdsOrKeys"]))
        flat = [(i.id, c) for i in asked for c in changes_of(i, fields, self.gone, self.programs)]
        flat.sort(key=lambda each: (each[1]["created"], int(each[0])))
        page = self._page("issueChangeLogs", flat, body)
        logs: dict[str, list[Json]] = {}
        for issue, change in page["issueChangeLogs"]:
            logs.setdefault(issue, []).append(change)
        page["issueChangeLogs"] = [{"issueId": i, "changeHistories": c} for i, c in logs.items()]
        return JSONResponse(page)

    async def _decisions(self, request: Request) -> Response:
        issue = self._find(request.path_params["name"])
        if issue is None or not issue.decisions:
            return problem(404, "The request does not exist")
        start = int(request.query_params["start"])
        size = min(int(request.query_params["limit"]), self.page)
        made = issue.decisions_json(self.gone)
        shown, is_last = made[start : start + size], start + size >= len(made)
        return JSONResponse(
            {"size": len(shown), "start": start, "isLastPage": is_last, "values": shown}
        )

    async def _property(self, request: Request) -> Response:
        issue, key = self._find(request.path_params["name"]), request.path_params["key"]
        if issue is None:
            return problem(404, "Issue does not exist")
        if request.method == "PUT":
            is_new = key not in issue.properties
            issue.properties[key] = await request.json()
            return Response(status_code=201 if is_new else 200)
        if key not in issue.properties:
            return problem(404, "The property does not exist")
        return JSONResponse({"key": key, "value": issue.properties[key]})

    async def _comments(self, request: Request) -> Response:
        issue = self._find(request.path_params["name"])
        if issue is None:
            return problem(404, "Issue does not exist")
        if request.method == "POST":
            made = {"id": str(self._number()), "author": account_json(_BOT), "properties": []}
            issue.comments.append(made | await request.json())
            return JSONResponse(issue.comments[-1], 201)
        start = int(request.query_params["startAt"])
        size = min(int(request.query_params["maxResults"]), self.page)
        shown = issue.comments[start : start + size]
        if request.query_params.get("expand") != "properties":
            shown = [{n: v for n, v in each.items() if n != "properties"} for each in shown]
        total = len(issue.comments)
        return JSONResponse({"startAt": start, "total": total, "comments": shown})

    async def _comment(self, request: Request) -> Response:
        issue, wanted = self._find(request.path_params["name"]), request.path_params["id"]
        kept = next((c for c in (issue.comments if issue else ()) if c["id"] == wanted), None)
        if kept is None:
            return problem(404, "Comment does not exist")
        if request.method == "PUT":
            kept.update(await request.json())
        return JSONResponse(kept)

    async def _transitions(self, request: Request) -> Response:
        issue = self._find(request.path_params["name"])
        if issue is None:
            return problem(404, "Issue does not exist")
        offered = {DONE_TRANSITION: DONE} if issue.status == APPROVED else {}
        if request.method == "GET":
            listed = [
                {"id": each, "name": "Done", "to": {"id": to, "name": "Done"}}
                for each, to in offered.items()
            ]
            return JSONResponse({"transitions": listed})
        wanted = (await request.json())["transition"]["id"]
        if wanted not in offered:
            return problem(400, "It is not on the appropriate screen")
        self._set_status(issue.id, offered[wanted], _BOT)
        return Response(status_code=204)

    def _page(self, name: str, items: list[Any], body: Json) -> Json:
        start = int(body.get("nextPageToken", "0"))
        size = min(int(body["maxResults"]), self.page)
        rest = items[start + size :]
        page: Json = {name: items[start : start + size]}
        return page | ({"nextPageToken": str(start + size)} if rest else {"isLast": True})


def _methods(route: Route) -> list[str]:
    return sorted((route.methods or {"GET"}) - {"HEAD"})


def _basic(email: str, token: str) -> str:
    return "Basic " + b64encode(f"{email}:{token}".encode()).decode()


@contextmanager
def served(cloud: JiraCloud) -> Iterator[str]:
    """The API on a loopback port; yields its address."""
    config = uvicorn.Config(
        cloud.app, host="127.0.0.1", port=0, log_level="critical", lifespan="off"
    )
    server = uvicorn.Server(config)
    listening = config.bind_socket()
    thread = Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join()
        listening.close()


def _is_writer(request: Request) -> bool:
    return request.headers.get("authorization", "") == _basic(*WRITER)
