"""Pull requests, read whole from a GitHub in process, or not at all."""

import hashlib
from datetime import UTC, datetime

import pytest
from starlette.responses import JSONResponse, Response

from reconciler.model.approvals.review import EarlierHead
from reconciler.model.directory import ReadFailure
from tests.support.github import TOKEN, account, merged, problem

pytestmark = pytest.mark.anyio
COMMIT, BASE = "c" * 40, "d" * 40
API = "http://127.0.0.1"


async def test_a_pull_request_comes_with_all_that_is_judged(reader):
    """And nothing else of it is kept."""
    found = await reader.fetch_pull_request(COMMIT, BASE)
    assert (found.number, found.author, found.base_sha) == (7, "asker", BASE)
    assert found.head_sha == f"{7:040x}"
    assert found.merged_at == datetime(2026, 11, 20, 13, tzinfo=UTC)
    assert (found.committers, found.has_unknown_committer) == ({"asker", "web-flow"}, False)
    assert found.files == {(f"catalog/grants/{each}.yaml", each) for each in ("f1", "f2")}
    (review,) = found.reviews
    assert (review.id, review.reviewer, review.state, review.is_person) == (
        701,
        "lead",
        "APPROVED",
        True,
    )
    assert review.commit == found.head_sha


async def test_every_page_is_read(github, reader):
    """The last word may stand on the last one."""
    github.page = 2
    for state in ("COMMENTED", "COMMENTED", "COMMENTED", "DISMISSED"):
        github.review(7, "lead", state)
    found = await reader.fetch_pull_request(COMMIT, BASE)
    assert [r.state for r in found.reviews][-1] == "DISMISSED"
    assert len(found.reviews) == 5


async def test_a_pull_request_of_several_commits_is_read_once(github, reader):
    """A rebase makes a commit of each."""
    github.pulls_of["e" * 40] = [7]
    first = await reader.fetch_pull_request(COMMIT, BASE)
    assert await reader.fetch_pull_request("e" * 40, BASE) is first
    assert len(github.requests) == 5


async def test_only_what_was_merged_into_the_default_branch_here_counts(github, reader):
    """Open ones, ones of another branch, and those of a fork brought nothing."""
    pull = github.pulls[7]
    for spoilt in (
        {"merged_at": None},
        {"base": {**pull["base"], "ref": "side"}},
        {"base": {**pull["base"], "repo": {**pull["base"]["repo"], "full_name": "x/access"}}},
    ):
        github.pulls[7] = {**pull, **spoilt}
        assert await reader.fetch_pull_request(COMMIT, BASE) is None
    github.pulls_of.clear()
    assert await reader.fetch_pull_request(COMMIT, BASE) is None


async def test_of_several_the_one_that_made_the_commit_counts(github, reader):
    """If none of them did, nobody can say."""
    merged(github, 8, "e" * 40, BASE)
    github.pulls_of[COMMIT] = [8, 7]
    assert (await reader.fetch_pull_request(COMMIT, BASE)).number == 7
    github.pulls_of["9" * 40] = [7, 8]
    doubt = await reader.fetch_pull_request("9" * 40, BASE)
    assert (doubt.code, doubt.detail) == (
        "missing",
        "several pull requests hold 999999999999: 7, 8",
    )


@pytest.mark.parametrize("who", [None, {}, {"login": None}, {"login": ""}])
@pytest.mark.parametrize("role", ["author", "committer"])
async def test_a_commit_without_an_account_may_be_anybodys(github, reader, role, who):
    """And so may be the 251st, which is not listed."""
    github.commits[7][0][role] = who
    assert (await reader.fetch_pull_request(COMMIT, BASE)).has_unknown_committer


@pytest.mark.parametrize("count", [0, 250])
async def test_a_list_that_may_be_cut_short_is_not_whole(github, reader, count):
    """GitHub lists 250 commits at most."""
    github.commits[7] = github.commits[7] * count
    assert (await reader.fetch_pull_request(COMMIT, BASE)).has_unknown_committer


@pytest.mark.parametrize(
    ("user", "is_bot"),
    [
        (account("asker"), False),
        (account("access[bot]", "Bot"), True),
        ({"login": "untyped"}, True),
        (None, False),
    ],
)
async def test_an_author_is_a_person_only_where_github_says_so(github, reader, user, is_bot):
    """Of an account that is gone nothing is known but that it is nobody's now."""
    github.pulls[7]["user"] = user
    found = await reader.fetch_pull_request(COMMIT, BASE)
    assert found.author_is_bot is is_bot


