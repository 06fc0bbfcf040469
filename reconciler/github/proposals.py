"""One proposal, one branch, one pull request: however often it is published, and by how many.

The branch's name is the key, so nothing is remembered anywhere. Nothing is ever force-pushed, and
what somebody closed or merged is not opened again.
"""

from contextlib import suppress
from dataclasses import replace
from http import HTTPStatus
from urllib.parse import quote

from gidgethub import HTTPException

from reconciler.github import wire
from reconciler.github.failures import FAILURES, is_limit, to_write_failure
from reconciler.github.transport import GitHubStoppedError
from reconciler.github.writer import GitHubWriter
from reconciler.model.approvals.proposal import (
    BRANCHES,
    NotPublished,
    ProposedFile,
    Published,
    PublishedChange,
    PublishedState,
    PublishProblem,
    requester_marker,
)
from reconciler.model.directory import ReadFailure
from reconciler.model.ids import blob_name

__all__ = ["Publisher"]

_FILE_MODE = "100644"
_LONGEST_TITLE = 250
_LONGEST_BODY = 60_000
"""In characters: GitHub takes 256, and 65,536."""
_MOST_COMPARED = 300
"""A comparison lists no more files than these (GitHub: REST, commits)."""
_WAITS_S = (0.0, 1.0, 3.0)
"""Before each try to open: a branch that was just made is not known everywhere at once."""


class Publisher:
    """Publishes the proposals of one run; nobody has more than `most_open` of them open."""

    def __init__(self, writer: GitHubWriter, most_open: int) -> None:
        self._writer = writer
        self._most_open = most_open
        self._open: list[str] | None = None
        """The last line of each open proposal's description; None while that is not known."""
        self._spent: ReadFailure | None = None

    async def publish(self, change: PublishedChange) -> Published | NotPublished | ReadFailure:
        """Its pull request: opened now, or known already. It may be asked again at any time.

        Once GitHub's limit is spent, nothing more is asked in this run.
        """
        if self._spent is not None:
            return self._spent
        try:
            found = await self._find(change)
            if found is None:
                return await self._propose(change)
            await self._label(change, found)
        except FAILURES as error:
            self._open = None  # one may be open whose answer was lost
            failure = to_write_failure(error, f"open the pull request of {change.branch}")
            if isinstance(error, HTTPException) and is_limit(error):
                self._spent = failure
            return failure
        return _to_published(found)

    async def _find(self, change: PublishedChange) -> wire.OpenPull | None:
        """What there is of it, in whatever state."""
        owner, _, _ = self._writer.repository.partition("/")
        listed = await self._writer.read_list(
            "/pulls{?head,state,per_page}",
            wire.OpenPull,
            head=f"{owner}:{change.branch}",
            state="all",
            per_page="100",
        )
        here = [pull for pull in listed if self._is_at(pull, change.branch)]
        found = [pull for pull in here if await self._says_something(pull)]
        order = [PublishedState.ALREADY, PublishedState.MERGED, PublishedState.DECLINED]
        return min(found, key=lambda p: order.index(_state_of(p)), default=None)

    async def _says_something(self, pull: wire.OpenPull) -> bool:
        """Whether it counts: anybody who may push can close one of their own on our branch."""
        is_declined = _state_of(pull) is PublishedState.DECLINED
        return not is_declined or await self._writer.is_own(pull.user)

    def _is_at(self, pull: wire.OpenPull, branch: str) -> bool:
        """GitHub ignores a filter that it does not understand, and forks have such branches too."""
        repository = pull.head.repo.full_name if pull.head.repo else ""
        return pull.head.ref == branch and repository.lower() == self._writer.repository.lower()

    async def _propose(self, change: PublishedChange) -> Published | NotPublished:
        asks = change.requester
        if asks is not None and await self._count_open(asks) >= self._most_open:
            return _too_many(self._most_open)
        tip = (await self._read_ref(change.base)).object.sha
        problem = await self._find_problem(change, tip)
        if problem is not None:
            return problem
        await self._make_branch(change, tip)
        return await self._open_pull(change)

    async def _count_open(self, requester: str) -> int:
        if self._open is None:
            listed = await self._writer.read_list(
                "/pulls{?state,per_page}", wire.OpenPull, state="open", per_page="100"
            )
            ours = [
                p
                for p in listed
                if p.head.ref.startswith(BRANCHES)
                and self._is_at(p, p.head.ref)
                and await self._writer.is_own(p.user)
            ]
            self._open = [_last_line(p.body or "") for p in ours]
        return self._open.count(requester_marker(requester))

    async def _read_ref(self, branch: str) -> wire.Ref:
        return await self._writer.read(f"/git/ref/heads/{_quote(branch)}", wire.Ref)

    async def _find_problem(self, change: PublishedChange, tip: str) -> NotPublished | None:
        """Each file is still what the change was made from, or what it makes of it."""
        is_new = False
        for file in change.files:
            blob = await self._read_blob(file.path, tip)
            if _is_blob(file.content.encode(), blob):
                continue
            is_same = blob is None if file.before is None else _is_blob(file.before, blob)
            if not is_same:
                return _stale(file, change.base)
            is_new = True
        return None if is_new else _nothing_new(change.base)

    async def _read_blob(self, path: str, commit: str) -> str | None:
        """Git's name of the file's content; None where there is no file."""
        try:
            found = await self._writer.read(
                f"/contents/{_quote(path)}{{?ref}}", wire.Content, ref=commit
            )
        except HTTPException as error:
            if error.status_code == HTTPStatus.NOT_FOUND and not is_limit(error):
                return None
            raise
        if found.type != "file":
            raise GitHubStoppedError(f"{path} is no file at the base")
        return found.sha

    async def _make_branch(self, change: PublishedChange, tip: str) -> None:
        """The branch holds just the change afterwards; one that is there already is built on."""
        there = await self._find_branch(change.branch)
        if there is None:
            commit = await self._commit(change, tip, tip)
            if await self._create_branch(change.branch, commit):
                return
            there = (await self._read_ref(change.branch)).object.sha
        if await self._is_just(change, tip, there):
            return
        commit = await self._commit(change, tip, there, tip)
        await self._writer.write(
            "PATCH", f"/git/refs/heads/{change.branch}", wire.Ref, sha=commit, force=False
        )

    async def _find_branch(self, branch: str) -> str | None:
        try:
            return (await self._read_ref(branch)).object.sha
        except HTTPException as error:
            if error.status_code == HTTPStatus.NOT_FOUND and not is_limit(error):
                return None
            raise

    async def _create_branch(self, branch: str, commit: str) -> bool:
        """Whether it was we who made it; another job may have been first."""
        try:
            await self._writer.write(
                "POST", "/git/refs", wire.Ref, ref=f"refs/heads/{branch}", sha=commit
            )
        except HTTPException as error:
            if error.status_code == HTTPStatus.UNPROCESSABLE_ENTITY:
                return False
            raise
        return True

    async def _is_just(self, change: PublishedChange, tip: str, commit: str) -> bool:
        """Whether the commit changes these files alone, and to these contents."""
        found = await self._writer.read(f"/compare/{tip}...{commit}", wire.Comparison)
        files = found.files or []
        wanted = {f.path: f.content.encode() for f in change.files}
        return (
            0 < len(files) < _MOST_COMPARED
            and {f.filename for f in files} <= wanted.keys()
            and all(f.status != "removed" and _is_blob(wanted[f.filename], f.sha) for f in files)
        )

    async def _commit(self, change: PublishedChange, tip: str, *parents: str) -> str:
        """The base with the change. It names no author: so GitHub signs it, and says who it was."""
        base = await self._writer.read(f"/git/commits/{tip}", wire.Tip)
        files = [
            {"path": f.path, "mode": _FILE_MODE, "type": "blob", "content": f.content}
            for f in change.files
        ]
        tree = await self._writer.write(
            "POST", "/git/trees", wire.Object, base_tree=base.tree.sha, tree=files
        )
        made = await self._writer.write(
            "POST",
            "/git/commits",
            wire.Object,
            message=f"{change.title}\n\nProposal: {change.key}",
            tree=tree.sha,
            parents=list(parents),
        )
        return made.sha

    async def _open_pull(self, change: PublishedChange) -> Published:
        marker = "" if change.requester is None else requester_marker(change.requester)
        body = f"{change.body[:_LONGEST_BODY]}\n\n{marker}".rstrip()
        for wait_s in _WAITS_S:
            await self._writer.sleep(wait_s)
            found = await self._find(change)
            if found is not None:
                self._count(marker, found)
                return _to_published(found)
            try:
                made = await self._writer.write(
                    "POST",
                    "/pulls",
                    wire.OpenPull,
                    title=change.title[:_LONGEST_TITLE],
                    body=body,
                    head=change.branch,
                    base=change.base,
                    maintainer_can_modify=False,
                )
            except HTTPException as error:
                if error.status_code != HTTPStatus.UNPROCESSABLE_ENTITY:
                    raise
                continue
            self._count(marker, made)
            await self._label(change, made)
            return replace(_to_published(made), state=PublishedState.OPENED)
        raise GitHubStoppedError("GitHub neither opens the pull request nor shows it")

    def _count(self, marker: str, pull: wire.OpenPull) -> None:
        if self._open is not None and pull.state == "open":
            self._open.append(marker)

    async def _label(self, change: PublishedChange, pull: wire.OpenPull) -> None:
        """Labels are for people who look for it: that one is missing hinders nothing."""
        missing = [
            name for name in change.labels if name not in {each.name for each in pull.labels}
        ]
        if not missing or pull.state != "open":
            return
        path = f"/issues/{pull.number}/labels"
        with suppress(*FAILURES):
            await self._writer.write("POST", path, list[wire.Label], labels=missing)


