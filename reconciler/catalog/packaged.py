"""What travels with the code: schemas, example catalog, and the files of a new repository.

A wheel carries them inside the package, because the demo runs where there is no checkout; an
editable install has them only at the top of the repository.
"""

from pathlib import Path

__all__ = ["packaged_catalog", "packaged_scaffold", "packaged_schemas"]

_PACKAGE = Path(__file__).resolve().parent.parent


def packaged_catalog(package: Path = _PACKAGE) -> Path:
    """The folder of the example catalog."""
    return _inside_or_beside(package, "_catalog", "catalog")


def packaged_schemas(package: Path = _PACKAGE) -> Path:
    """The folder of the JSON Schemas."""
    return _inside_or_beside(package, "_schemas", "schemas")


def packaged_scaffold(package: Path = _PACKAGE) -> dict[str, str]:
    """The templates of a new repository's files, by path from its top.

    A name that begins with `dot-` stands for one that begins with a dot: a wheel has no others.
    """
    root = package / "scaffold"
    return {
        "/".join(_file_name(part) for part in path.relative_to(root).parts): path.read_text("utf-8")
        for path in sorted(root.rglob("*"))
        if path.is_file()
    }


def _file_name(part: str) -> str:
    return f".{part.removeprefix('dot-')}" if part.startswith("dot-") else part


def _inside_or_beside(package: Path, inside: str, beside: str) -> Path:
    in_wheel = package / inside
    return in_wheel if in_wheel.is_dir() else package.parent / beside
