"""A pull request that is merged by its number and its head: another head is never merged.

Whether it may be merged is decided elsewhere; that GitHub does not is an answer, and no error.
"""

from http import HTTPStatus

from gidgethub import HTTPException

from reconciler.github import wire
from reconciler.github.failures import FAILURES, is_limit, to_write_failure
from reconciler.github.writer import GitHubWriter
from reconciler.model.approvals.proposal import Merged, NotMerged, ProposalPull, PulledFile
from reconciler.model.directory import ReadFailure

__all__ = ["merge", "read_pull"]

_MOST_LISTED = 3000
"""A pull request lists no more files than these (GitHub: REST, pull requests)."""

_NOT_MERGED = {
    HTTPStatus.METHOD_NOT_ALLOWED: "GitHub does not merge it: it conflicts with its base, or a "
    "check, a review or a merge queue is required",
    HTTPStatus.CONFLICT: "its head is another one by now",
    HTTPStatus.UNPROCESSABLE_ENTITY: "GitHub does not merge it as it stands",
}


async def read_pull(writer: GitHubWriter, number: int) -> ProposalPull | ReadFailure:
    """The pull request with all of its files, and where its base stands."""
    try:
        login = await writer.fetch_login()
        pull = await writer.read(f"/pulls/{number}", wire.OpenPull)
        files = await writer.read_list(
            f"/pulls/{number}/files{{?per_page}}", wire.File, per_page="100"
        )
        tip = await writer.read("/git/ref/heads/{+base}", wire.Ref, base=pull.base.ref)
    except FAILURES as error:
        return to_write_failure(error, f"read pull request {number}")
    return ProposalPull(
        number=number,
        url=pull.html_url,
        branch=pull.head.ref,
        head_sha=pull.head.sha,
        base=pull.base.ref,
        base_sha=tip.object.sha,
        is_into_default=pull.base.ref == pull.base.repo.default_branch,
        is_ours=_is_ours(pull, login, writer.repository),
        is_open=pull.state == "open",
        is_merged=pull.merged_at is not None,
        is_draft=pull.draft,
        is_complete=len(files) < _MOST_LISTED,
        files=tuple(PulledFile(path=f.filename, status=f.status) for f in files),
    )


def _is_ours(pull: wire.OpenPull, login: str, repository: str) -> bool:
    """Opened by the account that asks, from a branch here; an account unknown is nobody's."""
    here = pull.head.repo.full_name.lower() if pull.head.repo else ""
    author = pull.user.login.lower() if pull.user else ""
    return bool(login) and author == login.lower() and here == repository.lower()


async def merge(
    writer: GitHubWriter, number: int, head_sha: str
) -> Merged | NotMerged | ReadFailure:
    """The pull request is merged, if its head is still this one."""
    try:
        method = _choose_method(await writer.read("", wire.Repository))
        done = await writer.write(
            "PUT", f"/pulls/{number}/merge", wire.Merge, sha=head_sha, merge_method=method
        )
    except HTTPException as error:
        why = _NOT_MERGED.get(error.status_code, "")
        if why and not is_limit(error):
            return NotMerged(summary=why)
        return to_write_failure(error, f"merge pull request {number}")
    except FAILURES as error:
        return to_write_failure(error, f"merge pull request {number}")
    if not done.merged or done.sha is None:
        return NotMerged(summary="GitHub does not merge it as it stands")
    return Merged(sha=done.sha)


def _choose_method(found: wire.Repository) -> str:
    """The first that the repository allows: one commit is what a proposal is."""
    allowed = {
        "squash": found.allow_squash_merge,
        "merge": found.allow_merge_commit,
        "rebase": found.allow_rebase_merge,
    }
    return next((name for name, is_allowed in allowed.items() if is_allowed is not False), "squash")
