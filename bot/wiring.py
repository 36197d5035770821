"""Puts the parts together: who gets what from where."""

from dataclasses import dataclass
from typing import Final

from aiogram import Dispatcher
from aiogram.fsm.storage.memory import DisabledEventIsolation
from aiogram.utils.i18n import I18n
from aiogram_dialog import setup_dialogs
from aiogram_dialog.api.entities import DIALOG_EVENT_NAME
from dishka import AsyncContainer, Provider, Scope, make_async_container, provide
from dishka.integrations.aiogram import (
    AiogramMiddlewareData,
    AiogramProvider,
    ContainerMiddleware,
)

from bot.alarm import AlarmBell
from bot.channels.budgets import Budgets
from bot.channels.webchat import CHANNEL as WEBCHAT
from bot.charts import ThreadChartPainter
from bot.conversations import Conversations
from bot.inbox import Inbox
from bot.intents import name_by
from bot.links import ChannelLinks
from bot.message_manager import PictureMessageManager
from bot.metrics import Metrics
from bot.middlewares.acting import ActingMiddleware
from bot.middlewares.asking_again import AskingAgainMiddleware
from bot.middlewares.language import LanguageMiddleware
from bot.middlewares.stale_buttons import StaleButtonMiddleware
from bot.photos import PillowPhotoReader
from civic.actions.destinations import (
    FindDestination,
    LoseDestination,
    MoveDestination,
    WelcomeDestination,
)
from civic.actions.introduce_oneself import NoteAsked
from civic.actions.meet_resident import LoseContact, MeetResident, Recognise
from civic.actions.registry import ACTIONS
from civic.ports import Alarm, ChartPainter, Clock, PhotoReader, Randomness, Throughput, Work
from dialogs.kit.acting import ACTING_KEY, Acting
from dialogs.kit.links import Links
from dialogs.kit.pictures import PaintedCharts
from dialogs.kit.window import PROCESS
from dialogs.registry import DIALOGS
from handlers import MAKE_AFTER_DIALOGS, MAKE_BEFORE_DIALOGS
from handlers.public_chats import PublicChats
from locales import DOMAIN, FOLDER
from storage.database import Database
from storage.fsm import SqlStorage
from storage.inbox import SqlInbox
from storage.unit_of_work import SqlWork

_NAME_BYTES: Final = 6
"""Of the name by which one of several processes knows what it showed itself."""


class PersonProvider(Provider):
    """What belongs to one update."""

    scope = Scope.REQUEST

    @provide
    def acting(self, data: AiogramMiddlewareData) -> Acting:
        """Return who is talking, found by `ActingMiddleware`."""
        acting: Acting = data[ACTING_KEY]
        return acting


@dataclass(frozen=True, slots=True)
class Service:
    """The parts of a running program that its channels and its clock need."""

    database: Database
    work: Work
    clock: Clock
    randomness: Randomness
    i18n: I18n
    container: AsyncContainer
    dispatcher: Dispatcher
    inbox: Inbox
    conversations: SqlStorage
    messages: PictureMessageManager
    bell: AlarmBell
    budgets: Budgets
    metrics: Metrics
    links: ChannelLinks

    async def close(self) -> None:
        """Let go of everything; nothing may be in flight any more."""
        await self.container.close()
        await self.database.close()


def catalogues() -> I18n:
    """Return the compiled catalogues; Kazakh is spoken to whoever is not known yet."""
    return I18n(path=FOLDER, default_locale="kk", domain=DOMAIN)


def build(
    database: Database,
    clock: Clock,
    randomness: Randomness,
    address: str = "http://127.0.0.1:8080",
    budgets: Budgets | None = None,
) -> Service:
    """Return a service on `database`; links to share lead to the web chat at `address`.

    News is sent within `budgets`, by default those that the messengers publish.

    The conversations are module-level routers and belong to one dispatcher at a time: a service
    built later in the same process takes them over from the one before.
    """
    work, i18n, painter, charts = (
        SqlWork(database),
        catalogues(),
        ThreadChartPainter(),
        PaintedCharts(),
    )
    bell = AlarmBell()
    world = Provider(scope=Scope.APP)
    world.provide(lambda: work, provides=Work)
    world.provide(lambda: clock, provides=Clock)
    world.provide(lambda: randomness, provides=Randomness)
    world.provide(lambda: bell, provides=Alarm)
    budgets = budgets or Budgets()
    world.provide(lambda: budgets, provides=Throughput)
    world.provide(lambda: painter, provides=ChartPainter)
    world.provide(lambda: charts, provides=PaintedCharts)
    world.provide(PillowPhotoReader, provides=PhotoReader)
    links = ChannelLinks(address)
    world.provide(lambda: links, provides=Links)
    for action in ACTIONS:
        world.provide(action)
    container = make_async_container(world, PersonProvider(), AiogramProvider())

    conversations = SqlStorage(database)
    public_chats = PublicChats(
        WelcomeDestination(work, clock),
        LoseDestination(work),
        MoveDestination(work),
        FindDestination(work),
        i18n,
    )
    # The inbox keeps each person's updates in order: no lock is needed further in.
    unlocked = DisabledEventIsolation()
    dispatcher = Dispatcher(storage=conversations, events_isolation=unlocked)
    dispatcher[PROCESS] = randomness.token(_NAME_BYTES)
    dispatcher.update.outer_middleware(
        ActingMiddleware(
            Recognise(work, clock, budgets),
            MeetResident(work, clock),
            LoseContact(work),
            public_chats,
            conversations,
            met_before={WEBCHAT},
        )
    )
    for make in MAKE_BEFORE_DIALOGS:
        dispatcher.include_router(make())
    dispatcher.include_router(Conversations(DIALOGS))
    for make in MAKE_AFTER_DIALOGS:
        dispatcher.include_router(make())
    name_by(randomness)
    messages = PictureMessageManager(work, charts)
    setup_dialogs(dispatcher, message_manager=messages, events_isolation=unlocked)
    dispatcher.callback_query.middleware(StaleButtonMiddleware(messages))
    asking_again = AskingAgainMiddleware(NoteAsked(work))
    dispatcher.message.middleware(asking_again)
    dispatcher.callback_query.middleware(asking_again)
    # Once for an update, not once more for the event in it, as `setup_dishka` would.
    entrances = (dispatcher.update, dispatcher.errors, dispatcher.observers[DIALOG_EVENT_NAME])
    for entrance in entrances:
        entrance.outer_middleware(ContainerMiddleware(container))
    LanguageMiddleware(i18n).setup(dispatcher)
    metrics = Metrics()
    inbox = Inbox(SqlInbox(database), conversations, dispatcher, clock, metrics)
    return Service(
        database=database,
        work=work,
        clock=clock,
        randomness=randomness,
        i18n=i18n,
        container=container,
        dispatcher=dispatcher,
        inbox=inbox,
        conversations=conversations,
        messages=messages,
        bell=bell,
        budgets=budgets,
        metrics=metrics,
        links=links,
    )
