"""Whole outputs compared with files; `BLESS=1 pytest` rewrites them, and CI never does."""

import os
from pathlib import Path

import pytest

GOLDEN = Path(__file__).parents[2] / "golden"


@pytest.fixture
def golden():
    """Compares a text with the golden file of a name, or blesses it when asked to."""
    is_blessing = os.environ.get("BLESS") == "1" and not os.environ.get("GITHUB_ACTIONS")

    def compare(name, text):
        path = GOLDEN / f"{name}.txt"
        if is_blessing:
            path.parent.mkdir(exist_ok=True)
            path.write_text(text, encoding="utf-8")
        assert path.read_text(encoding="utf-8") == text

    return compare
