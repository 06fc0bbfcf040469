"""Which API address may receive the token."""

import re

import httpx

__all__ = ["PUBLIC", "address_problem", "is_below"]

PUBLIC = "https://api.github.com"
_LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1", "[::1]"})
_HIGHEST_PORT = 65535
_PLAIN = re.compile(r"https?://[A-Za-z0-9.\[\]:-]+(?:/[A-Za-z0-9._/-]*)?")


def address_problem(text: str) -> str:
    """Why no token is sent to the address; empty where it may be."""
    try:
        url = httpx.URL(text)
    except httpx.InvalidURL:
        return "the API address is not a URL"
    if not _PLAIN.fullmatch(text) or not url.host or (url.port or 0) > _HIGHEST_PORT:
        return "the API address is not https://HOST or https://HOST/PATH"
    if url.scheme == "http" and url.host not in _LOOPBACK:
        return "the API address is not https"
    return ""


def is_below(base: str, link: str) -> bool:
    """Whether the link goes to the base's scheme, host and port, and below its path."""
    try:
        ours, theirs = httpx.URL(base), httpx.URL(link)
    except httpx.InvalidURL:
        return False
    same = (ours.scheme, ours.host, ours.port) == (theirs.scheme, theirs.host, theirs.port)
    path = ours.path.rstrip("/") + "/"
    return same and not theirs.userinfo and theirs.path.startswith(path)
