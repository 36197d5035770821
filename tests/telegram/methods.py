"""What each method of the Bot API does to the chats."""

import itertools
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any, Final

from bot.rehearsal import rules
from bot.rehearsal.html import Formatted
from bot.rehearsal.rules import DeniedError, broken
from tests.telegram.arrivals import MOST_AT_ONCE, Arrivals, Webhook
from tests.telegram.chats import CONTENT_WITH_CAPTION, Chat, Message, as_json
from tests.telegram.public import PublicChat

BOT_ID: Final = 4242
_NOT_MODIFIED: Final = (
    "Bad Request: message is not modified: specified new message content and reply markup are"
    " exactly the same as a current content and reply markup of the message"
)
_OLD_QUERY: Final = (
    "Bad Request: query is too old and response timeout expired or query ID is invalid"
)
_DEFAULT_CONNECTIONS: Final = 40
_MOST_CONNECTIONS: Final = 100
_HALF_TURN: Final = 180
_QUARTER_TURN: Final = 90


@dataclass(frozen=True, slots=True)
class Upload:
    """A file that came with a call."""

    name: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Call:
    """A call with its parameters checked against the published types."""

    values: Mapping[str, Any]
    uploads: Mapping[str, Upload]


@dataclass(frozen=True, slots=True)
class Alert:
    """What a person saw after a press."""

    text: str
    show_alert: bool


@dataclass(slots=True)
class Query:
    """A press that waits for its answer."""

    chat_id: int
    answer: Alert | None = None
    too_old: bool = False


@dataclass(slots=True)
class Profile:
    """How the bot presents itself; keys are languages, "" is everybody else."""

    names: dict[str, str] = field(default_factory=dict)
    descriptions: dict[str, str] = field(default_factory=dict)
    short_descriptions: dict[str, str] = field(default_factory=dict)
    commands: dict[tuple[str, str], list[dict[str, Any]]] = field(default_factory=dict)
    """By scope and language."""
    menu_button: dict[str, Any] = field(default_factory=lambda: {"type": "default"})


