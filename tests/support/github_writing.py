"""The part of GitHub's API that writes: git objects, branches, pull requests, issues, merges.

Git objects are those of a real repository, so that what was proposed can be fetched from it.
"""

from datetime import UTC, datetime, timedelta

import jwt
from starlette.responses import JSONResponse
from starlette.routing import Route

from tests.support import git_objects
from tests.support.github_answers import account, listed, problem

__all__ = ["APP", "INSTALLATION", "SLUG", "WritingApi"]

APP, INSTALLATION, SLUG = 12345, 100, "reconciler-bot"
_WAYS = {
    "squash": "allow_squash_merge",
    "merge": "allow_merge_commit",
    "rebase": "allow_rebase_merge",
}


class WritingApi:
    """Answers for a `GitHub`, whose state it changes."""

    def __init__(self, github):
        self.github = github

    @property
    def routes(self):
        """Below the repository, and those of an App."""
        at = f"/repos/{self.github.repository}"
        return [
            Route("/user", self.user),
            Route("/app", self.app),
            Route("/app/installations/{number:int}/access_tokens", self.token, methods=["POST"]),
            Route(at, self.repository),
            Route(f"{at}/git/ref/heads/{{branch:path}}", self.ref),
            Route(f"{at}/git/commits/{{sha}}", self.commit),
            Route(f"{at}/contents/{{path:path}}", self.content),
            Route(f"{at}/git/trees", self.add_tree, methods=["POST"]),
            Route(f"{at}/git/commits", self.add_commit, methods=["POST"]),
            Route(f"{at}/git/refs", self.add_ref, methods=["POST"]),
            Route(f"{at}/git/refs/heads/{{branch:path}}", self.move_ref, methods=["PATCH"]),
            Route(f"{at}/pulls", self.pulls),
            Route(f"{at}/pulls", self.add_pull, methods=["POST"]),
            Route(f"{at}/pulls/{{number:int}}/merge", self.merge, methods=["PUT"]),
            Route(f"{at}/issues/{{number:int}}", self.issue),
            Route(f"{at}/issues/{{number:int}}/labels", self.add_labels, methods=["POST"]),
            Route(f"{at}/issues/comments/{{number:int}}", self.edit_comment, methods=["PATCH"]),
        ]

    async def user(self, request):
        """A job's own token, and an App's, is told nothing."""
        login = self.github.logins.get(request.state.token, "")
        if not login or login.endswith("[bot]"):
            return problem(403, "Resource not accessible by integration")
        return JSONResponse(account(login))

    async def app(self, request):
        """The App, for who has its key."""
        if not self._is_app(request):
            return problem(401, "A JSON web token could not be decoded")
        return JSONResponse({"id": APP, "slug": SLUG})

    async def token(self, request):
        """A new token each time; it lasts for an hour by the App's clock."""
        if not self._is_app(request):
            return problem(401, "A JSON web token could not be decoded")
        body = await request.json()
        if request.path_params["number"] != INSTALLATION:
            return problem(404, "Not Found")
        if body["repositories"] != [self.github.repository.partition("/")[2]]:
            return problem(422, "There is at least one repository that does not exist")
        made = f"installation-token-{len(self.github.logins) + 1}"
        self.github.logins[made] = f"{SLUG}[bot]"
        ends = self.github.now + timedelta(hours=1)
        return JSONResponse({"token": made, "expires_at": _instant(ends)}, 201)

    def _is_app(self, request):
        """Whether it is signed with the App's key, for no more than ten minutes."""
        try:
            found = jwt.decode(request.state.token, self.github.app_key, algorithms=["RS256"])
        except jwt.PyJWTError:
            return False
        lasts = found["exp"] - datetime.now(UTC).timestamp()  # noqa: TID251 - as GitHub would
        return found["iss"] == str(APP) and lasts <= 600

    async def repository(self, request):
        """How it may be merged."""
        del request
        return JSONResponse(self._repository() | self.github.merge_methods)

    def _repository(self):
        github = self.github
        return {"full_name": github.repository, "default_branch": github.default_branch}

    async def ref(self, request):
        """The tip of a branch."""
        tip = git_objects.find_tip(self.github.folder, request.path_params["branch"])
        return _ref(tip) if tip else problem(404, "Not Found")

    async def commit(self, request):
        """A commit with its tree."""
        sha = request.path_params["sha"]
        tree = git_objects.tree_of(self.github.folder, sha)
        if tree is None:
            return problem(404, "Not Found")
        return JSONResponse({"sha": sha, "tree": {"sha": tree}})

    async def content(self, request):
        """A file, or the list of a folder."""
        path, commit = request.path_params["path"], request.query_params["ref"]
        found = git_objects.blob_at(self.github.folder, commit, path)
        if found is None:
            return problem(404, "Not Found")
        if found[0] == "tree":
            return JSONResponse([])
        return JSONResponse({"type": "file", "path": path, "sha": found[1]})

    async def add_tree(self, request):
        """The base with files over it."""
        body = await request.json()
        files = [(each["path"], each["content"]) for each in body["tree"]]
        made = git_objects.write_tree(self.github.folder, body["base_tree"], files)
        return JSONResponse({"sha": made}, 201)

    async def add_commit(self, request):
        """A commit that nothing holds yet; whoever asks is its author."""
        body = await request.json()
        assert "author" not in body
        assert "committer" not in body
        made = git_objects.write_commit(
            self.github.folder,
            body["message"],
            body["tree"],
            body["parents"],
            _instant(self.github.now),
        )
        self.github.authors[made] = request.state.account
        return JSONResponse({"sha": made}, 201)

    async def add_ref(self, request):
        """A new branch."""
        body = await request.json()
        if not git_objects.create_branch(self.github.folder, body["ref"], body["sha"]):
            return problem(422, "Reference already exists")
        return _ref(body["sha"], 201)

    async def move_ref(self, request):
        """A branch goes on; it is never thrown back."""
        body, branch = await request.json(), request.path_params["branch"]
        assert body["force"] is False
        if not git_objects.move_branch(self.github.folder, f"refs/heads/{branch}", body["sha"]):
            return problem(422, "Update is not a fast forward")
        for pull in self.github.pulls.values():
            if pull["head"]["ref"] == branch and pull["state"] == "open":
                self._compare(pull, body["sha"])
        return _ref(body["sha"])

    async def pulls(self, request):
        """Those of a state and of a branch, newest first."""
        state = request.query_params.get("state", "open")
        head = request.query_params.get("head", "")
        owner = self.github.repository.partition("/")[0]
        found = [
            p
            for p in reversed(self.github.pulls.values())
            if state in {p["state"], "all"} and head in {"", f"{owner}:{p['head']['ref']}"}
        ]
        return listed(request, found, self.github.page)

    async def add_pull(self, request):
        """One for a branch at a time, and none that changes nothing."""
        body = await request.json()
        github, branch = self.github, body["head"]
        tip = git_objects.find_tip(github.folder, branch)
        is_open = any(
            p["head"]["ref"] == branch and p["state"] == "open" for p in github.pulls.values()
        )
        if tip is None or is_open:
            return problem(422, "Validation Failed")
        base = git_objects.find_tip(github.folder, body["base"])
        number = max(github.pulls, default=0) + 1
        made = github.pull(number, tip, base, author=request.state.account["login"])
        made |= {
            "title": body["title"],
            "body": body["body"],
            "user": request.state.account,
            "draft": False,
            "labels": [],
        }
        made["head"] |= {"ref": branch, "repo": self._repository()}
        self._compare(made, tip)
        return JSONResponse(made, 201)

    def _compare(self, pull, tip):
        """The pull request's head is this commit; it changes what git says."""
        github, number = self.github, pull["number"]
        pull["head"]["sha"] = tip
        _, github.files[number] = git_objects.find_changes(github.folder, pull["base"]["sha"], tip)
        by = github.authors.get(tip, account("somebody"))
        github.commits[number] = [{"sha": tip, "author": by, "committer": by}]

    async def merge(self, request):
        """One commit on the base, which has what the head changed."""
        body, github = await request.json(), self.github
        pull = github.pulls.get(request.path_params["number"])
        if pull is None:
            return problem(404, "Not Found")
        if pull["state"] != "open" or github.is_protected:
            return problem(405, "Pull Request is not mergeable")
        if github.merge_methods.get(_WAYS[body["merge_method"]]) is False:
            return problem(405, "This way of merging is not allowed on this repository.")
        if body["sha"] != pull["head"]["sha"]:
            return problem(409, "Head branch was modified. Review and try the merge again.")
        base = pull["base"]["ref"]
        tip = git_objects.find_tip(github.folder, base)
        tree = git_objects.merge_trees(github.folder, tip, body["sha"])
        if tree is None:
            return problem(405, "Pull Request is not mergeable")
        at = _instant(github.now)
        made = git_objects.write_commit(github.folder, pull["title"], tree, [tip], at)
        assert git_objects.move_branch(github.folder, f"refs/heads/{base}", made)
        github.merge(pull["number"], made, at=at)
        return JSONResponse({"sha": made, "merged": True, "message": "merged"})

    async def issue(self, request):
        """An issue, or a pull request as one."""
        number = request.path_params["number"]
        pull = self.github.pulls.get(number)
        if pull is not None:
            return JSONResponse({"title": "", **pull, "pull_request": {"url": pull["html_url"]}})
        found = self.github.find_issue(number)
        return JSONResponse(found) if found else problem(404, "Not Found")

    async def add_labels(self, request):
        """Labels are made where there are none of the name."""
        number = request.path_params["number"]
        found = self.github.pulls.get(number) or self.github.find_issue(number)
        if found is None:
            return problem(404, "Not Found")
        found["labels"] += [{"name": name} for name in (await request.json())["labels"]]
        return JSONResponse(found["labels"])

    async def edit_comment(self, request):
        """Whoever may write may edit anybody's."""
        number = request.path_params["number"]
        for comments in self.github.comments.values():
            for comment in comments:
                if comment["id"] == number:
                    comment.update(await request.json())
                    return JSONResponse(comment)
        return problem(404, "Not Found")


def _ref(sha, status=200):
    return JSONResponse({"object": {"type": "commit", "sha": sha}}, status)


def _instant(at):
    return at.isoformat(timespec="seconds").replace("+00:00", "Z")
