"""Evidence as a whole: whether it is what was written, and where the next run joins it."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from reconciler.evidence.folder import Chain, read_chain
from reconciler.evidence.history import past_runs
from reconciler.evidence.line_format import ORIGIN, Line, RunFile
from reconciler.evidence.run_file_checks import find_faults
from reconciler.model.errors import StoreError
from reconciler.model.evidence import ChainReport, Fault, Link, PastRun
from reconciler.model.ids import ConnectorId, RunId

__all__ = [
    "Verified",
    "Vouch",
    "heads",
    "is_signed",
    "read_runs",
    "require_whole",
    "verify",
    "verify_before_joining",
]

FORKED = "chain-forked"
Vouch = Callable[[str, str], bool]
"""Whether a signature (the second) under a line's hash (the first) is by a key that counts."""
_MOST_TOLD = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Verified:
    """One chain, and everything wrong with it."""

    chain: Chain
    faults: tuple[Fault, ...]
    heads: tuple[Link, ...]

    @property
    def errors(self) -> tuple[Fault, ...]:
        """The faults that say that evidence is not what was written."""
        return tuple(fault for fault in self.faults if fault.is_error)

    @property
    def report(self) -> ChainReport:
        """What is told of it."""
        return ChainReport(
            name=self.chain.name,
            connector=self.chain.connector,
            sandbox=self.chain.sandbox,
            runs=len(self.chain.files),
            lines=sum(len(file.lines) for file in self.chain.files),
            heads=self.heads,
            faults=self.faults,
        )

    def holds(self, wanted: str) -> bool:
        """Whether a line of the chain has the hash."""
        return any(r.hash == wanted for file in self.chain.files for r in file.records)


def read_runs(
    folder: Path, connector: ConnectorId, *, sandbox: bool, vouch: Vouch | None = None
) -> tuple[PastRun, ...]:
    """The connector's past runs; raises `StoreError` when evidence is not what was written."""
    return require_whole(verify(read_chain(folder, connector, sandbox=sandbox), vouch), folder)


def verify(chain: Chain, vouch: Vouch | None = None) -> Verified:
    """Every fault of the chain, by file and line.

    `vouch` says whether a signature is by a key that counts; rehearsals are never signed.
    """
    files = chain.files
    faults = [
        *chain.faults,
        *(fault for file in files for fault in find_faults(file)),
        *(fault for file in files for fault in _find_misfiled(chain, file)),
        *_find_broken_links(files),
        *_find_forks(files),
        *(_find_unsigned(chain, vouch) if vouch and not chain.sandbox else ()),
    ]
    placed = sorted(set(faults), key=lambda f: (f.file, f.line or 0, f.code, f.summary))
    return Verified(chain=chain, faults=tuple(placed), heads=heads(chain))


def verify_before_joining(chain: Chain, *, is_signing: bool) -> Verified:
    """The chain as a run finds it that is about to add to it.

    A signature vouches for all lines before it. So a run that signs joins no chain in which lines
    without a signature took the place of signed ones; by whom is checked by those with the keys.
    """
    must_be_signed = is_signing and is_signed(chain)
    return verify(chain, _accept_any_key if must_be_signed else None)


def heads(chain: Chain) -> tuple[Link, ...]:
    """The last whole lines that no run follows: what the next run has to name."""
    named = {link.hash for file in chain.files for link in _links(file)}
    ends = [file.end for file in chain.files]
    return tuple(end for end in ends if end is not None and end.hash not in named)


def is_signed(chain: Chain) -> bool:
    """Whether any line of it has a signature."""
    return any(record.signature for file in chain.files for record in file.records)


def require_whole(verified: Verified, folder: Path) -> tuple[PastRun, ...]:
    """The past runs; raises `StoreError` when evidence is not what was written.

    A fork is no reason to refuse: every line of it counts, and the next run joins it.
    """
    errors = [fault for fault in verified.errors if fault.code != FORKED]
    if errors:
        told = "; ".join(f"{f.code} {f.place}" for f in errors[:_MOST_TOLD])
        more = f"; and {len(errors) - _MOST_TOLD} more" if len(errors) > _MOST_TOLD else ""
        raise StoreError(
            "evidence-broken",
            f"the evidence of {verified.chain.name} is not what was written: {told}{more}",
            f"look at all of it: `reconciler evidence verify {folder}`; then restore those files "
            "from the history of the branch that keeps them",
        )
    return past_runs(verified.chain.files)


def _accept_any_key(_found: str, _signature: str) -> bool:
    return True


def _links(file: RunFile) -> tuple[Link, ...]:
    """The runs that the file's run follows."""
    return file.start.follows if file.start else ()


def _find_misfiled(chain: Chain, file: RunFile) -> Iterator[Fault]:
    first = file.start
    if first and (first.connector, first.sandbox) != (chain.connector, chain.sandbox):
        kind = "a rehearsal" if first.sandbox else "a run"
        other = f"this is {kind} of {first.connector}, in the folder {chain.name}"
        yield Fault(code="run-foreign", file=file.path, line=1, summary=other)


