"""A year of a town's life: how long it takes to rehearse, and whether all of it is accounted for.

Two cycles, a consultation of 28 days, an organiser who announces something twice a month, half an
hour, two days and a week without the service. Beside it the same year with one resident, which is
what the calendar costs by itself.
"""

import os
import time
from datetime import UTC, date, datetime, timedelta
from typing import Final

from bot import sample
from bot.rehearsal.account import Account
from bot.rehearsal.rehearse import rehearse
from bot.rehearsal.script import Script, dated
from bot.rehearsal.service import Downtime

RESIDENTS: Final = int(os.environ.get("BENCH_RESIDENTS", "500"))
BROADCASTS: Final = 24
FIRST_DAY: Final = date(2026, 12, 1)
DOWNTIMES: Final = (
    Downtime(datetime(2027, 1, 1, tzinfo=UTC), datetime(2027, 1, 3, tzinfo=UTC)),
    Downtime(datetime(2027, 3, 10, tzinfo=UTC), datetime(2027, 3, 17, tzinfo=UTC)),
    Downtime(datetime(2027, 5, 1, tzinfo=UTC), datetime(2027, 5, 1, 0, 30, tzinfo=UTC)),
)


def year(residents: int) -> Script:
    """Return the script of the year."""
    consultation = dated(sample.cycle("budget-2026.yaml"), FIRST_DAY)
    vote = dated(sample.cycle("vote.yaml"), FIRST_DAY + timedelta(days=60))
    ideas = dated(sample.cycle("ideas.yaml"), FIRST_DAY + timedelta(days=200))
    return Script(
        town=sample.community(),
        cycles=(consultation, vote, ideas),
        residents=residents,
        seed=1,
        budgets={consultation.content.slug: sample.budget()},
        downtimes=DOWNTIMES,
        broadcasts=BROADCASTS,
    )


def played(residents: int) -> tuple[Account, float]:
    """Return the account of the year and the seconds it took."""
    began = time.perf_counter()
    account = rehearse(year(residents))
    return account, time.perf_counter() - began


def main() -> None:
    """Play the year with one resident and with all of them, and print both."""
    _alone, floor = played(1)
    account, took = played(RESIDENTS)
    days = (account.played.script.ends - account.played.script.starts).days
    wrong = {check.value: count for check, count in account.problems().items() if count}
    print(f"{days} days with {RESIDENTS} residents: {took:.1f} s; with one: {floor:.1f} s")
    print(
        f"  {account.load.updates} updates, {account.load.notices} pieces of news to people in"
        f" {len(account.notices)} announcements, {account.load.posts} to groups and channels"
    )
    print(f"  not in order: {wrong or 'nothing'}")


if __name__ == "__main__":
    main()
