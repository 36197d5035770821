"""What a call of the Bot API does on the web chat: it keeps messages for the page to show."""

from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping
from dataclasses import replace
from typing import Any, Final, NoReturn, cast

from aiogram import Bot
from aiogram.client.default import Default
from aiogram.client.session.base import BaseSession
from aiogram.client.telegram import TelegramAPIServer
from aiogram.enums import ParseMode
from aiogram.exceptions import TelegramAPIError, TelegramBadRequest
from aiogram.methods import (
    AnswerCallbackQuery,
    DeleteMessage,
    EditMessageCaption,
    EditMessageMedia,
    EditMessageReplyMarkup,
    EditMessageText,
    GetFile,
    GetMe,
    SendChatAction,
    SendDocument,
    SendLocation,
    SendMediaGroup,
    SendMessage,
    SendPhoto,
    TelegramMethod,
)
from aiogram.methods.base import TelegramType
from aiogram.types import (
    File,
    InputFile,
    InputMediaDocument,
    InputMediaPhoto,
    Message,
    MessageEntity,
    TelegramObject,
    User,
)
from aiogram.utils.text_decorations import html_decoration
from typing_extensions import override

from bot.channels.webchat import files
from bot.channels.webchat.bell import Bell
from bot.channels.webchat.keyboards import UnsupportedButtonError, to_stored
from bot.channels.webchat.messages import service, to_message
from bot.channels.webchat.words import clean, escape, plain
from civic.ports import Clock, Randomness
from storage.repositories.webchat import (
    Bubble,
    Keyboard,
    NewFile,
    SqlWebChats,
    StoredFile,
    StoredMessage,
)

PHOTO: Final = "photo"
DOCUMENT: Final = "document"

Method = TelegramMethod[Any]
Answer = Callable[[Bot, Any], Awaitable[Any]]


class UnsupportedError(TelegramAPIError):
    """A handler asked for something that the web chat does not have."""


