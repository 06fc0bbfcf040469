"""A GitHub in memory, served on loopback: what tests do by hand there, and what its API answers.

`GitHub` keeps pull requests, reviews, teams, checks, issues and comments as the JSON it answers
with; commits and branches lie in a real repository, where a test has one. `GitHub.app` is the ASGI
application, `served` puts it on a port.
"""

import re
from base64 import encodebytes
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from itertools import chain
from pathlib import Path
from threading import Thread
from typing import Any

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from tests.support import git_objects
from tests.support.github_answers import Json, account, listed, problem
from tests.support.github_writing import WritingApi

__all__ = [
    "REPOSITORY",
    "TOKEN",
    "WHEN",
    "GitHub",
    "Json",
    "account",
    "merged",
    "problem",
    "served",
]

REPOSITORY = "acme/access"
TOKEN = "ghs-of-the-tests"
WHEN = "2026-11-20T12:00:00Z"
Answer = Callable[[Request], Response | None]


@dataclass
class GitHub:
    """One repository and the organisation around it. `spoil` may answer instead, for one request.

    `requests` are the paths that were asked, in order, without their query.
    """

    repository: str = REPOSITORY
    default_branch: str = "main"
    token: str = TOKEN
    page: int = 100
    pulls: dict[int, Json] = field(default_factory=dict)
    pulls_of: dict[str, list[int]] = field(default_factory=dict)
    """The pull requests that brought a commit."""
    reviews: dict[int, list[Json]] = field(default_factory=dict)
    commits: dict[int, list[Json]] = field(default_factory=dict)
    files: dict[int, list[Json]] = field(default_factory=dict)
    teams: dict[str, dict[str, str]] = field(default_factory=dict)
    """The state of each member, by `org/team`."""
    comparisons: dict[tuple[str, str], Json] = field(default_factory=dict)
    """What a commit changes since it grew from another; one that is not here is lost."""
    contents: dict[str, bytes] = field(default_factory=dict)
    """Contents by git's names of them."""
    checks: list[Json] = field(default_factory=list)
    issues: list[Json] = field(default_factory=list)
    comments: dict[int, list[Json]] = field(default_factory=dict)
    requests: list[str] = field(default_factory=list)
    spoil: Answer | None = None
    url: str = "http://127.0.0.1"
    folder: Path | None = None
    """The repository whose objects and branches are written."""
    logins: dict[str, str] = field(default_factory=dict)
    """Further tokens, with the accounts that they sign in; those of Apps end in `[bot]`."""
    app_key: object = None
    """The public key of the App."""
    now: datetime = field(default_factory=lambda: datetime.fromisoformat(WHEN))
    """When the App's tokens and its commits are made, and merges done."""
    is_protected: bool = False
    """Whether a check or a review is missing before anything is merged."""
    merge_methods: dict[str, bool] = field(default_factory=dict)
    """As GitHub shows them: `allow_squash_merge` and the like."""
    authors: dict[str, Json] = field(default_factory=dict)
    """Who made a commit by the API."""

    def pull(self, number: int, head: str, base: str, *, author: str = "asker") -> Json:
        """An open pull request into the default branch, with one commit of its author."""
        at = {"full_name": self.repository, "default_branch": self.default_branch}
        made = {
            "number": number,
            "html_url": f"https://github.com/{self.repository}/pull/{number}",
            "state": "open",
            "user": account(author),
            "head": {"ref": f"change-{number}", "sha": head},
            "base": {"ref": self.default_branch, "sha": base, "repo": at},
            "merged_at": None,
            "merge_commit_sha": None,
        }
        self.pulls[number] = made
        self.reviews[number] = []
        self.commits[number] = [
            {"sha": head, "author": account(author), "committer": account("web-flow")}
        ]
        self.files[number] = []
        return made

    def file(self, number: int, name: str, blob: str, status: str = "added") -> None:
        """A file that the pull request changes, with its content at the head."""
        self.files[number].append({"filename": name, "sha": blob, "status": status})

    def review(self, number: int, login: str, state: str = "APPROVED", **more: Any) -> Json:
        """A review of the present head."""
        made = {
            "id": number * 100 + len(self.reviews[number]) + 1,
            "user": account(login),
            "state": state,
            "commit_id": self.pulls[number]["head"]["sha"],
            "submitted_at": WHEN,
            **more,
        }
        made["html_url"] = f"{self.pulls[number]['html_url']}#pullrequestreview-{made['id']}"
        self.reviews[number].append(made)
        return made

    def compare(self, base: str, head: str, grew_from: str, *files: tuple[str, str]) -> None:
        """What the commit changes: paths with blobs."""
        listed = [{"filename": n, "sha": b, "status": "added"} for n, b in files]
        found = {"merge_base_commit": {"sha": grew_from}, "commits": [], "files": listed}
        self.comparisons[base, head] = found

    def merge(
        self, number: int, commit: str, *others: str, at: str = "2026-11-20T13:00:00Z"
    ) -> None:
        """The pull request is merged; `commit` is what its merge made on the default branch."""
        self.pulls[number] |= {"state": "closed", "merged_at": at, "merge_commit_sha": commit}
        for each in (commit, *others):
            self.pulls_of.setdefault(each, []).append(number)

    def close(self, number: int) -> None:
        """Somebody closes the pull request or the issue."""
        (self.pulls.get(number) or self.find_issue(number))["state"] = "closed"

    def issue(self, number: int, author: str, title: str, body: str, *labels: str) -> Json:
        """An open issue of somebody's."""
        url = f"https://github.com/{self.repository}/issues/{number}"
        made = {
            "number": number,
            "html_url": url,
            "title": title,
            "body": body,
            "state": "open",
            "user": account(author, "Bot" if author.endswith("[bot]") else "User"),
            "labels": [{"name": name} for name in labels],
        }
        self.issues.append(made)
        return made

    def comment(self, number: int, author: Json, body: str) -> Json:
        """A comment of somebody's."""
        kept = self.comments.setdefault(number, [])
        name = sum(map(len, self.comments.values())) + 1
        url = f"https://github.com/{self.repository}/issues/{number}#issuecomment-{name}"
        kept.append({"id": name, "html_url": url, "user": author, "body": body})
        return kept[-1]

    def find_issue(self, number: int) -> Json | None:
        """The issue; None where there is none."""
        return next((i for i in self.issues if i["number"] == number), None)

    @property
    def app(self) -> Starlette:
        """The API."""
        at = f"/repos/{self.repository}"
        routes = [
            Route(f"{at}/commits/{{sha}}/pulls", self._pulls_of),
            Route(f"{at}/commits/{{sha}}/check-runs", self._checks_of),
            Route(f"{at}/compare/{{basehead}}", self._compare),
            Route(f"{at}/git/blobs/{{sha}}", self._content),
            Route(f"{at}/check-runs", self._add_check, methods=["POST"]),
            Route(f"{at}/pulls/{{number:int}}", self._pull),
            Route(f"{at}/pulls/{{number:int}}/{{what}}", self._part),
            Route(f"{at}/issues", self._issues),
            Route(f"{at}/issues", self._add_issue, methods=["POST"]),
            Route(f"{at}/issues/{{number:int}}", self._edit_issue, methods=["PATCH"]),
            Route(f"{at}/issues/{{number:int}}/comments", self._comments),
            Route(f"{at}/issues/{{number:int}}/comments", self._add_comment, methods=["POST"]),
            Route("/orgs/{org}/teams/{team}/memberships/{login}", self._membership),
        ]
        routes = chain(WritingApi(self).routes, routes)
        return Starlette(routes=[self._guarded(route) for route in routes])

    def _guarded(self, route: Route) -> Route:
        inner = route.endpoint

        async def endpoint(request: Request) -> Response:
            self.requests.append(request.url.path)
            token = request.headers.get("authorization", "").partition(" ")[2]
            login = {self.token: "bot[bot]", **self.logins}.get(token)
            if login is None and not request.url.path.startswith("/app"):
                return problem(401, "Bad credentials")
            request.state.token = token
            kind = "Bot" if (login or "").endswith("[bot]") else "User"
            request.state.account = account(login or "", kind)
            spoilt = self.spoil(request) if self.spoil else None
            if spoilt is not None:
                return spoilt
            answer: Response = await inner(request)
            return answer

        methods = sorted((route.methods or {"GET"}) - {"HEAD"})
        return Route(route.path, endpoint, methods=methods)

    async def _pulls_of(self, request: Request) -> Response:
        sha = request.path_params["sha"]
        if not re.fullmatch(r"[0-9a-f]{40}", sha):
            return problem(422, f"No commit found for SHA: {sha}")
        return listed(request, [self.pulls[n] for n in self.pulls_of.get(sha, [])], self.page)

    async def _compare(self, request: Request) -> Response:
        base, _, head = request.path_params["basehead"].partition("...")
        if self.folder is not None and (base, head) not in self.comparisons:
            changes = git_objects.find_changes(self.folder, base, head)
            if changes is not None:
                self.compare(base, head, changes[0])
                self.comparisons[base, head]["files"] = changes[1]
        found = self.comparisons.get((base, head))
        return JSONResponse(found) if found else problem(404, "Not Found")

    async def _content(self, request: Request) -> Response:
        found = self.contents.get(request.path_params["sha"])
        if found is None and self.folder is not None:
            found = git_objects.content_of(self.folder, request.path_params["sha"])
        if found is None:
            return problem(404, "Not Found")
        return JSONResponse({"content": encodebytes(found).decode(), "encoding": "base64"})

    async def _pull(self, request: Request) -> Response:
        found = self.pulls.get(request.path_params["number"])
        return JSONResponse(found) if found else problem(404, "Not Found")

    async def _part(self, request: Request) -> Response:
        parts = {"reviews": self.reviews, "commits": self.commits, "files": self.files}
        found = parts.get(request.path_params["what"], {}).get(request.path_params["number"])
        return problem(404, "Not Found") if found is None else listed(request, found, self.page)

    async def _membership(self, request: Request) -> Response:
        words = request.path_params
        state = self.teams.get(f"{words['org']}/{words['team']}", {}).get(words["login"])
        return (
            JSONResponse({"state": state, "role": "member"}) if state else problem(404, "Not Found")
        )

    async def _checks_of(self, request: Request) -> Response:
        found = [c for c in self.checks if c["head_sha"] == request.path_params["sha"]]
        return JSONResponse({"total_count": len(found), "check_runs": found})

    async def _add_check(self, request: Request) -> Response:
        self.checks.append({"id": len(self.checks) + 1, **await request.json()})
        return JSONResponse(self.checks[-1], 201)

    async def _issues(self, request: Request) -> Response:
        state = request.query_params.get("state", "open")
        found = [i for i in self.issues if state in {i["state"], "all"}]
        return listed(request, found, self.page)

    async def _add_issue(self, request: Request) -> Response:
        body, login = await request.json(), request.state.account["login"]
        labels = body.get("labels", [])
        made = self.issue(1000 + len(self.issues), login, body["title"], body["body"], *labels)
        return JSONResponse(made, 201)

    async def _edit_issue(self, request: Request) -> Response:
        found = self.find_issue(request.path_params["number"])
        if found is None:
            return problem(404, "Not Found")
        found.update(await request.json())
        return JSONResponse(found)

    async def _comments(self, request: Request) -> Response:
        return listed(request, self.comments.get(request.path_params["number"], []), self.page)

    async def _add_comment(self, request: Request) -> Response:
        number, body = request.path_params["number"], await request.json()
        if number not in self.pulls and self.find_issue(number) is None:
            return problem(404, "Not Found")
        return JSONResponse(self.comment(number, request.state.account, body["body"]), 201)


def merged(github: GitHub, number: int, commit: str, base: str, *blobs: str) -> None:
    """A merged pull request of another person's, whose head holds these contents; no review yet.

    Each content is that of a file which is named like it.
    """
    github.pull(number, f"{number:040x}", base)
    for blob in blobs:
        github.file(number, f"catalog/grants/{blob}.yaml", blob)
    github.merge(number, commit)


@contextmanager
def served(github: GitHub) -> Iterator[str]:
    """The API on a loopback port; yields its address."""
    config = uvicorn.Config(
        github.app, host="127.0.0.1", port=0, log_level="critical", lifespan="off"
    )
    server = uvicorn.Server(config)
    listening = config.bind_socket()
    thread = Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True)
    thread.start()
    github.url = f"http://127.0.0.1:{listening.getsockname()[1]}"
    try:
        yield github.url
    finally:
        server.should_exit = True
        thread.join()
        listening.close()