class Methods:
    """The state of the bot and its chats, and the methods that read and change it."""

    def __init__(self, now: Callable[[], int]) -> None:
        """Date messages by `now`, Unix time."""
        self.bot: dict[str, Any] = {
            "id": BOT_ID,
            "is_bot": True,
            "first_name": "Dauys",
            "username": "dauys_bot",
        }
        self.now = now
        self.arrivals = Arrivals()
        self.profile = Profile()
        self.chats: dict[int, Chat] = {}
        self.queries: dict[str, Query] = {}
        self.files: dict[str, bytes] = {}
        self._described_files: dict[str, dict[str, Any]] = {}
        self._message_ids = itertools.count(1)
        self._file_ids = itertools.count(1)
        self._album_ids = itertools.count(1)
        self._played: dict[str, Callable[[Call], object | Awaitable[object]]] = {
            "getme": self._get_me,
            "logout": _agree,
            "close": _agree,
            "getupdates": self._get_updates,
            "setwebhook": self._set_webhook,
            "deletewebhook": self._delete_webhook,
            "getwebhookinfo": self._get_webhook_info,
            "sendmessage": self._send_message,
            "sendphoto": self._send_photo,
            "senddocument": self._send_document,
            "sendmediagroup": self._send_media_group,
            "sendlocation": self._send_location,
            "sendchataction": self._send_chat_action,
            "editmessagetext": self._edit_text,
            "editmessagecaption": self._edit_caption,
            "editmessagemedia": self._edit_media,
            "editmessagereplymarkup": self._edit_reply_markup,
            "deletemessage": self._delete_message,
            "deletemessages": self._delete_messages,
            "answercallbackquery": self._answer_callback_query,
            "getfile": self._get_file,
            "setmycommands": self._set_my_commands,
            "getmycommands": self._get_my_commands,
            "deletemycommands": self._delete_my_commands,
            "setmyname": self._set_my_name,
            "getmyname": self._get_my_name,
            "setmydescription": self._set_my_description,
            "getmydescription": self._get_my_description,
            "setmyshortdescription": self._set_my_short_description,
            "getmyshortdescription": self._get_my_short_description,
            "setchatmenubutton": self._set_chat_menu_button,
            "getchatmenubutton": self._get_chat_menu_button,
        }

    def play(self, method: str, call: Call) -> object | Awaitable[object]:
        """Carry out the call and return its result as the Bot API gives it.

        Raises:
            DeniedError: Telegram would answer with an error.
        """
        played = self._played.get(method.lower())
        if played is None:
            message = f"the stand-in does not play {method}"
            raise broken(message)
        return played(call)

    # The bot itself.

    def _get_me(self, _call: Call) -> object:
        return {
            **self.bot,
            "can_join_groups": True,
            "can_read_all_group_messages": False,
            "supports_inline_queries": False,
        }

    async def _get_updates(self, call: Call) -> object:
        return await self.arrivals.poll(
            call.values.get("offset", 0),
            call.values.get("limit", MOST_AT_ONCE),
            call.values.get("timeout", 0),
            call.values.get("allowed_updates"),
        )

    async def _set_webhook(self, call: Call) -> object:
        url = call.values["url"]
        rules.webhook_address(url)
        secret = call.values.get("secret_token")
        if secret is not None:
            rules.webhook_secret(secret)
        connections = call.values.get("max_connections", _DEFAULT_CONNECTIONS)
        if not 1 <= connections <= _MOST_CONNECTIONS:
            message = "max_connections must be between 1 and 100"
            raise broken(message)
        if call.values.get("drop_pending_updates"):
            self.arrivals.drop()
        self.arrivals.allow(call.values.get("allowed_updates"))
        await self.arrivals.set_webhook(Webhook(url, secret, connections))
        return True

    async def _delete_webhook(self, call: Call) -> object:
        if call.values.get("drop_pending_updates"):
            self.arrivals.drop()
        await self.arrivals.set_webhook(None)
        return True

    def _get_webhook_info(self, _call: Call) -> object:
        webhook = self.arrivals.webhook
        info: dict[str, Any] = {
            "url": webhook.url if webhook else "",
            "has_custom_certificate": False,
            "pending_update_count": len(self.arrivals.waiting),
        }
        if webhook and webhook.last_error:
            info |= {"last_error_date": self.now(), "last_error_message": webhook.last_error}
        return info

    # Sending.

    def new_message(
        self,
        chat: Chat,
        content: dict[str, Any],
        *,
        from_bot: bool,
        html: str = "",
        markup: dict[str, Any] | None = None,
    ) -> Message:
        """Put a message into the chat."""
        number = next(self._message_ids)
        message = Message(number, from_bot, self.now(), content, html, markup)
        chat.messages[number] = message
        if from_bot:
            chat.shows += 1
        return message

    def new_file(self, content: bytes, prefix: str) -> dict[str, Any]:
        """Keep a file and return its ids and size as the Bot API gives them."""
        number = next(self._file_ids)
        described: dict[str, Any] = {
            "file_id": f"{prefix}-{number}",
            "file_unique_id": f"u{number}",
            "file_size": len(content),
        }
        self.files[described["file_id"]] = content
        self._described_files[described["file_id"]] = described
        return dict(described)

    def new_photo(self, content: bytes, size: tuple[int, int]) -> list[dict[str, Any]]:
        """Keep a picture and return it as the Bot API gives pictures, largest last."""
        width, height = size
        described = {**self.new_file(content, "photo"), "width": width, "height": height}
        self._described_files[described["file_id"]] = described
        return [described]

    def _chat(self, call: Call) -> Chat:
        chat = self.chats.get(call.values.get("chat_id", 0))
        if chat is None:
            message = "Bad Request: chat not found"
            raise DeniedError(message)
        if isinstance(chat, PublicChat):
            chat.admit()
            return chat
        if chat.deactivated:
            message = "Forbidden: user is deactivated"
            raise DeniedError(message, HTTPStatus.FORBIDDEN)
        if chat.blocked:
            message = "Forbidden: bot was blocked by the user"
            raise DeniedError(message, HTTPStatus.FORBIDDEN)
        if not chat.started:
            message = "Forbidden: bot can't initiate conversation with a user"
            raise DeniedError(message, HTTPStatus.FORBIDDEN)
        return chat

    def _send(self, call: Call, content: dict[str, Any], html: str = "") -> object:
        markup = call.values.get("reply_markup")
        rules.keyboard(markup)
        chat = self._chat(call)
        message = self.new_message(chat, content, from_bot=True, html=html, markup=markup)
        return as_json(message, chat, self.bot)

    def _send_message(self, call: Call) -> object:
        formatted = rules.text(call.values)
        content = {**_content("text", formatted), **_preview(call.values)}
        return self._send(call, content, call.values["text"])

    def _send_photo(self, call: Call) -> object:
        formatted = rules.caption(call.values)
        content = {"photo": self._photo(call, "photo"), **_content("caption", formatted)}
        return self._send(call, content, call.values.get("caption", ""))

    def _send_document(self, call: Call) -> object:
        formatted = rules.caption(call.values)
        content = {"document": self._document(call, "document"), **_content("caption", formatted)}
        return self._send(call, content, call.values.get("caption", ""))

    def _send_location(self, call: Call) -> object:
        latitude, longitude = call.values["latitude"], call.values["longitude"]
        if abs(latitude) > _QUARTER_TURN or abs(longitude) > _HALF_TURN:
            message = "invalid coordinates specified"
            raise broken(message)
        location = {"latitude": latitude, "longitude": longitude}
        return self._send(call, {"location": location})

    def _send_media_group(self, call: Call) -> object:
        media = call.values["media"]
        if len(media) not in rules.ALBUM:
            message = "wrong number of messages in an album, 2-10 are allowed"
            raise broken(message)
        contents = [self._media(call, one) for one in media]
        chat = self._chat(call)
        album = str(next(self._album_ids))
        return [
            as_json(
                self.new_message(
                    chat,
                    {**content, "media_group_id": album},
                    from_bot=True,
                    html=one.get("caption", ""),
                ),
                chat,
                self.bot,
            )
            for content, one in zip(contents, media, strict=True)
        ]

    def _send_chat_action(self, call: Call) -> object:
        action = call.values["action"]
        if action not in rules.CHAT_ACTIONS:
            message = "wrong parameter action in request"
            raise broken(message)
        self._chat(call).actions.append(action)
        return True

    # Files.

    def _upload(self, call: Call, name: str, value: str | None) -> Upload | None:
        """Return the file that came with the call; None when it is one Telegram has already."""
        if name in call.uploads:
            return call.uploads[name]
        if value is not None and value.startswith("attach://"):
            attached = call.uploads.get(value.removeprefix("attach://"))
            if attached is None:
                message = "wrong file: the attached part is missing"
                raise broken(message)
            return attached
        if value not in self._described_files:
            message = "Bad Request: wrong file identifier/HTTP URL specified"
            raise DeniedError(message)
        return None

    def _photo(self, call: Call, name: str, value: str | None = None) -> list[dict[str, Any]]:
        value = value or call.values.get(name)
        upload = self._upload(call, name, value)
        if upload is None:
            return [self._known(value, "width")]
        return self.new_photo(upload.content, rules.photo(upload.content))

    def _document(self, call: Call, name: str, value: str | None = None) -> dict[str, Any]:
        value = value or call.values.get(name)
        upload = self._upload(call, name, value)
        if upload is None:
            return self._known(value, "file_name")
        rules.document(upload.content)
        described = {**self.new_file(upload.content, "document"), "file_name": upload.name}
        self._described_files[described["file_id"]] = described
        return described

    def _known(self, file_id: str | None, mark: str) -> dict[str, Any]:
        described = self._described_files[file_id or ""]
        if mark not in described:
            message = "Bad Request: type of file mismatch"
            raise DeniedError(message)
        return described

    def _media(self, call: Call, media: Mapping[str, Any]) -> dict[str, Any]:
        """Return the content of a message that shows an `InputMedia`."""
        caption = _content("caption", rules.caption(media))
        if media["type"] == "photo":
            return {"photo": self._photo(call, "media", media["media"]), **caption}
        if media["type"] == "document":
            return {"document": self._document(call, "media", media["media"]), **caption}
        message = f"the stand-in does not play media of type {media['type']}"
        raise broken(message)

    def _get_file(self, call: Call) -> object:
        described = self._described_files.get(call.values["file_id"])
        if described is None:
            message = "Bad Request: invalid file_id"
            raise DeniedError(message)
        if described["file_size"] > rules.MOST_DOWNLOAD:
            message = "Bad Request: file is too big"
            raise DeniedError(message)
        return {
            "file_id": described["file_id"],
            "file_unique_id": described["file_unique_id"],
            "file_size": described["file_size"],
            "file_path": f"files/{described['file_id']}",
        }

    # Changing.

    def _editable(self, call: Call) -> tuple[Chat, Message]:
        if "message_id" not in call.values or "chat_id" not in call.values:
            description = "message identifier is not specified"
            raise broken(description)
        chat = self._chat(call)
        message = chat.messages.get(call.values["message_id"])
        if message is None or message.deleted:
            description = "Bad Request: message to edit not found"
            raise DeniedError(description)
        if not message.from_bot:
            description = "Bad Request: message can't be edited"
            raise DeniedError(description)
        return chat, message

    def _change(
        self,
        call: Call,
        chat: Chat,
        message: Message,
        content: dict[str, Any],
        html: str,
    ) -> object:
        markup = call.values.get("reply_markup")
        rules.keyboard(markup)
        if _same(content, message.content) and (markup or None) == (message.markup or None):
            raise DeniedError(_NOT_MODIFIED)
        message.content, message.html, message.markup = content, html, markup
        message.edits += 1
        chat.shows += 1
        return as_json(message, chat, self.bot)

    def _edit_text(self, call: Call) -> object:
        formatted = rules.text(call.values)
        chat, message = self._editable(call)
        if "text" not in message.content:
            description = "Bad Request: there is no text in the message to edit"
            raise DeniedError(description)
        content = {**_content("text", formatted), **_preview(call.values)}
        return self._change(call, chat, message, content, call.values["text"])

    def _edit_caption(self, call: Call) -> object:
        formatted = rules.caption(call.values)
        chat, message = self._editable(call)
        if not message.has_media:
            description = "Bad Request: there is no caption in the message to edit"
            raise DeniedError(description)
        media = {k: v for k, v in message.content.items() if k in CONTENT_WITH_CAPTION}
        content = {**media, **_content("caption", formatted)}
        return self._change(call, chat, message, content, call.values.get("caption", ""))

    def _edit_media(self, call: Call) -> object:
        media = call.values["media"]
        content = self._media(call, media)
        chat, message = self._editable(call)
        return self._change(call, chat, message, content, media.get("caption", ""))

    def _edit_reply_markup(self, call: Call) -> object:
        chat, message = self._editable(call)
        return self._change(call, chat, message, message.content, message.html)

    def _delete_message(self, call: Call) -> object:
        chat = self._chat(call)
        message = chat.messages.get(call.values["message_id"])
        if message is None or message.deleted:
            description = "Bad Request: message to delete not found"
            raise DeniedError(description)
        if message.too_old:
            description = "Bad Request: message can't be deleted for everyone"
            raise DeniedError(description)
        message.deleted = True
        return True

    def _delete_messages(self, call: Call) -> object:
        numbers = call.values["message_ids"]
        if not 1 <= len(numbers) <= rules.MOST_DELETED:
            message = "from 1 to 100 messages can be deleted at once"
            raise broken(message)
        chat = self._chat(call)
        for number in numbers:
            if (found := chat.messages.get(number)) is not None and not found.too_old:
                found.deleted = True
        return True

    def _answer_callback_query(self, call: Call) -> object:
        text = call.values.get("text", "")
        rules.callback_answer(text)
        query = self.queries.get(call.values["callback_query_id"])
        if query is None or query.too_old:
            raise DeniedError(_OLD_QUERY)
        query.answer = Alert(text, show_alert=call.values.get("show_alert", False))
        return True

    # How the bot presents itself.

    def _set_my_commands(self, call: Call) -> object:
        rules.commands(call.values["commands"])
        self.profile.commands[_scope(call)] = call.values["commands"]
        return True

    def _get_my_commands(self, call: Call) -> object:
        return self.profile.commands.get(_scope(call), [])

    def _delete_my_commands(self, call: Call) -> object:
        self.profile.commands.pop(_scope(call), None)
        return True

    def _set_my_name(self, call: Call) -> object:
        return _set(call, "name", self.profile.names, rules.MOST_NAME)

    def _get_my_name(self, call: Call) -> object:
        return {"name": _get(call, self.profile.names) or self.bot["first_name"]}

    def _set_my_description(self, call: Call) -> object:
        return _set(call, "description", self.profile.descriptions, rules.MOST_DESCRIPTION)

    def _get_my_description(self, call: Call) -> object:
        return {"description": _get(call, self.profile.descriptions)}

    def _set_my_short_description(self, call: Call) -> object:
        kept = self.profile.short_descriptions
        return _set(call, "short_description", kept, rules.MOST_SHORT_DESCRIPTION)

    def _get_my_short_description(self, call: Call) -> object:
        return {"short_description": _get(call, self.profile.short_descriptions)}

    def _set_chat_menu_button(self, call: Call) -> object:
        if "chat_id" in call.values:
            self._chat(call)
        self.profile.menu_button = call.values.get("menu_button", {"type": "default"})
        return True

    def _get_chat_menu_button(self, _call: Call) -> object:
        return self.profile.menu_button


def _agree(_call: Call) -> object:
    return True


def _content(name: str, formatted: Formatted) -> dict[str, Any]:
    if not formatted.plain:
        return {}
    content: dict[str, Any] = {name: formatted.plain}
    if formatted.entities:
        key = "entities" if name == "text" else "caption_entities"
        content[key] = list(formatted.entities)
    return content


def _preview(values: Mapping[str, Any]) -> dict[str, Any]:
    options = values.get("link_preview_options")
    return {"link_preview_options": options} if options else {}


def _same(one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    ignored = {"link_preview_options", "media_group_id"}
    return {k: v for k, v in one.items() if k not in ignored} == {
        k: v for k, v in other.items() if k not in ignored
    }


def _scope(call: Call) -> tuple[str, str]:
    scope = call.values.get("scope", {"type": "default"})
    return str(scope["type"]), rules.language(call.values.get("language_code", ""))


def _set(call: Call, name: str, kept: dict[str, str], most: int) -> object:
    language = rules.language(call.values.get("language_code", ""))
    kept[language] = rules.within(call.values.get(name, ""), most, name)
    return True


def _get(call: Call, kept: Mapping[str, str]) -> str:
    language = rules.language(call.values.get("language_code", ""))
    return kept.get(language) or kept.get("", "")
