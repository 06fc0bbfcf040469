"""What travels with the code: the schemas and the example catalog, from the wheel or a checkout.

A wheel carries them inside the package, because the demo runs where there is no checkout; an
editable install has them only at the top of the repository.
"""

from pathlib import Path

__all__ = ["packaged_catalog", "packaged_schemas"]

_PACKAGE = Path(__file__).resolve().parent.parent


def packaged_catalog(package: Path = _PACKAGE) -> Path:
    """The folder of the example catalog."""
    return _inside_or_beside(package, "_catalog", "catalog")


def packaged_schemas(package: Path = _PACKAGE) -> Path:
    """The folder of the JSON Schemas."""
    return _inside_or_beside(package, "_schemas", "schemas")


def _inside_or_beside(package: Path, inside: str, beside: str) -> Path:
    in_wheel = package / inside
    return in_wheel if in_wheel.is_dir() else package.parent / beside
