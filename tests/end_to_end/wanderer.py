"""A person who presses and writes whatever comes to mind, and a town full of them."""

import asyncio
import hashlib
from collections.abc import Awaitable, Callable, Sequence
from typing import Final, TypeVar

from civic.model.text import LANGUAGES
from dialogs.places import PlaceKind
from tests.browser import picture
from tests.telegram.chats import Screen
from tests.telegram.person import Person

T = TypeVar("T")

PATIENCE: Final = 180.0
"""Seconds after which silence, or a window without a way on, is a dead end."""
REMEMBERED: Final = 12
"""How many windows a wanderer scrolls back at most."""
WORDS: Final[tuple[str, ...]] = (
    "1",
    "2",
    "17",
    "9999999999999999999",
    "٣",
    "0",
    "-1",
    "мектеп",
    "бiлiм",
    "скамейки",
    "1,5 млн",
    "1500000",
    "100 млрд",
    "Аула жарығы жоқ",
    "Вечером на дорожке у сада темно, дети спотыкаются.",
    "Put five lamps along the path from the bus stop.",
    "<b>жирный</b> & <script>alert(1)</script> {place} %s",
    "\u202eсправа налево\u202c \u200f\u200e\u200b",
    "   ",
    "\u200b",
    "\n\n\n",
    "\x00",
    "👨‍👩‍👧‍👦" * 40,
    "z" * 4096,
    "Ұ" * 999,
    "2026-12-05 18:00",
    "9999-12-31 23:59",
    "31 февраля",
    "меню",
    "стоп",
    "/start",
    "/menu",
    "/language",
    "/help",
    "/privacy",
    "/stop",
    "/cancel",
    "/unknown",
    "/start -",
    "/start ru-",
    "/start i_-1",
    "/start o-nothing",
    "/start z_1",
)
FORGED: Final[tuple[str, ...]] = ("", "x", "go:", "go:p_1", "go:i_9999", "go:o-x", "а" * 30)
"""Callback data that no button of a conversation has."""


class Dice:
    """Chance that repeats itself: the same for the same `seed`."""

    def __init__(self, seed: str) -> None:
        """Begin anew."""
        self._seed = seed
        self._rolls = 0

    def below(self, limit: int) -> int:
        """Return a number from 0 to `limit` - 1."""
        self._rolls += 1
        roll = hashlib.sha256(f"{self._seed}:{self._rolls}".encode()).digest()
        return int.from_bytes(roll[:8]) % limit

    def pick(self, among: Sequence[T]) -> T:
        """Return one of them."""
        return among[self.below(len(among))]


class Wanderer:
    """Acts at random as `person`, and remembers what was on the screen before."""

    def __init__(self, person: Person, dice: Dice) -> None:
        """Throw `dice` for every act."""
        self.person = person
        self._dice = dice
        self._seen: list[Screen] = []
        self.last = "nothing yet"
        """What was done last, for whoever looks for the cause of a failure."""

    async def act(self) -> None:
        """Do something once; fail when the service stays silent or leaves no way on."""
        await self._chosen()()
        screen = await self._way_on()
        if not self._seen or screen != self._seen[-1]:
            self._seen = [*self._seen[-REMEMBERED:], screen]

    def _chosen(self) -> Callable[[], Awaitable[None]]:
        if not self._seen:
            return self._begin
        roll = self._dice.below(100)
        for below, act in (
            (62, self._press),
            (68, self._press_old),
            (72, self._press_twice),
            (73, self._press_forged),
            (90, self._say),
            (95, self._follow_link),
        ):
            if roll < below:
                return act
        return self._send_something

    async def _begin(self) -> None:
        await self._write("/start")

    async def _press(self) -> None:
        await self._press_on(await self._way_on())

    async def _press_old(self) -> None:
        await self._press_on(self._dice.pick(self._seen))

    async def _press_twice(self) -> None:
        screen = await self._way_on()
        label = self._dice.pick(screen.buttons)
        self.last = f"a double tap on «{label}» under «{screen.text[:60]}»"
        await self.person.presses(label, on=screen, wait=False)
        await self.person.presses(label, on=screen)

    async def _press_forged(self) -> None:
        data = self._dice.pick(FORGED)
        self.last = f"a forged press «{data}»"
        await self.person.presses_data(data)

    async def _press_on(self, screen: Screen) -> None:
        label = self._dice.pick(screen.buttons)
        self.last = f"a press on «{label}» under «{screen.text[:60]}»"
        await self.person.presses(label, on=screen)

    async def _say(self) -> None:
        await self._write(self._dice.pick(WORDS))

    async def _follow_link(self) -> None:
        language = self._dice.pick(("", *(f"{code}-" for code in LANGUAGES)))
        kind = self._dice.pick([*PlaceKind])
        number = self._dice.pick((0, 1, 2, 3, 4, 5, 6, 7, 12, 40, 9999, 999_999_999_999_999))
        await self._write(f"/start {language}{kind.value}_{number}")

    async def _write(self, text: str) -> None:
        self.last = f"the text «{text[:60]}»"
        await self.person.says(text)

    async def _send_something(self) -> None:
        kind = self._dice.below(6)
        self.last = f"something that is no text, kind {kind}"
        match kind:
            case 0:
                await self.person.sends_sticker()
            case 1:
                await self.person.sends_voice()
            case 2:
                await self.person.sends_location()
            case 3:
                await self.person.sends_photo(picture(64, 48, "JPEG"), "подпись")
            case 4:
                await self.person.sends_document(b"%PDF-1.7", "plan.pdf", "application/pdf")
            case _:
                await self.person.sends_album(*[picture(9, 9, "JPEG")] * 4)

    async def _way_on(self) -> Screen:
        """Return the newest message that has buttons to press; there always is one, or soon."""
        async with asyncio.timeout(PATIENCE):
            while True:
                for screen in reversed(self.person.history):
                    if any(button.data is not None for row in screen.rows for button in row):
                        return screen
                await self.person.chat.stirred()
