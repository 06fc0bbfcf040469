"""A writer, a reader and a recorder that answer from tables and remember everything."""

from dataclasses import dataclass, field

from reconciler.model.errors import ConnectorError, StoreError
from reconciler.model.outcome import WriteAnswer


def refused(status, okta_code="", request_id="req-no"):
    """Okta's refusal of a write."""
    return ConnectorError(
        f"http-{status}",
        f"Okta said {status}",
        status=status,
        okta_code=okta_code,
        request_id=request_id,
    )


@dataclass
class FakeOkta:
    """`answers` maps a write to what it raises; every call and record goes into one log."""

    answers: dict = field(default_factory=dict)
    made_id: str | None = "00gmade"
    log: list = field(default_factory=list)
    members: dict = field(default_factory=dict)
    slept: list = field(default_factory=list)

    @property
    def writes(self):
        """The writes alone, in order."""
        return [each for each in self.log if each[0] in {"add", "remove", "create", "account"}]

    async def add_member(self, group, user):
        """The user is added."""
        return self._write(("add", group, user))

    async def remove_member(self, group, user):
        """The user is removed."""
        return self._write(("remove", group, user))

    async def create_group(self, name, description):
        """The group is made."""
        written = self._write(("create", name, description))
        return WriteAnswer(request_id=written.request_id, id=self.made_id)

    async def change_account(self, user, call):
        """The account is changed."""
        return self._write(("account", user, call))

    async def fetch_members(self, group):
        """The next answer for the group; the last one is repeated."""
        self.log.append(("read", group))
        answers = self.members.get(group, [()])
        return answers.pop(0) if len(answers) > 1 else answers[0]

    async def sleep(self, seconds):
        """The wait is noted and over."""
        self.slept.append(seconds)

    def record_started(self, prepared):
        """The beginning is in the log."""
        self.log.append(("started", prepared))

    def record_begun(self, write):
        """The write is in the log before it is made."""
        self.log.append(("begun", write))

    def record_answered(self, write, result):
        """Its end is in the log."""
        self.log.append(("answered", write, result))

    def record_account_begun(self, write):
        """The change of an account is in the log before it is made."""
        self.log.append(("account-begun", write))

    def record_account_answered(self, write, result):
        """Its end is in the log."""
        self.log.append(("account-answered", write, result))

    def record_ended(self, result):
        """The end is in the log."""
        self.log.append(("ended", result))

    def _write(self, call):
        self.log.append(call)
        for key in (call, call[:2], call[0]):
            answer = self.answers.get(key)
            if answer is not None:
                raise answer
        return WriteAnswer(request_id=f"req-{len(self.writes)}")


@dataclass
class FullRecord:
    """A record that has room for so many entries."""

    room: int

    def record_begun(self, _write):
        """Kept, or not."""
        self._keep()

    def record_answered(self, _write, _result):
        """Kept, or not."""
        self._keep()

    def record_account_begun(self, _write):
        """Kept, or not."""
        self._keep()

    def record_account_answered(self, _write, _result):
        """Kept, or not."""
        self._keep()

    def _keep(self):
        self.room -= 1
        if self.room < 0:
            raise StoreError("journal-not-writable", "full")
