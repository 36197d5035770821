"""Speaks the language of the person who acts."""

from typing import Any

from aiogram.types import TelegramObject
from aiogram.utils.i18n import I18nMiddleware
from typing_extensions import override

from dialogs.kit.acting import ACTING_KEY, Acting


class LanguageMiddleware(I18nMiddleware):
    """Takes the language from the resident, never from the messenger."""

    @override
    async def get_locale(self, event: TelegramObject, data: dict[str, Any]) -> str:
        acting: Acting | None = data.get(ACTING_KEY)
        return self.i18n.default_locale if acting is None else acting.language