def _state_of(pull: wire.OpenPull) -> PublishedState:
    if pull.state == "open":
        return PublishedState.ALREADY
    return PublishedState.MERGED if pull.merged_at else PublishedState.DECLINED


def _to_published(pull: wire.OpenPull) -> Published:
    return Published(
        number=pull.number, url=pull.html_url, state=_state_of(pull), head_sha=pull.head.sha
    )


def _quote(path: str) -> str:
    """The path as a part of an address."""
    if any(part in {"", ".", ".."} for part in path.split("/")):
        raise GitHubStoppedError(f"{path} is no path of a repository")
    return quote(path, safe="/")


def _is_blob(content: bytes, name: str | None) -> bool:
    return name is not None and blob_name(content, name) == name


def _last_line(text: str) -> str:
    return text.rstrip().rpartition("\n")[2]


def _too_many(most: int) -> NotPublished:
    return NotPublished(
        problem=PublishProblem.TOO_MANY_OPEN,
        summary=f"{most} of their proposals are open, which is the most that one person may have",
        hint="have one of them merged or closed first, or raise settings.proposals.most_open",
    )


def _stale(file: ProposedFile, base: str) -> NotPublished:
    return NotPublished(
        problem=PublishProblem.STALE,
        summary=f"{file.path} is not on {base} as it was when the change was made from it",
        hint=f"bring the newest {base}, and make the change again",
    )


def _nothing_new(base: str) -> NotPublished:
    return NotPublished(
        problem=PublishProblem.NOTHING_NEW,
        summary=f"{base} says all of it already",
        hint="nothing is to be done",
    )
