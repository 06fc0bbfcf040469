"""Pull requests and their reviews, read whole from GitHub or not at all."""

from base64 import b64decode
from dataclasses import replace
from http import HTTPStatus
from typing import Any, TypeVar

import msgspec
from gidgethub import HTTPException

from reconciler.github import wire
from reconciler.github.client import GitHubClient
from reconciler.github.failures import FAILURES, is_limit, to_read_failure
from reconciler.model.approvals.review import EarlierHead, PullRequest, Review
from reconciler.model.directory import ReadFailure
from reconciler.model.ids import blob_name

__all__ = ["GitHubReader"]

_MOST_COMMITS = 250
"""GitHub lists no more commits of a pull request than these (GitHub: REST, pull requests)."""
_MOST_COMPARED = 300
"""Nor does a comparison list more files than these (GitHub: REST, commits)."""
_MOST_LISTED = 3000
"""Nor a pull request more files than these (GitHub: REST, pull requests)."""
_MOST_EARLIER = 5
"""Earlier heads that are looked at, the newest reviews first."""

_LOST = frozenset({HTTPStatus.NOT_FOUND, HTTPStatus.UNPROCESSABLE_ENTITY})
"""What is said of a commit that nothing holds any more."""

_Noun = TypeVar("_Noun")


class GitHubReader:
    """Reads of one repository (`owner/name`); each answer is data or `ReadFailure`.

    `folder` is the catalog's path in the repository.
    """

    def __init__(self, client: GitHubClient, repository: str, folder: str) -> None:
        self._client = client
        self._repository = repository
        self._folder = "" if folder == "." else f"{folder}/"
        self._pulls: dict[int, PullRequest] = {}

    async def fetch_pull_request(
        self, commit: str, parent: str | None
    ) -> PullRequest | ReadFailure | None:
        """The merged pull request that brought the commit; None where none did.

        `parent` is what the default branch was before.
        """
        try:
            listed = await self._list(f"commits/{commit}/pulls", wire.Pull)
            found = self._choose([p for p in listed if self._is_merged(p)], commit)
            return await self._fetch_whole(found, parent) if isinstance(found, wire.Pull) else found
        except FAILURES as error:
            return to_read_failure(error, commit)

    async def fetch_fork(self, base: str, commit: str) -> str | ReadFailure:
        """The commit that both grew from."""
        try:
            return (await self._fetch_comparison(base, commit)).merge_base_commit.sha
        except FAILURES as error:
            return to_read_failure(error, commit)

    async def fetch_content(self, blob: str) -> bytes | ReadFailure:
        """The content that git calls so; another one is none."""
        url = f"/repos/{self._repository}/git/blobs/{{blob}}"
        try:
            found = msgspec.convert(await self._client.getitem(url, {"blob": blob}), wire.Blob)
            content = b64decode(found.content) if found.encoding == "base64" else b""
        except FAILURES as error:
            return to_read_failure(error, blob)
        if blob_name(content, blob) != blob:
            return ReadFailure(
                code="missing", detail=f"GitHub does not show the content {blob[:12]}"
            )
        return content

    async def _fetch_comparison(self, base: str, commit: str) -> wire.Comparison:
        url = f"/repos/{self._repository}/compare/{{base}}...{{commit}}"
        words = {"base": base, "commit": commit}
        return msgspec.convert(await self._client.getitem(url, words), wire.Comparison)

    async def fetch_is_member(self, team: str, account: str) -> bool | ReadFailure:
        """Whether the account is in the team; a team that may not be read shows no members."""
        organisation, _, slug = team.partition("/")
        url = "/orgs/{org}/teams/{team}/memberships/{account}"
        words = {"org": organisation, "team": slug, "account": account}
        try:
            found = msgspec.convert(await self._client.getitem(url, words), wire.Membership)
        except FAILURES as error:
            return _team_read_failure(error, team, account)
        return found.state == "active"

    async def _list(self, path: str, kind: type[_Noun]) -> list[_Noun]:
        """Every item of every page."""
        url = f"/repos/{self._repository}/{path}?per_page=100"
        items: list[Any] = [item async for item in self._client.getiter(url, iterable_key=None)]
        return msgspec.convert(items, list[kind])  # type: ignore[valid-type]  # a struct's class

    def _is_merged(self, pull: wire.Pull) -> bool:
        """Merged into the default branch of this very repository."""
        base = pull.base
        is_here = base.repo.full_name.lower() == self._repository.lower()
        return is_here and pull.merged_at is not None and base.ref == base.repo.default_branch

    def _choose(self, pulls: list[wire.Pull], commit: str) -> wire.Pull | ReadFailure | None:
        """The one whose merge made the commit; else the only one that holds it."""
        made = [p for p in pulls if p.merge_commit_sha == commit] or pulls
        if len(made) > 1:
            numbers = ", ".join(str(p.number) for p in made)
            return ReadFailure(
                code="missing", detail=f"several pull requests hold {commit[:12]}: {numbers}"
            )
        return made[0] if made else None

    async def _fetch_whole(self, pull: wire.Pull, parent: str | None) -> PullRequest:
        if pull.number not in self._pulls:
            path = f"pulls/{pull.number}"
            reviews = await self._list(f"{path}/reviews", wire.Review)
            commits = await self._list(f"{path}/commits", wire.Commit)
            files = await self._list(f"{path}/files", wire.File)
            noun = _to_pull_request(pull, reviews, commits, files)
            if parent is not None and len(files) < _MOST_LISTED:
                wanted = self._changes(files)
                found = [
                    (commit, await self._earlier(parent, commit, wanted, commits))
                    for commit in _approved_commits(noun)
                ]
                noun = replace(noun, earlier={c: e for c, e in found if e is not None})
            self._pulls[pull.number] = noun
        return self._pulls[pull.number]

    async def _earlier(
        self,
        parent: str,
        commit: str,
        wanted: frozenset[tuple[str, str]],
        commits: list[wire.Commit],
    ) -> EarlierHead | None:
        """The commit as an earlier head; None where it changed the catalog in another way.

        A commit that GitHub has lost since was no such head either.
        """
        try:
            found = await self._fetch_comparison(parent, commit)
        except HTTPException as error:
            if error.status_code not in _LOST or is_limit(error):
                raise
            return None
        files = found.files or []
        if len(files) >= _MOST_COMPARED or self._changes(files) != wanted:
            return None
        shas = [c.sha for c in commits]
        until = commits[: shas.index(commit) + 1] if commit in shas else commits
        return EarlierHead(grew_from=found.merge_base_commit.sha, committers=_logins_of(until))

    def _changes(self, files: list[wire.File]) -> frozenset[tuple[str, str]]:
        """What is done to the catalog: each path with its new content, or with none."""
        now = {(f.filename, "" if f.status == "removed" else f.sha or "") for f in files}
        gone = {(f.previous_filename, "") for f in files if f.status == "renamed"}
        return frozenset((p, b) for p, b in now | gone if p and p.startswith(self._folder))