class WebChatSession(BaseSession):
    """An aiogram session whose messenger is the service's own database."""

    def __init__(
        self,
        chats: SqlWebChats,
        bell: Bell,
        clock: Clock,
        randomness: Randomness,
        *,
        renewing: bool = False,
    ) -> None:
        """Keep messages in `chats` and ring `bell` for those who watch.

        With `renewing`, edits show newer states of the same windows, whose buttons stay good.
        """
        super().__init__(api=TelegramAPIServer(base="{method}", file="{path}"))
        self._chats = chats
        self._bell = bell
        self._clock = clock
        self._randomness = randomness
        self._renewing = renewing
        self._answers: Mapping[type[Method], Answer] = {
            AnswerCallbackQuery: self._answer_callback_query,
            DeleteMessage: self._delete_message,
            EditMessageCaption: self._edit_message_caption,
            EditMessageMedia: self._edit_message_media,
            EditMessageReplyMarkup: self._edit_message_reply_markup,
            EditMessageText: self._edit_message_text,
            GetFile: self._get_file,
            GetMe: self._get_me,
            SendChatAction: self._send_chat_action,
            SendDocument: self._send_document,
            SendLocation: self._send_location,
            SendMediaGroup: self._send_media_group,
            SendMessage: self._send_message,
            SendPhoto: self._send_photo,
        }

    @override
    async def close(self) -> None:
        """Leave the database open; whoever opened it closes it."""

    @override
    async def make_request(
        self, bot: Bot, method: TelegramMethod[TelegramType], timeout: int | None = None
    ) -> TelegramType:
        answer = self._answers.get(type(method))
        if answer is None:
            raise UnsupportedError(
                method=method, message=f"the web chat does not know {type(method).__name__}"
            )
        return cast("TelegramType", await answer(bot, method))

    @override
    async def stream_content(
        self,
        url: str,
        headers: dict[str, Any] | None = None,
        timeout: int = 30,
        chunk_size: int = 65536,
        raise_for_status: bool = True,
    ) -> AsyncGenerator[bytes, None]:
        found = await self._chats.file(url)
        if found is None:
            message = "there is no such file"
            raise FileNotFoundError(message)
        content = found[1]
        for start in range(0, len(content), chunk_size):
            yield content[start : start + chunk_size]

    # Sending.

    async def _send_message(self, bot: Bot, method: SendMessage) -> Message:
        words = _words(bot, method, method.text, method.parse_mode, method.entities)
        if not plain(words).strip():
            _refuse(method, "message text is empty")
        return await self._tell(
            bot, method, Bubble(html=words, keyboard=_keyboard(method, method.reply_markup))
        )

    async def _send_location(self, bot: Bot, method: SendLocation) -> Message:
        latitude, longitude = f"{method.latitude:.5f}", f"{method.longitude:.5f}"
        link = f"https://www.openstreetmap.org/?mlat={latitude}&mlon={longitude}#map=17/{latitude}/{longitude}"
        words = clean(f'<a href="{escape(link)}">{latitude}, {longitude}</a>')
        return await self._tell(
            bot, method, Bubble(html=words, keyboard=_keyboard(method, method.reply_markup))
        )

    async def _send_photo(self, bot: Bot, method: SendPhoto) -> Message:
        return await self._send_file(bot, method, PHOTO, method.photo)

    async def _send_document(self, bot: Bot, method: SendDocument) -> Message:
        return await self._send_file(bot, method, DOCUMENT, method.document)

    async def _send_file(
        self, bot: Bot, method: SendPhoto | SendDocument, kind: str, file: InputFile | str
    ) -> Message:
        return await self._tell(
            bot,
            method,
            Bubble(
                html=_caption(bot, method, method),
                keyboard=_keyboard(method, method.reply_markup),
                file=await self._file(bot, method, kind, file),
                file_kind=kind,
            ),
        )

    async def _send_media_group(self, bot: Bot, method: SendMediaGroup) -> list[Message]:
        return [
            await self._tell(bot, method, await self._medium(bot, method, medium, None))
            for medium in method.media
        ]

    async def _send_chat_action(self, _bot: Bot, _method: SendChatAction) -> bool:
        # The page shows by itself that an answer is on its way.
        return True

    async def _answer_callback_query(self, bot: Bot, method: AnswerCallbackQuery) -> bool:
        if method.text:
            chat_id = method.callback_query_id.partition(":")[0]
            await self._tell_chat(
                bot, method, int(chat_id), Bubble(html=escape(method.text), notice=True)
            )
        return True

    async def _tell(self, bot: Bot, method: Any, bubble: Bubble) -> Message:  # noqa: ANN401 - any sending method
        return await self._tell_chat(bot, method, method.chat_id, bubble)

    async def _tell_chat(
        self, bot: Bot, method: Method, chat_id: int | str, bubble: Bubble
    ) -> Message:
        number = _number(method, chat_id)
        stored = await self._chats.tell(number, bubble, self._clock.now())
        if stored is None:
            _refuse(method, "chat not found")
        self._bell.ring(number)
        return to_message(stored, number, service(bot), bot)

    # Changing.

    async def _edit_message_text(self, bot: Bot, method: EditMessageText) -> Message:
        if method.text is None:
            _refuse(method, "message text is empty")
        words = _words(bot, method, method.text, method.parse_mode, method.entities)
        keyboard = _keyboard(method, method.reply_markup)

        def edit(old: Bubble) -> Bubble:
            if old.file is not None:
                _refuse(method, "there is no text in the message to edit")
            return replace(old, html=words, keyboard=keyboard)

        return await self._edit(bot, method, edit)

    async def _edit_message_caption(self, bot: Bot, method: EditMessageCaption) -> Message:
        words = _caption(bot, method, method)
        keyboard = _keyboard(method, method.reply_markup)

        def edit(old: Bubble) -> Bubble:
            if old.file is None:
                _refuse(method, "there is no caption in the message to edit")
            return replace(old, html=words, keyboard=keyboard)

        return await self._edit(bot, method, edit)

    async def _edit_message_media(self, bot: Bot, method: EditMessageMedia) -> Message:
        keyboard = _keyboard(method, method.reply_markup)
        bubble = await self._medium(bot, method, method.media, keyboard)
        return await self._edit(bot, method, lambda _: bubble)

    async def _edit_message_reply_markup(
        self, bot: Bot, method: EditMessageReplyMarkup
    ) -> Message:
        keyboard = _keyboard(method, method.reply_markup)
        return await self._edit(bot, method, lambda old: replace(old, keyboard=keyboard))

    async def _edit(self, bot: Bot, method: Any, edit: Callable[[Bubble], Bubble]) -> Message:  # noqa: ANN401 - any editing method
        number = _number(method, method.chat_id)

        def checked(old: StoredMessage | None) -> Bubble:
            if old is None:
                _refuse(method, "message to edit not found")
            if old.from_person or old.bubble.notice:
                _refuse(method, "message can't be edited")
            new = edit(old.bubble)
            if _looks(new) == _looks(old.bubble):
                _refuse(
                    method,
                    "message is not modified: specified new message content and reply markup are "
                    "exactly the same as a current content and reply markup of the message",
                )
            return new

        stored = await self._chats.edit(
            number,
            method.message_id or 0,
            checked,
            self._clock.now(),
            renewing=self._renewing,
        )
        if stored is None:
            _refuse(method, "chat not found")
        self._bell.ring(number)
        return to_message(stored, number, service(bot), bot)

    async def _delete_message(self, _bot: Bot, method: DeleteMessage) -> bool:
        number = _number(method, method.chat_id)
        if not await self._chats.delete(number, method.message_id):
            _refuse(method, "message to delete not found")
        self._bell.ring(number)
        return True

    # Files.

    async def _medium(
        self,
        bot: Bot,
        method: Method,
        medium: TelegramObject,
        keyboard: Keyboard | None,
    ) -> Bubble:
        if not isinstance(medium, InputMediaPhoto | InputMediaDocument):
            raise UnsupportedError(
                method=method, message=f"the web chat does not know {type(medium).__name__}"
            )
        kind = PHOTO if isinstance(medium, InputMediaPhoto) else DOCUMENT
        return Bubble(
            html=_caption(bot, method, medium),
            keyboard=keyboard,
            file=await self._file(bot, method, kind, medium.media),
            file_kind=kind,
        )

    async def _file(
        self, bot: Bot, method: Method, kind: str, file: InputFile | str
    ) -> NewFile | StoredFile:
        if isinstance(file, str):
            known = await self._chats.file(file)
            if known is None:
                _refuse(method, "wrong file identifier/HTTP URL specified")
            return known[0]
        content = await files.read(bot, file)
        if kind == DOCUMENT:
            return files.document(self._randomness, file.filename, content)
        picture = files.photo(self._randomness, file.filename, content)
        if picture is None:
            _refuse(method, "IMAGE_PROCESS_FAILED")
        return picture

    async def _get_file(self, bot: Bot, method: GetFile) -> File:
        found = await self._chats.file(method.file_id)
        if found is None:
            _refuse(method, "wrong file_id or the file is temporarily unavailable")
        file = found[0]
        return File(
            file_id=file.token,
            file_unique_id=file.token[:16],
            file_size=file.size,
            file_path=file.token,
        ).as_(bot)

    async def _get_me(self, bot: Bot, _method: GetMe) -> User:
        return service(bot)