async def test_a_removed_file_and_a_lost_account_are_nobodys(github, reader):
    """What is removed holds nothing any more."""
    github.file(7, "gone.yaml", "f3", "removed")
    github.review(7, "x", user=None, commit_id=None)
    github.review(7, "x", user={"login": "untyped"})
    found = await reader.fetch_pull_request(COMMIT, BASE)
    assert found.files == {(f"catalog/grants/{each}.yaml", each) for each in ("f1", "f2")}
    assert (found.reviews[1].reviewer, found.reviews[1].is_person) == ("", False)
    assert not found.reviews[2].is_person


def limited(_request):
    """The hour's budget is spent."""
    limit = {"x-ratelimit-limit": "60", "x-ratelimit-remaining": "0", "x-ratelimit-reset": "1"}
    return JSONResponse({"message": "API rate limit exceeded"}, 403, headers=limit)


def elsewhere(_request):
    """A list whose next page lies with somebody else."""
    return JSONResponse([], headers={"link": '<http://evil.example.com/x>; rel="next"'})


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        (limited, "unreachable"),
        (elsewhere, "refused"),
        (lambda _: problem(429, "slow"), "unreachable"),
        (lambda _: problem(403, "slow", retry_after="3600"), "unreachable"),
        (lambda _: problem(403, "no"), "refused"),
        (lambda _: problem(401, "no"), "refused"),
        (lambda _: problem(404, "no"), "refused"),
        (lambda _: problem(422, "no"), "missing"),
        (lambda _: problem(301, "moved", location="http://evil.example.com"), "refused"),
        (lambda _: problem(502, "bad"), "unreachable"),
        (lambda _: Response("<html>", 502, media_type="text/html"), "unreachable"),
        (lambda _: Response("<html>", 200, media_type="text/html"), "refused"),
        (lambda _: Response("[", 200, media_type="application/json"), "malformed"),
        (lambda _: Response("[" * 99999, 200, media_type="application/json"), "malformed"),
        (lambda _: Response(b"\xff", 200, media_type="application/json"), "refused"),
        (lambda _: Response(b"[]", 200, headers={"content-type": "a/b; charset=x"}), "malformed"),
        (lambda _: Response(b"", 200, media_type="application/json"), "refused"),
        (lambda _: Response(b"", 204), "malformed"),
        (lambda _: JSONResponse({"message": "no list"}), "refused"),
        (lambda _: JSONResponse([1]), "malformed"),
        (lambda _: JSONResponse([{"number": 7}]), "malformed"),
        (lambda _: JSONResponse({}), "refused"),
        (lambda _: JSONResponse({"items": []}), "refused"),
        (lambda _: JSONResponse(""), "refused"),
        (lambda _: JSONResponse([{}]), "malformed"),
        (
            lambda _: JSONResponse(
                [], headers=dict.fromkeys(("x-ratelimit-limit", "x-ratelimit-remaining"), "x")
            ),
            "malformed",
        ),
    ],
)
async def test_what_cannot_be_read_is_said_and_never_raised(github, reader, answer, code):
    """No body is quoted, and no redirect or link elsewhere is followed."""
    github.spoil = answer
    found = await reader.fetch_pull_request(COMMIT, BASE)
    assert isinstance(found, ReadFailure)
    assert found.code == code
    assert TOKEN not in found.detail


@pytest.mark.parametrize(
    ("state", "expected"), [("active", True), ("pending", False), ("new", False)]
)
async def test_a_member_is_one_who_accepted(github, reader, state, expected):
    """An invitation is no membership."""
    github.teams["acme/leads"] = {"jo": state}
    assert await reader.fetch_is_member("acme/leads", "jo") is expected


@pytest.mark.parametrize(
    ("answer", "code"),
    [(403, "missing"), (404, "missing"), (401, "refused"), (500, "unreachable")],
)
async def test_a_hidden_team_is_no_failure_of_the_forge(github, reader, answer, code):
    """A job's own token may not read teams; it may still read reviews."""
    github.spoil = lambda _: problem(answer, "no")
    assert (await reader.fetch_is_member("acme/leads", "jo")).code == code


async def test_an_account_is_one_word_of_the_path(github, reader):
    """Whatever it is called."""
    await reader.fetch_is_member("acme/leads", "../../x?y")
    assert all("/memberships/" in path for path in github.requests)


