"""How much news each messenger bears; replies to people are never held back by it."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from typing import Final

from bot.channels import telegram, webchat


@dataclass(frozen=True, slots=True)
class Budget:
    """What one channel permits to all processes together."""

    per_second: int
    """Messages to all chats."""
    in_flight: int
    """Messages on their way at the same time, in each process.

    As many are in doubt when a process dies, so no more than the rate needs: the time of one call
    and of writing down what became of it, times the rate.
    """
    chat_seconds: float = 0.0
    """Between two messages to one person."""
    group_seconds: float = 0.0
    """Between two messages to one group."""
    strangers_a_day: int | None = None
    """People who have not written within a day, told within any day; None when nobody counts."""
    text: int = 4096
    """Characters in one message with buttons, counted as UTF-16 units."""
    caption: int = 1024
    """The same under a photo or a document."""
    buttons: int = 12
    """Under one message; where a messenger permits more, nobody reads more."""


TELEGRAM: Final = Budget(per_second=30, in_flight=16, chat_seconds=1.0, group_seconds=3.0)
"""About 30 a second in all, 1 a second to a person, 20 a minute to a group (core.telegram.org)."""
WEBCHAT: Final = Budget(per_second=50, in_flight=4)
"""Our own database: generous, and yet people who press a button do not wait for it."""
WHATSAPP: Final = Budget(
    per_second=80, in_flight=32, chat_seconds=6.0, strangers_a_day=250, text=1024, buttons=10
)
"""The Cloud API's throughput, pair rate, first limit for new numbers; what a list holds."""

BUDGETS: Final[Mapping[str, Budget]] = {
    telegram.CHANNEL: TELEGRAM,
    webchat.CHANNEL: WEBCHAT,
    "whatsapp": WHATSAPP,
}


class Budgets:
    """Implements `civic.ports.Throughput` by what each channel permits."""

    def __init__(self, budgets: Mapping[str, Budget] = BUDGETS) -> None:
        """Know these channels; any other bears nothing."""
        self.of = budgets

    def rates(self, channels: Collection[str]) -> Mapping[str, float]:
        """Return for each of the channels how many messages of news it takes a second."""
        known = ((channel, self.of.get(channel)) for channel in channels)
        return {channel: 0.0 if budget is None else budget.per_second for channel, budget in known}

    def strangers_a_day(self, channel: str) -> int | None:
        """See the port."""
        budget = self.of.get(channel)
        return None if budget is None else budget.strangers_a_day


def permitted(
    telegram_rate: int, strangers_a_day: Mapping[str, int | None] | None = None
) -> Mapping[str, Budget]:
    """Return the budgets for other limits than those that the messengers publish.

    Args:
        telegram_rate: messages a second; as many are in flight as it needs.
        strangers_a_day: the limit of each channel that has another one, None for no limit.
    """
    in_flight = max(TELEGRAM.in_flight, TELEGRAM.in_flight * telegram_rate // TELEGRAM.per_second)
    mine = replace(TELEGRAM, per_second=telegram_rate, in_flight=in_flight)
    others = strangers_a_day or {}
    return {
        channel: replace(budget, strangers_a_day=others.get(channel, budget.strangers_a_day))
        for channel, budget in {**BUDGETS, telegram.CHANNEL: mine}.items()
    }
