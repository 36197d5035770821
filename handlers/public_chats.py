"""Groups and channels: the service tells them news, and says where to talk. It never listens."""

import logging
from typing import Final

from aiogram import Bot
from aiogram.enums import ChatMemberStatus, ChatType, ParseMode
from aiogram.exceptions import TelegramAPIError
from aiogram.types import (
    Chat,
    ChatMemberAdministrator,
    ChatMemberRestricted,
    ChatMemberUpdated,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    Message,
    Update,
)
from aiogram.utils.deep_linking import create_start_link
from aiogram.utils.i18n import I18n

from civic.actions.destinations import Chat as Described
from civic.actions.destinations import (
    FindDestination,
    LoseDestination,
    MoveDestination,
    WelcomeDestination,
)
from civic.model.destination import DestinationKind
from dialogs.kit.text import _, fill

START: Final = "/start"
_TITLE: Final = 255
"""Characters of a title that are kept; messengers permit as many."""
_log = logging.getLogger(__name__)


class PublicChats:
    """Deals with what arrives from groups and channels."""

    def __init__(
        self,
        welcome: WelcomeDestination,
        lose: LoseDestination,
        move: MoveDestination,
        find: FindDestination,
        i18n: I18n,
    ) -> None:
        """Speak by `i18n`, whose default language is that of chats which are told nothing."""
        self._welcome = welcome
        self._lose = lose
        self._move = move
        self._find = find
        self._i18n = i18n

    async def take(self, channel: str, update: Update, bot: Bot) -> None:
        """Note what concerns the service; what people say to each other is none of it."""
        if update.my_chat_member is not None:
            await self._membership(channel, update.my_chat_member, bot)
        if update.message is not None:
            await self._message(channel, update.message, bot)

    async def _membership(self, channel: str, change: ChatMemberUpdated, bot: Bot) -> None:
        chat = change.chat
        if not _may_tell(change):
            await self._lose(channel, chat.id)
            return
        kind = _kind(chat)
        described = Described(channel, chat.id, kind, (chat.title or "")[:_TITLE])
        welcomed = await self._welcome(described, change.from_user.id)
        if welcomed is None:
            return
        destination, organiser = welcomed
        with self._i18n.context(), self._i18n.use_locale(organiser.language):
            text = fill(
                _(
                    "“{title}” can now be told news. Choose it under “For whom” when you "
                    "announce; its language and news of stages: Organiser's desk → Groups and "
                    "channels."
                ),
                {"title": destination.title},
            )
        await _say(bot, change.from_user.id, text)

    async def _message(self, channel: str, message: Message, bot: Bot) -> None:
        if message.migrate_to_chat_id is not None:
            await self._move(channel, message.chat.id, message.migrate_to_chat_id)
        elif message.text is not None and await _is_start(message.text, bot):
            found = await self._find(channel, message.chat.id)
            languages = (self._i18n.default_locale,) if found is None else found.languages
            await self._show_the_way(message.chat.id, languages, bot)

    async def _show_the_way(self, chat_id: int, languages: tuple[str, ...], bot: Bot) -> None:
        link = await create_start_link(bot, "")
        texts: list[str] = []
        buttons: list[InlineKeyboardButton] = []
        for language in languages:
            with self._i18n.context(), self._i18n.use_locale(language):
                texts.append(_("I talk with everyone in private. Open the bot and press Start."))
                buttons.append(InlineKeyboardButton(text=_("Open the bot"), url=link))
        await _say(
            bot, chat_id, "\n\n".join(texts), InlineKeyboardMarkup(inline_keyboard=[buttons])
        )


async def _say(
    bot: Bot, chat_id: int, text: str, keyboard: InlineKeyboardMarkup | None = None
) -> None:
    try:
        await bot.send_message(chat_id, text, parse_mode=ParseMode.HTML, reply_markup=keyboard)
    except TelegramAPIError as error:
        # It was only a courtesy; nothing depends on it.
        _log.warning("a group or channel could not be answered: %s", type(error).__name__)


async def _is_start(text: str, bot: Bot) -> bool:
    word, _at, name = text.split(maxsplit=1)[0].partition("@")
    if word != START:
        return False
    return not name or name.casefold() == ((await bot.me()).username or "").casefold()


def _kind(chat: Chat) -> DestinationKind:
    return DestinationKind.CHANNEL if chat.type == ChatType.CHANNEL else DestinationKind.GROUP


def _may_tell(change: ChatMemberUpdated) -> bool:
    """Tell whether the service may write there: in a channel that takes an administrator."""
    me = change.new_chat_member
    if isinstance(me, ChatMemberAdministrator):
        return change.chat.type != ChatType.CHANNEL or bool(me.can_post_messages)
    if isinstance(me, ChatMemberRestricted):
        return me.is_member and me.can_send_messages
    return me.status == ChatMemberStatus.MEMBER and change.chat.type != ChatType.CHANNEL