async def test_an_earlier_head_that_changed_the_catalog_alike_is_told(github, reader):
    """With what it grew from, and who had committed by then; other files do not matter."""
    early, fork = "b" * 40, "e" * 40
    files = [(f"catalog/grants/{each}.yaml", each) for each in ("f1", "f2")]
    github.review(7, "lead", commit_id=early)
    (last,) = github.commits[7]
    github.commits[7] = [
        {"sha": early, "author": {"login": "asker"}, "committer": {"login": "asker"}},
        {**last, "author": {"login": "lead"}},
    ]
    github.compare(BASE, early, fork, *files, ("README.md", "r"))
    found = await reader.fetch_pull_request(COMMIT, BASE)
    assert found.earlier == {early: EarlierHead(grew_from=fork, committers=frozenset({"asker"}))}
    assert "lead" in found.committers


@pytest.mark.parametrize(
    "spoil",
    [
        lambda c: c["files"].pop(),
        lambda c: c["files"].append({"filename": "catalog/x", "sha": "x", "status": "added"}),
        lambda c: c["files"][0].update(sha="other"),
        lambda c: c["files"][0].update(status="removed"),
        lambda c: c["files"][0].update(filename="catalog/grants/other.yaml"),
        lambda c: c["files"][0].update(status="renamed", previous_filename="catalog/grants/o.yaml"),
        lambda c: c.update(files=None),
        lambda c: c["files"].extend(
            {"filename": f"docs/{n}", "sha": "x", "status": "added"} for n in range(298)
        ),
    ],
)
async def test_an_earlier_head_that_changed_the_catalog_otherwise_is_none(github, reader, spoil):
    """Nor is one whose comparison may not show every file."""
    early = "b" * 40
    github.review(7, "lead", commit_id=early)
    files = [(f"catalog/grants/{each}.yaml", each) for each in ("f1", "f2")]
    github.compare(BASE, early, BASE, *files)
    spoil(github.comparisons[BASE, early])
    assert (await reader.fetch_pull_request(COMMIT, BASE)).earlier == {}


async def test_an_earlier_head_that_is_lost_or_not_approved_is_none(github, reader):
    """What a branch held before it was rebased may be gone."""
    github.review(7, "lead", commit_id="b" * 40)
    github.review(7, "amy", "COMMENTED", commit_id="8" * 40)
    assert (await reader.fetch_pull_request(COMMIT, BASE)).earlier == {}
    assert [p for p in github.requests if "compare" in p] == [
        f"/repos/acme/access/compare/{BASE}...{'b' * 40}"
    ]


async def test_a_comparison_that_fails_leaves_the_whole_unread(github, reader):
    """A limit is no answer."""
    github.review(7, "lead", commit_id="b" * 40)
    github.spoil = lambda r: problem(500, "no") if "compare" in r.url.path else None
    assert (await reader.fetch_pull_request(COMMIT, BASE)).code == "unreachable"


async def test_no_more_than_a_few_earlier_heads_are_looked_at(github, reader):
    """The newest reviews are the likeliest to count."""
    for number in range(9):
        github.review(7, "lead", commit_id=f"{number:x}" * 40)
    await reader.fetch_pull_request(COMMIT, BASE)
    asked = [p for p in github.requests if "compare" in p]
    assert len(asked) == 5
    assert asked[0].endswith("8" * 40)


async def test_where_two_commits_forked_is_what_a_comparison_says(github, reader):
    """A commit that is lost grew from nothing."""
    github.compare(BASE, COMMIT, "e" * 40)
    assert await reader.fetch_fork(BASE, COMMIT) == "e" * 40
    assert (await reader.fetch_fork(BASE, "b" * 40)).code == "refused"
    github.comparisons[BASE, COMMIT] = {"merge_base_commit": {}}
    assert (await reader.fetch_fork(BASE, COMMIT)).code == "malformed"


@pytest.mark.parametrize("hashing", ["sha1", "sha256"])
async def test_a_content_is_what_its_name_says_or_none(github, reader, hashing):
    """Its name is made of it, so nobody has to be believed."""
    name = hashlib.new(hashing, b"blob 5\0hello").hexdigest()
    github.contents[name] = b"hello"
    assert await reader.fetch_content(name) == b"hello"
    github.contents[name] = b"other"
    assert (await reader.fetch_content(name)).code == "missing"
    assert (await reader.fetch_content("b" * 40)).code == "refused"
    github.spoil = lambda _: JSONResponse({"content": "aGVsbG8=", "encoding": "none"})
    assert (await reader.fetch_content(name)).code == "missing"
    github.spoil = lambda _: JSONResponse({"content": "a", "encoding": "base64"})
    assert (await reader.fetch_content(name)).code == "malformed"
