"""The files of doors, as a catalog has them."""

from tests.support.github import REPOSITORY
from tests.support.jira_answers import APPROVED, CLOUD_ID, ENDED, FIELDS, PROJECT, SITE, TYPE
from tests.support.jira_cloud import READER

__all__ = ["GITHUB_FILE", "JIRA_FILE"]

GITHUB_FILE = {"type": "github", "repository": REPOSITORY}
JIRA_FILE = {
    "type": "jira",
    "site": SITE,
    "cloud_id": CLOUD_ID,
    "project": PROJECT,
    "issue_types": [TYPE],
    "approved": [APPROVED],
    "ended": [ENDED],
    "fields": {each.value: name for each, name in FIELDS.items()},
    "reading": {"email": READER[0], "token": {"env": "JIRA_READ_TOKEN"}},
}
"""The door to the Jira of `tests.support.jira_cloud`."""
