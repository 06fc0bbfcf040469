"""Judges a credential's age for a test of a connector; a plan only warns of it.

Whoever states a `max_age` wants to be stopped by it somewhere, and a test is where nobody loses
access by that.
"""

from collections.abc import Iterator
from datetime import datetime

from reconciler.model.catalog import Connector
from reconciler.model.probe import CredentialUse, ProbeCheck, failed, passed, warned
from reconciler.planning.credential import AgeStatus, age_warning, credential_ages

__all__ = ["judge_age"]


def judge_age(connector: Connector, use: CredentialUse, now: datetime) -> Iterator[ProbeCheck]:
    """Whether the tested credential is younger than its file allows; nothing without a limit."""
    for age in credential_ages(connector, now):
        if age.uses != use.value:
            continue
        told = age_warning(connector, age)
        if told is not None:
            judged = failed if age.status is AgeStatus.OVERDUE else warned
            yield judged("credential age", told.code, told.summary, told.hint)
        elif age.status is AgeStatus.FRESH:
            summary = f"{age.age_days} days old; its max_age is {age.max_age_days} days"
            yield passed("credential age", summary)