def _refuse(method: Method, why: str) -> NoReturn:
    raise TelegramBadRequest(method=method, message=f"Bad Request: {why}")


def _number(method: Method, chat_id: int | str | None) -> int:
    if chat_id is None or not str(chat_id).isdecimal():
        _refuse(method, "chat not found")
    return int(chat_id)


def _looks(bubble: Bubble) -> tuple[object, ...]:
    """Return what tells two states of a message apart for the person."""
    token = None if bubble.file is None else bubble.file.token
    return bubble.html, bubble.keyboard or None, token, bubble.file_kind


def _keyboard(method: Method, markup: Any) -> Keyboard | None:  # noqa: ANN401 - any kind of markup
    try:
        return to_stored(markup)
    except UnsupportedButtonError as error:
        raise UnsupportedError(
            method=method, message=f"the web chat does not know {error}"
        ) from error


def _caption(bot: Bot, method: Method, captioned: Any) -> str:  # noqa: ANN401 - any method or media with a caption
    return _words(
        bot, method, captioned.caption or "", captioned.parse_mode, captioned.caption_entities
    )


def _words(
    bot: Bot,
    method: Method,
    text: str,
    parse_mode: str | Default | None,
    entities: list[MessageEntity] | None,
) -> str:
    if entities:
        return clean(html_decoration.unparse(text, entities))
    mode = bot.default["parse_mode"] if isinstance(parse_mode, Default) else parse_mode
    if mode is None:
        return escape(text)
    if mode.upper() != ParseMode.HTML.value:
        raise UnsupportedError(
            method=method, message=f"the web chat does not know the parse mode {mode}"
        )
    return clean(text)