def _approved_commits(pull: PullRequest) -> list[str]:
    """The commits before the head that a person approved, newest review first."""
    reviews = sorted(pull.reviews, key=lambda r: r.id, reverse=True)
    commits = (r.commit for r in reviews if r.state == "APPROVED" and r.is_person and r.commit)
    return [c for c in dict.fromkeys(commits) if c != pull.head_sha][:_MOST_EARLIER]


def _logins_of(commits: list[wire.Commit]) -> frozenset[str]:
    logins = (_login_of(who) for c in commits for who in (c.author, c.committer))
    return frozenset(login.lower() for login in logins if login)


def _to_pull_request(
    pull: wire.Pull,
    reviews: list[wire.Review],
    commits: list[wire.Commit],
    files: list[wire.File],
) -> PullRequest:
    if pull.merged_at is None:
        raise ValueError(pull.number)
    logins = [_login_of(who) for c in commits for who in (c.author, c.committer)]
    return PullRequest(
        number=pull.number,
        url=pull.html_url,
        author=pull.user.login if pull.user else "",
        head_sha=pull.head.sha,
        base_sha=pull.base.sha,
        merged_at=pull.merged_at,
        reviews=tuple(_to_review(each) for each in reviews),
        committers=_logins_of(commits),
        has_unknown_committer=not all(logins) or not 0 < len(commits) < _MOST_COMMITS,
        files=frozenset((f.filename, f.sha) for f in files if f.sha and f.status != "removed"),
        author_is_bot=pull.user is not None and pull.user.type != "User",
    )


def _login_of(who: dict[str, object] | None) -> str:
    login = (who or {}).get("login")
    return login if isinstance(login, str) else ""


def _to_review(each: wire.Review) -> Review:
    return Review(
        id=each.id,
        reviewer=each.user.login if each.user else "",
        state=each.state,
        commit=each.commit_id or "",
        submitted_at=each.submitted_at,
        url=each.html_url,
        is_person=each.user is not None and each.user.type == "User",
    )


def _team_read_failure(error: Exception, team: str, account: str) -> ReadFailure:
    """A team that is hidden from the token looks like one that the account is not in."""
    found = to_read_failure(error, "")
    hidden = {HTTPStatus.FORBIDDEN, HTTPStatus.NOT_FOUND}
    if found.code == "refused" and getattr(error, "status_code", None) in hidden:
        why = f"GitHub does not show the token that @{account} is in @{team}"
        return ReadFailure(code="missing", detail=why)
    return found
