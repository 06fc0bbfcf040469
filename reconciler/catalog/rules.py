"""Every rule that the files of a catalog may break, by its code: the one place that has them all.

SARIF's rules, `explain` and its tables are made from this. A rule is declared where it arises.
"""

from collections.abc import Mapping

from reconciler.catalog import assemble, file_rules
from reconciler.catalog.schema import rules as schema_rules
from reconciler.catalog.yaml import errors, text_checks
from reconciler.model.diagnostics import PROBLEMS_LEFT_OUT, Rule
from reconciler.policy import registry

__all__ = ["RULES"]

_EVERY: tuple[Rule, ...] = (
    PROBLEMS_LEFT_OUT,
    *assemble.RULES,
    *errors.RULES,
    *file_rules.RULES,
    *schema_rules.RULES,
    *text_checks.RULES,
    *registry.RULES,
)

RULES: Mapping[str, Rule] = {rule.code: rule for rule in sorted(_EVERY, key=lambda r: r.code)}
"""In the order of the alphabet."""
