"""What looks like a secret, whosever it is: the one home of these patterns.

Every output masks it, within one value and never across two; no file of the catalog may hold it.

A value is judged alone by `mask`. In a line that was put together from several, `mask_line` takes
only what is one secret by itself: no two ends that stand apart, and no word because of the one
before it. Otherwise the writer of one value could hide the next from a reader.
"""

import re

__all__ = ["MARKS", "MARKS_IN_BYTES", "MASK", "SECRET", "looks_like_secret", "mask", "mask_line"]

MASK = "***"
_EDGE = r"[A-Za-z0-9_-]"
_BASE64 = r"[A-Za-z0-9+/=]"
_LINE_END = r"(?:[ \t]*[\r\n]+[ \t]*|(?:\\+[nr])+)"
"""As it is, or spelled in the escapes of JSON or Python, right before the next line."""
_HEADER_OF_PEM = r"(?:Proc-Type|DEK-Info): [A-Za-z0-9,-]{1,80}"
# Its lines are of base64. Where their ends became blanks, only what is long is one of them: no word
# and no name between two ends is taken for a part of a key.
_PEM = re.compile(
    r"-----BEGIN [A-Z0-9 ]{1,40}-----"
    rf"(?:(?:{_LINE_END}(?:{_HEADER_OF_PEM}|{_BASE64}*))+"
    rf"|(?: {_BASE64}{{32,}})+(?: {_BASE64}{{1,31}}(?= -----END ))?)?"
    rf"(?:(?:{_LINE_END}| )?-----END [A-Z0-9 ]{{1,40}}-----)?"
)
_JWT = re.compile(rf"(?<!{_EDGE})eyJ[A-Za-z0-9_-]{{6,}}\.[A-Za-z0-9_-]{{4,}}(?:\.[A-Za-z0-9_-]*)?")
# An API token: 42 characters that begin with 00 (Okta ids have 20).
_SSWS = re.compile(rf"(?<!{_EDGE})00[A-Za-z0-9_-]{{40}}(?!{_EDGE})")
_NAMED = r"(?i:(\bauthorization\b(?:[\"']?\s*[:=]\s*(?:b?[\"'])?|[\"']\s*,\s*b?[\"'])))"
_ANY_SCHEME = r"(?:(?:SSWS|Bearer|DPoP|Basic)\s+)?"
_HEADER = re.compile(rf"{_NAMED}{_ANY_SCHEME}[^\s\"',;)}}\]]+", re.IGNORECASE)
_LONG = r"(?=\S*[0-9])[A-Za-z0-9._~+/=-]{16,}"
_NO_ADDRESS = r"(?![A-Za-z0-9._~+/=-]*@)"
_HEADER_IN_LINE = re.compile(
    rf"(\bauthorization[\"']?\s*[:=]\s*)(?:SSWS|Bearer|DPoP|Basic)\s+{_LONG}{_NO_ADDRESS}",
    re.IGNORECASE,
)
_SCHEME = re.compile(rf"\b(SSWS|Bearer|DPoP)(\s+|%20|\+){_LONG}")
_SCHEME_IN_LINE = re.compile(rf"{_SCHEME.pattern}{_NO_ADDRESS}")
# Of the places that stand beside Okta in this work: GitHub, GitLab, Slack and Jira.
_FOREIGN = re.compile(
    rf"(?<!{_EDGE})(?:gh[opsru]_[A-Za-z0-9]{{30,}}|github_pat_[A-Za-z0-9_]{{22,}}"
    r"|glpat-[A-Za-z0-9_-]{20,}|xox[a-z]-[A-Za-z0-9-]{20,}|ATATT3[A-Za-z0-9_=-]{20,})"
)
MARKS = re.compile(
    r"-----BEGIN |(?i:authorization)|SSWS|Bearer|DPoP|eyJ|00[A-Za-z0-9_-]{40}|gh[opsru]_"
    r"|github_pat_|glpat-|xox[a-z]-|ATATT3"
)
"""What a text without any of which holds no lookalike."""
MARKS_IN_BYTES = re.compile(MARKS.pattern.encode())
"""The same in bytes, of ASCII alone, so that a sound file need not be decoded to be cleared."""

# Each begins with plain characters, which the engine can look for fast; what may not stand before
# them is asked only then.
SECRET = re.compile(
    r"00(?<![A-Za-z0-9_-]00)[A-Za-z0-9_-]{40}(?![A-Za-z0-9_-])"  # an Okta API token
    r"|-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY"  # PEM
    r"|eyJ(?<![A-Za-z0-9_-]eyJ)[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{10,}"  # a JWT
)
"""What a file is refused for: surely a secret, where `mask` also takes what only may be one."""


def looks_like_secret(text: str) -> bool:
    """Whether the text holds an Okta API token, a private key or a JWT."""
    return SECRET.search(text) is not None


def mask(value: str) -> str:
    """The value without what looks like a secret."""
    return _apply_patterns(value, _HEADER, _SCHEME)


def mask_line(line: str) -> str:
    """The line without what is a secret by itself, whatever stands beside it."""
    return _apply_patterns(line, _HEADER_IN_LINE, _SCHEME_IN_LINE)


def _apply_patterns(text: str, header: re.Pattern[str], scheme: re.Pattern[str]) -> str:
    """Each pattern is tried only where its fixed part stands: most texts have none."""
    if "-----BEGIN " in text:
        text = _PEM.sub(MASK, text)
    if "uthorization" in text.lower():
        text = header.sub(rf"\g<1>{MASK}", text)
    if "SSWS" in text or "Bearer" in text or "DPoP" in text:
        text = scheme.sub(rf"\g<1> {MASK}", text)
    if "eyJ" in text:
        text = _JWT.sub(MASK, text)
    if "00" in text:
        text = _SSWS.sub(MASK, text)
    return _FOREIGN.sub(MASK, text)
