"""Cassettes: the exact requests of a run, recorded once and pinned ever after.

`RECONCILER_RECORD=sandbox` records anew from the sandbox; `RECONCILER_RECORD=org` from a real org,
named by `RECONCILER_RECORD_DOMAIN`, signed in to with `RECONCILER_RECORD_TOKEN`, over the catalog
in `RECONCILER_RECORD_CATALOG`, whose bound groups it writes. Hosts, people and ids are scrubbed as
they are recorded, alike in the cassettes and in the copy of the catalog beside them, so that
neither holds who they were.
"""

import hashlib
import json
import os
import re
from pathlib import Path

import httpx
import vcr

FOLDER = Path(__file__).with_name("cassettes")
HOST = "acme.okta.com"
KEPT_HEADERS = {"content-type", "link", "x-rate-limit-limit", "x-rate-limit-remaining"}
_ID = re.compile(r"\b(00[ugoT]|0pr|0oa)[0-9A-Za-z]{17}\b")
_EMAIL = re.compile(r"[\w.+-]+(@|%40)[\w-]+(?:\.[\w-]+)+")
_LINKS = re.compile(rb'("(?:\w+Url|\w+Token|tempPassword)"\s*:\s*)"[^"]*"')
_NAMES = ("firstName", "lastName", "displayName", "mobilePhone", "secondEmail", "companyName")


def mode():
    """What is recorded from, or empty to play what is recorded."""
    return os.environ.get("RECONCILER_RECORD", "")


class Scrubber:
    """Replaces people, ids and hosts, each by the same stand-in wherever it stands.

    Only what comes from a real org needs it; the sandbox's people are invented already.
    """

    def __init__(self, host):
        self._host = host

    def text(self, text):
        """The text without anybody in it."""
        if mode() != "org":
            return text
        text = text.replace(self._host, HOST)
        text = _ID.sub(lambda m: m[1] + _stand_in(m[0]), text)
        return _EMAIL.sub(
            lambda m: f"p{_stand_in(m[0].replace('%40', '@'))}{m[1]}example.com", text
        )

    def body(self, data):
        """The JSON body without names; everything that is read stays."""
        if mode() != "org":
            return data
        try:
            content = json.loads(data)
        except ValueError:
            return self.text(data.decode()).encode()
        return self.text(json.dumps(_nameless(content))).encode()


def recordable(transport):
    """The transport as one of those that vcr listens to."""
    return httpx.MockTransport(transport.handle_async_request)


def without_links(body):
    """The JSON body without what takes an account over: links, their tokens, passwords."""
    return _LINKS.sub(rb'\1"***"', body)


def _stand_in(text):
    digest = int.from_bytes(hashlib.sha256(text.casefold().encode()).digest(), "big")
    letters = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
    return "".join(letters[(digest >> (6 * n)) % 62] for n in range(17))


def _nameless(content):
    if isinstance(content, dict):
        return {k: "X" if k in _NAMES and v else _nameless(v) for k, v in content.items()}
    return [_nameless(item) for item in content] if isinstance(content, list) else content


def cassette(name, host=HOST):
    """The cassette of that name, to record into or to play from."""
    scrub = Scrubber(host)

    def request(recorded):
        recorded.uri = scrub.text(recorded.uri)
        recorded.headers = {}
        if recorded.body:
            recorded.body = scrub.body(recorded.body)
        return recorded

    def response(recorded):
        headers = {k.lower(): v for k, v in recorded["headers"].items()}
        recorded["headers"] = {
            k: [scrub.text(one) for one in v] for k, v in headers.items() if k in KEPT_HEADERS
        }
        body = recorded["body"]["string"]
        recorded["body"]["string"] = scrub.body(without_links(body)) if body else body
        return recorded

    return vcr.VCR(
        record_mode="all" if mode() else "none",
        match_on=["method", "host", "path", "query", "body"],
        before_record_request=request,
        before_record_response=response,
    ).use_cassette(str(FOLDER / f"{name}.yaml"))
