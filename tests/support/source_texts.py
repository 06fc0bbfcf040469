"""The texts that a module may show to a user."""

import ast
from functools import cache

__all__ = ["FILLED_IN", "texts"]

FILLED_IN = "\N{WHITE SQUARE}"


@cache
def texts(path):
    """Each text of the module but its docstrings, with a square for each value filled in."""
    return tuple(_texts(path))


def _texts(path):
    tree = ast.parse(path.read_text(encoding="utf-8"))
    filled = [node for node in ast.walk(tree) if isinstance(node, ast.JoinedStr)]
    left_out = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    left_out |= {id(part) for node in filled for part in node.values}
    for node in filled:
        yield "".join(p.value if isinstance(p, ast.Constant) else FILLED_IN for p in node.values)
    for node in ast.walk(tree):
        is_text = isinstance(node, ast.Constant) and isinstance(node.value, str)
        if is_text and id(node) not in left_out:
            yield node.value
