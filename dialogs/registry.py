"""Every conversation. Where each kind of link opens is in `dialogs.places.OPENS`."""

from typing import Final

from aiogram_dialog import Dialog

from dialogs.hello.windows import dialog as hello
from dialogs.menu.windows import dialog as menu
from dialogs.mine.windows import dialog as mine
from dialogs.settings.windows import dialog as settings

DIALOGS: Final[tuple[Dialog, ...]] = (hello, menu, mine, settings)
