"""Pages and pieces of pages, rendered in the person's language."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from urllib.parse import quote
from zoneinfo import ZoneInfo

from aiogram.utils.i18n import I18n
from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from bot.web.assets import Assets
from bot.web.sentences import sentences
from civic.model.text import in_language
from civic.ports import Clock
from civic.rules.documents import MEDIA_TYPES
from dialogs.kit.figures import number
from dialogs.kit.moments import day_and_time
from storage.repositories.webchat import StoredFile, StoredMessage, Visitor

LANGUAGE_NAMES: Final = (("kk", "Қазақша"), ("ru", "Русский"), ("en", "English"))
_KILOBYTE: Final = 1024
COMMANDS: Final = ("menu", "language", "help", "privacy")
"""Commands that can be pressed where they are named; none of them changes anything."""
_BAR: Final = re.compile("(?=[▓░]{5})▓*░*")
_COMMAND: Final = re.compile(rf"(?<![^\s(«“])/({'|'.join(COMMANDS)})(?![\w/])")


@dataclass(frozen=True, slots=True)
class Button:
    """A button as the page needs it: `name` and `value` of a form's button, or an address."""

    label: str
    name: str = ""
    value: str = ""
    url: str = ""


ACCEPTED: Final = ",".join(("image/*", *(f".{ending}" for ending in MEDIA_TYPES)))
"""What the page offers to choose from among a person's files."""


@dataclass(frozen=True, slots=True)
class Shown:
    """A message as the page needs it."""

    id: int
    order: int
    revision: int
    deleted: bool
    is_renewed: bool
    """True when it shows a newer state of itself, which nobody has to be told."""
    side: str
    """`me`, `press` (a button that I pressed), `bot` or `note`."""
    html: Markup
    rows: Sequence[Sequence[Button]]
    photo: StoredFile | None
    document: StoredFile | None
    document_size: str
    time: str
    moment: str


class Pages:
    """Renders templates."""

    def __init__(self, i18n: I18n, assets: Assets, clock: Clock) -> None:
        """Translate with `i18n`; `assets` knows where style and script are."""
        self._i18n = i18n
        self._clock = clock
        self._sentences: dict[str, Mapping[str, str]] = {}
        self._environment = Environment(
            loader=PackageLoader("bot.web"),
            autoescape=True,
            trim_blocks=True,
            lstrip_blocks=True,
            undefined=StrictUndefined,
            extensions=["jinja2.ext.i18n"],
        )
        self._environment.globals["asset"] = assets.url
        self._environment.globals["language_names"] = LANGUAGE_NAMES
        self._environment.globals["accepted"] = ACCEPTED

    def render(self, template: str, language: str, **values: Any) -> str:  # noqa: ANN401 - whatever the template shows
        """Return the template's HTML in `language`."""
        translate = self._translator(language)
        return self._environment.get_template(template).render(
            language=language, _=translate, gettext=translate, **values
        )

    def shown(self, message: StoredMessage, visitor: Visitor) -> Shown:
        """Return a message as the page needs it."""
        bubble = message.bubble
        file = bubble.file if isinstance(bubble.file, StoredFile) else None
        is_photo = bubble.file_kind == "photo"
        return Shown(
            id=message.id,
            order=message.order,
            revision=message.revision,
            deleted=message.deleted,
            is_renewed=message.is_renewed,
            side=_side(message),
            html=_enliven(bubble.html, answers=not message.from_person),
            rows=[[_button(message, button) for button in row] for row in bubble.keyboard or ()],
            photo=file if is_photo else None,
            document=None if is_photo else file,
            document_size="" if file is None else _size(file.size, visitor.language),
            time=self._time(message.sent_at, visitor),
            moment=message.sent_at.isoformat(),
        )

    def sentence(self, key: str, language: str) -> str:
        """Return one of the page's own sentences in `language`."""
        if language not in self._sentences:
            self._sentences[language] = sentences(self._translator(language))
        return self._sentences[language][key]

    def command(self, command: str, language: str) -> str:
        """Return what is written on the control for a command."""
        self.sentence("menu", language)
        return self._sentences[language].get(command, f"/{command}")

    def town(self, visitor: Visitor) -> str:
        """Return the town's name in the person's language."""
        return in_language(visitor.town, visitor.language)

    def _translator(self, language: str) -> Callable[[str], str]:
        def translate(message: str) -> str:
            return self._i18n.gettext(message, locale=language)

        return translate

    def _time(self, moment: datetime, visitor: Visitor) -> str:
        zone = ZoneInfo(visitor.timezone)
        local, today = moment.astimezone(zone), self._clock.now().astimezone(zone)
        if local.date() == today.date():
            return f"{local:%H:%M}"
        return day_and_time(moment, zone, visitor.language)


def _enliven(cleaned: str, *, answers: bool) -> Markup:
    """Return words that were cleaned when kept, with bars drawn and commands to press."""
    words = _BAR.sub(_drawn, cleaned)
    if answers:
        words = _COMMAND.sub(
            r'<button class="command" form="press" name="command" value="\1">/\1</button>', words
        )
    # What is put in holds nothing of anybody's words.
    return Markup(words)  # noqa: S704


def _drawn(bar: re.Match[str]) -> str:
    # The numbers stand beside it, and signs of shade would be read aloud one by one.
    done, whole = bar[0].count("▓"), len(bar[0])
    return f'<progress value="{done}" max="{whole}" aria-hidden="true"></progress>'


def _side(message: StoredMessage) -> str:
    if message.is_press:
        return "press"
    if message.from_person:
        return "me"
    return "note" if message.bubble.notice else "bot"


def _button(message: StoredMessage, button: Any) -> Button:  # noqa: ANN401 - as kept in JSON
    label = button["label"]
    if "url" in button:
        return Button(label, url=button["url"])
    if "say" in button:
        return Button(label, name="say", value=button["say"])
    # Callback data may hold control characters, which forms do not carry unharmed.
    seen = f"{message.id}~{message.revision}"
    return Button(label, name="press", value=f"{seen}~{quote(button['data'], safe='')}")


def _size(size: int, language: str) -> str:
    unit = {"kk": "КБ", "ru": "КБ"}.get(language, "KB")
    return f"{number(max(1, round(size / _KILOBYTE)), language)} {unit}"
