"""Every conversation. Where each kind of link opens is in `dialogs.places.OPENS`."""

from typing import Final

from aiogram_dialog import Dialog

from dialogs.announcements.windows import dialog as announcements
from dialogs.approval.windows import dialog as approval
from dialogs.broadcast.windows import watching as watching_broadcasts
from dialogs.broadcast.windows import writing as writing_broadcasts
from dialogs.budget.windows import dialog as budget
from dialogs.chats.windows import dialog as chats
from dialogs.comments.windows import reading as reading_comments
from dialogs.comments.windows import writing as writing_comments
from dialogs.cycle.windows import dialog as cycle
from dialogs.desk.windows import dialog as desk
from dialogs.destinations.windows import dialog as destinations
from dialogs.hello.windows import dialog as hello
from dialogs.ideas.windows import dialogs as ideas
from dialogs.invitation.windows import dialog as invitation
from dialogs.menu.windows import dialog as menu
from dialogs.mine.windows import dialog as mine
from dialogs.moderation.windows import dialog as moderation
from dialogs.results.windows import dialog as results
from dialogs.settings.windows import dialog as settings
from dialogs.voting.windows import dialog as voting

DIALOGS: Final[tuple[Dialog, ...]] = (
    announcements,
    approval,
    budget,
    chats,
    cycle,
    desk,
    destinations,
    hello,
    *ideas,
    invitation,
    menu,
    mine,
    moderation,
    reading_comments,
    results,
    settings,
    voting,
    watching_broadcasts,
    writing_broadcasts,
    writing_comments,
)
