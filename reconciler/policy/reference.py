"""Every code that the files of a catalog can earn: what is wrong, and what to do.

The one place for it: SARIF's rules and the README's table are made from this, and a test holds it
to the codes in the source and in the schemas. A code never changes its meaning and is never reused.
"""

from collections.abc import Iterator, Mapping

from reconciler.model.diagnostics import Severity
from reconciler.policy.reference_names import ERRORS, WARNINGS
from reconciler.policy.reference_of_changes import CHANGES, Entry

__all__ = ["REFERENCE", "Entry", "table"]
_WARNING = Severity.WARNING

_FILES: Mapping[str, Entry] = {
    "catalog-empty": Entry(
        "The catalog's folder holds no file that says anything",
        "Name the right folder with `--catalog`, or write the first file into it",
        _WARNING,
    ),
    "catalog-missing": Entry(
        "There is no folder where the catalog should be",
        "Name the folder with `--catalog`",
    ),
    "catalog-unfetched": Entry(
        "The catalog folder is empty, and by its commit there are files in it, or a submodule",
        "Check it out; a submodule with `git submodule update --init`",
    ),
    "file-attributes": Entry(
        "A `.gitattributes` lies in the catalog: git would change files on their way to a checkout",
        "Remove it; what is reviewed has to be what is read",
    ),
    "file-empty": Entry(
        "A file says nothing",
        "Write an object into it, or delete it",
    ),
    "file-not-utf8": Entry(
        "A file is not encoded in UTF-8",
        "Save it as UTF-8",
    ),
    "file-symlink": Entry(
        "A file, or the catalog itself, is a symbolic link",
        "Put the file itself there; links are not followed",
    ),
    "file-too-large": Entry(
        "A file is larger than 8 MiB",
        "Split it into several files",
    ),
    "file-unknown": Entry(
        "No kind of object is read from a file of this name or in this folder",
        "Rename, move or remove it; a grant that nobody reads looks like one that nobody gave",
    ),
    "file-unreadable": Entry(
        "A file or folder cannot be opened",
        "Make it readable; what cannot be read must not look absent",
    ),
    "problems-left-out": Entry(
        "A file has more than 100 problems, or the run more than 1,000, and not all are listed",
        "Mend what is listed, then look again",
        _WARNING,
    ),
    "secret-literal": Entry(
        "A token, a private key or another secret is written into a file, or what reads like one",
        "Replace the secret at its source and write where it is kept, such as `{env: NAME}`",
    ),
}
_YAML: Mapping[str, Entry] = {
    "duplicate-key": Entry(
        "A key is written twice in one mapping",
        "Keep one of the two",
    ),
    "key-not-text": Entry(
        "A key is a number, a date, a list or the like",
        "Put the key in quotes, or remove it",
    ),
    "line-end-hidden": Entry(
        "A character ends a line for YAML and not in a diff, so a comment may hide content",
        "Delete it; in a value, write it as an escape",
    ),
    "second-document": Entry(
        "A second YAML document begins in the file",
        "Remove the `---` and write several objects as a list",
    ),
    "text-reordered": Entry(
        "A mark of direction shows a line's words in another order than they are read in",
        "Delete it; in a value, write it as an escape",
    ),
    "too-deep": Entry(
        "A file is nested deeper than 32 levels",
        "Write it flatter",
    ),
    "yaml-alias": Entry(
        "A value is a YAML alias (`*name`)",
        "Write the value out",
    ),
    "yaml-anchor": Entry(
        "A value has a YAML anchor (`&name`)",
        "Remove the anchor",
    ),
    "yaml-syntax": Entry(
        "The file is not YAML from this place on",
        "Correct this first; the rest of the file is not read until then",
    ),
    "yaml-tag": Entry(
        "A value has a YAML tag (`!tag`)",
        "Remove the tag; put text in quotes",
    ),
}
_FORM: Mapping[str, Entry] = {
    "approval-missing": Entry(
        "A grant does not say who agreed, when, or in which ticket",
        "Add the key to `approval`",
    ),
    "binding-bind-or-create": Entry(
        "A binding's group says neither `bind` nor `create`, or both",
        "Write one of them: `bind` for a group that exists, `create` for a new one",
    ),
    "connector-auth-or-config": Entry(
        "A connector has both `config` and the keys that `config` stands for",
        "Keep `config` alone, or `domain` and `auth`",
    ),
    "connector-missing": Entry(
        "The catalog has no connector, so no org is ever asked",
        "Describe one in connectors/, unless every tool is fulfilled by hand",
        _WARNING,
    ),
    "connector-type-unsupported": Entry(
        "A connector is of a type that this version does not serve",
        "Write `type: okta`",
    ),
    "key-missing": Entry(
        "A key that its object needs is not there",
        "Add it",
    ),
    "key-unknown": Entry(
        "A key means nothing in its object",
        "Correct its spelling, or remove it",
    ),
    "secret-ref-invalid": Entry(
        "What should say where a secret is kept does not",
        "Write one of `{env: NAME}`, `{file: PATH}` and `{command: [...]}`",
    ),
    "value-not-allowed": Entry(
        "A value is none of those that its key allows",
        "Write one of them",
    ),
    "value-wrong-form": Entry(
        "A value is of the right type but not of the right form, size or range",
        "Write it like the example in the message",
    ),
    "value-wrong-type": Entry(
        "A value is of another type than its key asks for",
        "Write it like the example in the message; put text that looks like a number in quotes",
    ),
}
_GROUPS: Mapping[str, Entry] = {
    "binding-duplicate": Entry(
        "An entitlement has two bindings on one connector",
        "Keep one; `replaces` moves a binding to another group",
    ),
    "bindings-disagree": Entry(
        "Bindings of one group differ in `authority`, `unattended` or `admin_role`",
        "Write the same in each of them",
    ),
    "canary-group-bound": Entry(
        "A binding names the canary's group, so the canary would be managed away",
        "Give the canary a group of its own, which no binding names",
    ),
    "canary-missing": Entry(
        "A connector names nobody who must be visible before anything is written",
        "Add `canary`; apply refuses to run without one",
        _WARNING,
    ),
    "connector-domain-invalid": Entry(
        "A connector's domain cannot be an Okta org's URL",
        "Write the org's URL, such as `https://acme.okta.com`",
    ),
    "connector-duplicate": Entry(
        "Two connectors have one id",
        "Give one of them another id, or keep one",
    ),
    "date-in-future": Entry(
        "A credential is said to be made on a day that has not come, so it would never grow old",
        "Write the day on which it was made, in UTC",
    ),
    "fulfilment-manual-bound": Entry(
        "A tool that a person fulfils by hand has a binding",
        "Remove the binding, or write `fulfilment: okta` in the tool",
    ),
    "group-bound-twice": Entry(
        "Two connectors bind one group, so each would undo what the other does",
        "Bind it on one of them; disable or remove the connector that is no longer used",
    ),
    "group-description-too-long": Entry(
        "A new group's description leaves no room for the marker that says whose it is",
        "Shorten it",
    ),
    "group-name-pattern": Entry(
        "A new group's name does not have the form that the settings ask for",
        "Rename the group, or change `naming` in settings.yaml",
    ),
    "group-name-shared": Entry(
        "Two bindings would create a group of one name",
        "Let one create it, and bind the other by its id once it is there",
    ),
    "group-shared-unsaid": Entry(
        "One group gives two tools, and a binding of it does not say that this is meant",
        "Write `shared: true` in each of its bindings, or bind another group",
    ),
    "naming-pattern-invalid": Entry(
        "The pattern for names cannot be used",
        "Write one that RE2 reads, without look-around and back-references",
    ),
}
_GRANTS: Mapping[str, Entry] = {
    "approval-in-future": Entry(
        "An approval is dated after now, so what counts from it would begin too late",
        "Write when they agreed, in UTC: a day, or an instant such as `2026-11-28T14:00Z`",
    ),
    "approver-is-subject": Entry(
        "Somebody approves their own access, under this or another of their names",
        "Have another approver of the tool agree",
    ),
    "approver-unknown": Entry(
        "A grant of the change is approved by no approver of its tool; a warning for older ones",
        "Have one of them agree, or extend the list by itself; who leaves it gets `until`",
    ),
    "entitlement-needed": Entry(
        "A grant names no entitlement though its tool has several",
        "Add `entitlement`",
    ),
    "expires-before-start": Entry(
        "A grant ends before it begins",
        "Correct one of the two days",
    ),
    "expires-missing": Entry(
        "A grant of the change never ends though its tool has a limit; a warning for older ones",
        "Add `expires`",
    ),
    "forge-handle-missing": Entry(
        "An owner, an approver or an admin has no name at the forge",
        "Add `github`; nobody can be asked for a review by e-mail",
        _WARNING,
    ),
    "grant-duplicate": Entry(
        "Two grants are the same in everything",
        "Keep one of the two",
    ),
    "grant-inside-another": Entry(
        "A grant lies wholly inside the window of another for the same person and entitlement",
        "Remove it; to prolong the access, extend the other one instead",
        _WARNING,
    ),
    "grant-outside-tool-folder": Entry(
        "A grant lies in the folder of another tool, whose owners would review it",
        "Move it to `grants/<tool>/`, or correct `tool`",
    ),
    "grant-unbound": Entry(
        "No group gives what a grant grants",
        "Add a binding, or write `fulfilment: manual` in the tool",
    ),
    "grant-window-too-long": Entry(
        "A grant of the change lasts longer than its tool allows; a warning for older ones",
        "Shorten `expires`, or raise the tool's `max_duration`",
    ),
    "identity-duplicate": Entry(
        "An account or an address is mapped twice",
        "Join the two mappings, or correct one",
    ),
    "placeholder-left": Entry(
        "A stanza that a plan printed was copied and a blank in it was not filled in",
        "Write what is true in its place",
    ),
    "placeholder-unfilled": Entry("A value is still to be replaced", "Write your own in its place"),
    "reference-unknown": Entry(
        "A tool, an entitlement or a connector is named that is not there",
        "Correct the name, or add what it names",
    ),
    "tool-duplicate": Entry(
        "Two tools have one id",
        "Give one of them another id, or keep one",
    ),
    "tool-unpinned": Entry("The tool to install is not fixed", "Name one commit or one wheel"),
}

_NAMES = {code: Entry(*words) for code, words in ERRORS.items()}
_NAMES |= {code: Entry(*words, _WARNING) for code, words in WARNINGS.items()}

REFERENCE: Mapping[str, Entry] = dict(
    sorted({**_FILES, **_YAML, **_FORM, **_GROUPS, **_GRANTS, **_NAMES, **CHANGES}.items())
)
"""Every code in the order of the alphabet."""


def table() -> Iterator[str]:
    """The reference as lines of a Markdown table."""
    yield "| code | | what is wrong | what to do |"
    yield "|---|---|---|---|"
    for code, entry in REFERENCE.items():
        yield f"| `{code}` | {entry.severity.value} | {entry.wrong} | {entry.remedy} |"
