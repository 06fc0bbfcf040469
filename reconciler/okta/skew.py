"""How far our clock is from Okta's, and the time that signatures are dated with."""

from collections.abc import Callable
from datetime import datetime, timedelta

import httpx

from reconciler.okta.ratelimit import http_date

__all__ = ["LARGEST_CORRECTION", "OktaClock"]

LARGEST_CORRECTION = timedelta(minutes=5)


class OktaClock:
    """Our clock, corrected by the `Date` of Okta's last answer.

    Only a small difference is corrected. With a large one something is wrong, perhaps with the
    dates that grants are judged by: then Okta refuses the signature, and the refusal says why.
    """

    def __init__(self, clock: Callable[[], datetime]) -> None:
        self._clock = clock
        self.ahead: timedelta | None = None

    def heard(self, headers: httpx.Headers) -> None:
        """An answer just arrived; `ahead` is how far Okta's clock is ahead of ours."""
        moment = http_date(headers.get("date", ""))
        if moment is not None:
            self.ahead = moment - self._clock()

    def now(self) -> datetime:
        """The time by Okta's clock, as well as it is known."""
        if self.ahead is None or abs(self.ahead) > LARGEST_CORRECTION:
            return self._clock()
        return self._clock() + self.ahead
