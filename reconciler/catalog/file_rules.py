"""The rules of files as files: which are the catalog's, and whether their bytes can be read."""

from reconciler.model.diagnostics import Example, Rule, Severity
from reconciler.policy import sample

__all__ = [
    "CATALOG_EMPTY",
    "CATALOG_MISSING",
    "CATALOG_UNFETCHED",
    "CONNECTOR_MISSING",
    "FILE_ATTRIBUTES",
    "FILE_NOT_UTF8",
    "FILE_SYMLINK",
    "FILE_TOO_LARGE",
    "FILE_UNKNOWN",
    "FILE_UNREADABLE",
    "RULES",
]

CATALOG_EMPTY = Rule(
    code="catalog-empty",
    summary="The catalog's folder holds no file that says anything",
    remedy="Name the right folder with `--catalog`, or write the first file into it",
    severity=Severity.WARNING,
    example=Example(words="a folder that holds nothing but a `README.md`"),
)
CATALOG_MISSING = Rule(
    code="catalog-missing",
    summary="There is no folder where the catalog should be",
    remedy="Name it with `--catalog`, or make one with `reconciler init`",
    example=Example(words="`--catalog elsewhere`, where there is no such folder"),
)
CATALOG_UNFETCHED = Rule(
    code="catalog-unfetched",
    summary="The catalog folder is empty, and by its commit there are files in it, or a submodule",
    remedy="Check it out; a submodule with `git submodule update --init`",
    example=Example(words="a catalog in a submodule of which only the name was checked out"),
)
CONNECTOR_MISSING = Rule(
    code="connector-missing",
    summary="The catalog has no connector, so no org is ever asked",
    remedy="Describe one in connectors/, unless every tool is fulfilled manually",
    severity=Severity.WARNING,
    example=Example(words="a catalog of which `settings.yaml` is the only file"),
)
FILE_ATTRIBUTES = Rule(
    code="file-attributes",
    summary="The catalog holds a `.gitattributes`: git would change files on their way to a "
    "checkout",
    remedy="Remove it; what is reviewed has to be what is read",
    example=Example({"grants/.gitattributes": "*.yaml working-tree-encoding=UTF-7\n"}),
)
FILE_NOT_UTF8 = Rule(
    code="file-not-utf8",
    summary="A file is not encoded in UTF-8",
    remedy="Save it as UTF-8",
    example=Example(
        {"grants/claude/jörg.yaml": sample.GRANT.encode().replace(b"Support", b"B\xfcro")}
    ),
)
FILE_SYMLINK = Rule(
    code="file-symlink",
    summary="A file, or the catalog itself, is a symbolic link",
    remedy="Put the file itself here; links are not followed",
    example=Example(words=f"`{sample.OTHER_GRANT_FILE}` as a symbolic link to `jane.yaml`"),
)
FILE_TOO_LARGE = Rule(
    code="file-too-large",
    summary="A file is larger than 8 MiB",
    remedy="Split it into several files",
    example=Example(words="`grants/claude/all.yaml` of 9 MiB"),
)
FILE_UNKNOWN = Rule(
    code="file-unknown",
    summary="No kind of object is read from a file of this name or in this folder",
    remedy="Rename, move or remove it; a grant that is not read looks like one that was not given",
    example=Example({"grants/claude/joe.yml": sample.GRANT}),
)
FILE_UNREADABLE = Rule(
    code="file-unreadable",
    summary="A file or folder cannot be opened",
    remedy="Make it readable; what cannot be read must not look absent",
    example=Example(words=f"`{sample.OTHER_GRANT_FILE}` that is gone when it is opened"),
)
RULES = (
    CATALOG_EMPTY,
    CATALOG_MISSING,
    CATALOG_UNFETCHED,
    CONNECTOR_MISSING,
    FILE_ATTRIBUTES,
    FILE_NOT_UTF8,
    FILE_SYMLINK,
    FILE_TOO_LARGE,
    FILE_UNKNOWN,
    FILE_UNREADABLE,
)
