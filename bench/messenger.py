"""A messenger that costs as little as possible and remembers only each chat's last keyboard."""

from typing import Any

from aiogram import Bot
from aiogram.enums import ChatType
from aiogram.methods import AnswerCallbackQuery, EditMessageText, SendMessage, TelegramMethod
from aiogram.types import CallbackQuery, Chat, InlineKeyboardMarkup, Message, Update, User
from typing_extensions import override

from bot.channels.local_session import LocalSession
from tests.fakes import MORNING


class LightSession(LocalSession):
    """Answers every method at once; the same for the service and for its peers."""

    def __init__(self) -> None:
        """Begin with no chats."""
        super().__init__()
        self.last: dict[int, Message] = {}

    @override
    async def make_request(
        self, bot: Bot, method: TelegramMethod[Any], timeout: int | None = None
    ) -> Any:
        if isinstance(method, AnswerCallbackQuery):
            return True
        if not isinstance(method, SendMessage | EditMessageText):
            message = f"not part of this measurement: {type(method).__name__}"
            raise TypeError(message)
        chat_id = int(method.chat_id or 0)
        markup = method.reply_markup
        previous = self.last.get(chat_id)
        number = method.message_id if isinstance(method, EditMessageText) else None
        self.last[chat_id] = Message(
            message_id=number or (previous.message_id + 1 if previous else 1),
            date=MORNING,
            chat=Chat(id=chat_id, type=ChatType.PRIVATE),
            text=method.text,
            reply_markup=markup if isinstance(markup, InlineKeyboardMarkup) else None,
        )
        return self.last[chat_id]


class Person:
    """Somebody who writes and presses through a `LightSession`."""

    def __init__(self, session: LightSession, number: int) -> None:
        """Be the person whom the channel knows as `number`."""
        self._session = session
        self._number = number
        self._user = User(id=number, is_bot=False, first_name="", language_code="kk")
        self._chat = Chat(id=number, type=ChatType.PRIVATE)
        self._count = 0

    def says(self, text: str) -> Update:
        """Return the update in which the person writes `text`."""
        message = Message(
            message_id=self._next(),
            date=MORNING,
            chat=self._chat,
            from_user=self._user,
            text=text,
        )
        return Update(update_id=self._update_id(), message=message)

    def presses(self, *labels: str) -> Update:
        """Return the update in which the person presses the first of `labels` that is shown."""
        shown = self._session.last[self._number]
        rows = shown.reply_markup.inline_keyboard if shown.reply_markup else []
        keys = {key.text: key.callback_data for row in rows for key in row}
        data = next(keys[label] for label in labels if label in keys)
        query = CallbackQuery(
            id=str(self._next()),
            from_user=self._user,
            chat_instance="bench",
            data=data,
            message=shown,
        )
        return Update(update_id=self._update_id(), callback_query=query)

    def _next(self) -> int:
        self._count += 1
        return self._number * 1_000_000 + self._count

    def _update_id(self) -> int:
        return self._next()