def _find_broken_links(files: Sequence[RunFile]) -> Iterator[Fault]:
    by_run = {file.run: file for file in files}
    for file in files:
        first = file.start
        if first is None:
            continue
        for link in first.follows:
            yield from _find_broken_link(file, by_run.get(link.run), link)
        head, links = file.records[0], first.follows
        seq = max((link.seq for link in links), default=0) + 1
        if (head.previous, head.seq) != (links[0].hash if links else ORIGIN, seq):
            wrong = "its place in the chain is not behind the runs that it names"
            yield Fault(code="link-broken", file=file.path, line=1, summary=wrong)


def _find_broken_link(file: RunFile, other: RunFile | None, link: Link) -> Iterator[Fault]:
    """What is wrong with one run's naming another."""
    if other is None:
        gone = f"run {link.run}, which this run follows, is missing: {link.seq} lines lead to here"
        yield Fault(code="run-missing", file=file.path, line=1, summary=gone)
        return
    named = [n for n in other.lines if link.hash in {n.claimed, n.record and n.record.hash}]
    if not named:
        if not _ends_altered(other):
            cut = f"lines up to number {link.seq} are missing: run {file.run} followed them"
            yield Fault(code="run-cut", file=other.path, summary=cut)
        return
    yield from _find_growth(file, other, link, named[-1])


def _find_growth(file: RunFile, other: RunFile, link: Link, named: Line) -> Iterator[Fault]:
    """What stands behind the line that a later run names."""
    is_last = named.number == len(other.lines)
    if named.record and named.record.seq != link.seq:
        wrong = f"run {link.run} has another number there than {link.seq}"
        yield Fault(code="link-broken", file=file.path, line=1, summary=wrong)
    if is_last and other.torn != link.torn:
        torn = f"what follows the last line is not what run {file.run} found there"
        yield Fault(code="line-altered", file=other.path, line=named.number + 1, summary=torn)


def _ends_altered(file: RunFile) -> bool:
    return bool(file.lines) and file.lines[-1].record is None


def _find_forks(files: Sequence[RunFile]) -> Iterator[Fault]:
    """Two runs behind one line were at work at one time. A later run that names both joins them."""
    behind: dict[str, list[RunFile]] = defaultdict(list)
    for file in files:
        first = file.start
        if first is None:
            continue
        for previous in [link.hash for link in first.follows] or [ORIGIN]:
            behind[previous].append(file)
        for record in file.records[1:]:
            behind[record.previous].append(file)
    named = {link.hash for file in files for link in _links(file)}
    ends = [file for file in files if file.end and file.end.hash not in named]
    for several in _distinct_sets(runs for runs in behind.values() if len(runs) > 1):
        names = ", ".join(file.path for file in several)
        joined = "; a later run follows them all" if len(ends) == 1 else ""
        summary = f"these runs were at work at the same time{joined}: {names}"
        yield Fault(
            code=FORKED, file=several[-1].path, line=1, summary=summary, is_error=len(ends) > 1
        )


def _find_unsigned(chain: Chain, vouch: Vouch) -> Iterator[Fault]:
    """A signature covers all lines before it, so the last line of the chain has to have one."""
    for file in chain.files:
        for line in file.lines:
            record = line.record
            if record and record.signature and not vouch(record.hash, record.signature):
                wrong = "the signature is by none of the given keys"
                yield Fault(code="signature-wrong", file=file.path, line=line.number, summary=wrong)
    lapsed = tuple(_find_lapsed(chain.files))
    yield from lapsed
    ends = {link.hash for link in heads(chain)}
    told = {fault.file for fault in lapsed}
    for file in chain.files:
        last = file.records[-1] if file.records else None
        if last is not None and last.hash in ends and not last.signature and file.path not in told:
            wrong = "the end of the chain is unsigned: lines may have been added, or sealed anew"
            yield Fault(
                code="signature-missing", file=file.path, line=len(file.lines), summary=wrong
            )


def _find_lapsed(files: Sequence[RunFile]) -> Iterator[Fault]:
    """The first unsigned line of each run that stands behind a signed one.

    A later run may have signed on top of it: that vouches for what it found, not for who wrote it.
    """
    behind: set[RunId] = set()
    for file in sorted((f for f in files if f.records), key=lambda f: f.records[0].seq):
        is_signed = any(link.run in behind for link in _links(file))
        is_told = False
        for line in file.lines:
            record = line.record
            is_signed = is_signed or bool(record and record.signature)
            if record and is_signed and not record.signature and not is_told:
                is_told = True
                wrong = "lines before it are signed, and this one is not: it was sealed anew"
                yield Fault(
                    code="signature-missing", file=file.path, line=line.number, summary=wrong
                )
        if is_signed:
            behind.add(file.run)


def _distinct_sets(several: Iterable[list[RunFile]]) -> Iterator[list[RunFile]]:
    """Each set of two or more files once."""
    seen = set()
    for files in several:
        by_path = {file.path: file for file in files}
        if len(by_path) > 1 and frozenset(by_path) not in seen:
            seen.add(frozenset(by_path))
            yield [by_path[path] for path in sorted(by_path)]
