"""Text widgets and functions that speak the person's language.

Message ids are the English texts. `Tr`, `TrPlural`, `Label` and the functions `_` and `ngettext`
are the keywords by which `pybabel extract` finds them; their first arguments must be literals.
"""

from collections.abc import Mapping
from typing import Any

from aiogram.utils.i18n import gettext, ngettext
from aiogram_dialog import DialogManager
from aiogram_dialog.widgets.common import WhenCondition
from aiogram_dialog.widgets.text import Text
from markupsafe import Markup
from typing_extensions import override

_ = gettext

__all__ = ["Filled", "Label", "Markup", "Tr", "TrPlural", "_", "fill", "ngettext"]


def fill(message: str, data: Mapping[str, Any]) -> Markup:
    """Put `data` into a translated message as HTML.

    Values are escaped unless they are `Markup`.
    """
    # The message is ours, from the catalogue; what is put into it is escaped by Markup.
    return Markup(message).format_map(data)  # noqa: S704


class Tr(Text):
    """Translated HTML with named places filled from the window's data."""

    def __init__(self, message: str, when: WhenCondition = None) -> None:
        """Show `message` (English, a literal) in the person's language."""
        super().__init__(when=when)
        self.message = message

    @override
    async def _render_text(self, data: dict[str, Any], manager: DialogManager) -> str:
        return str(fill(gettext(self.message), data))


class Filled(Text):
    """Words that the window's data hold already, such as `Filled("{lines}")`.

    aiogram_dialog's own `Format` would take any text for HTML; this escapes what is no `Markup`.
    """

    def __init__(self, places: str, when: WhenCondition = None) -> None:
        """Show what stands in `places`; there are no words between them."""
        super().__init__(when=when)
        self.places = places

    @override
    async def _render_text(self, data: dict[str, Any], manager: DialogManager) -> str:
        return str(fill(self.places, data))


class TrPlural(Text):
    """Translated HTML that depends on a number in the window's data."""

    def __init__(self, singular: str, plural: str, count: str, when: WhenCondition = None) -> None:
        """Choose by `data[count]`, an int."""
        super().__init__(when=when)
        self.singular = singular
        self.plural = plural
        self.count = count

    @override
    async def _render_text(self, data: dict[str, Any], manager: DialogManager) -> str:
        return str(fill(ngettext(self.singular, self.plural, data[self.count]), data))


class Label(Text):
    """Translated plain text of a button: at most 20 characters in every language, never HTML."""

    def __init__(self, message: str, when: WhenCondition = None) -> None:
        """Show `message` (English, a literal) in the person's language."""
        super().__init__(when=when)
        self.message = message

    @override
    async def _render_text(self, data: dict[str, Any], manager: DialogManager) -> str:
        return gettext(self.message).format_map(data)
