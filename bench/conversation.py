"""A press on a button, through the whole path, beside bare aiogram and bare aiogram_dialog.

The whole path: stored on arrival, the person found, their language spoken, the state of their
conversation read, an action that decides and commits, the window shown from the database, the
state and the note «done» written. The bare peers answer a press by editing the same message, with
their state in memory: one in a window with a number and a single button, one in a window with the
words and buttons of the card that Dauys shows. All of them talk to the same light messenger, in
the same process and run.
"""

import asyncio
import gc
import os
import tempfile
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from dataclasses import replace
from pathlib import Path

import sqlalchemy as sa
from aiogram import Bot, Dispatcher, F
from aiogram.fsm.context import FSMContext
from aiogram.fsm.state import State, StatesGroup
from aiogram.fsm.storage.memory import MemoryStorage, SimpleEventIsolation
from aiogram.types import CallbackQuery, InlineKeyboardButton, InlineKeyboardMarkup, Message
from aiogram_dialog import Dialog, DialogManager, StartMode, Window, setup_dialogs
from aiogram_dialog.widgets.kbd import Button, Row, Select
from aiogram_dialog.widgets.text import Const, Format, Multi
from sqlalchemy.ext.asyncio import create_async_engine

from bench.measure import Measured, Round, Step, play, table
from bench.messenger import LightSession, Person
from bot.collector import settle
from bot.photos import PillowPhotoReader
from bot.sample import load
from bot.wiring import build
from civic.actions.declare_residence import DeclareResidence
from civic.model.cycle import StageKind
from dialogs.places import Place, PlaceKind
from storage.database import Database
from storage.migrate import upgrade
from tests.fakes import CountingRandomness, FrozenClock

PEOPLE = int(os.environ.get("BENCH_PEOPLE", "32"))
PRESSES = int(os.environ.get("BENCH_PRESSES", "30"))
ROUNDS = int(os.environ.get("BENCH_ROUNDS", "3"))
POSTGRES = os.environ.get(
    "DAUYS_TEST_POSTGRES", "postgresql+asyncpg://postgres@127.0.0.1:5432/postgres"
)
PEER = "bare aiogram_dialog, state in memory"
CARD_PEER = "bare aiogram_dialog, the same card"

People = Sequence[Step]


@asynccontextmanager
async def bare_aiogram() -> AsyncIterator[People]:
    """Give people who press a button that a plain handler answers."""
    dispatcher = Dispatcher(storage=MemoryStorage(), events_isolation=SimpleEventIsolation())
    keyboard = InlineKeyboardMarkup(
        inline_keyboard=[[InlineKeyboardButton(text="on", callback_data="on")]]
    )

    async def start(message: Message) -> None:
        await message.answer("0", reply_markup=keyboard)

    async def press(callback: CallbackQuery, state: FSMContext) -> None:
        count = (await state.get_data()).get("count", 0) + 1
        await state.set_data({"count": count})
        if isinstance(callback.message, Message):
            await callback.message.edit_text(str(count), reply_markup=keyboard)
        await callback.answer()

    dispatcher.message.register(start)
    dispatcher.callback_query.register(press, F.data == "on")
    yield await _bare_people(dispatcher, "on")


class CounterState(StatesGroup):
    """The only window of the bare conversation."""

    main = State()


@asynccontextmanager
async def bare_aiogram_dialog() -> AsyncIterator[People]:
    """Give people who press a button of a conversation with one window."""

    async def count(callback: CallbackQuery, button: Button, manager: DialogManager) -> None:
        del callback, button
        manager.dialog_data["count"] = manager.dialog_data.get("count", 0) + 1

    async def start(message: Message, dialog_manager: DialogManager) -> None:
        del message
        await dialog_manager.start(CounterState.main, mode=StartMode.RESET_STACK)

    dispatcher = Dispatcher(storage=MemoryStorage(), events_isolation=SimpleEventIsolation())
    dispatcher.message.register(start)
    window = Window(
        Format("{dialog_data}"),
        Button(Const("on"), id="on", on_click=count),
        state=CounterState.main,
    )
    dispatcher.include_router(Dialog(window))
    setup_dialogs(dispatcher)
    yield await _bare_people(dispatcher, "on")


class CardState(StatesGroup):
    """The only window of the bare card."""

    main = State()


@asynccontextmanager
async def bare_card() -> AsyncIterator[People]:
    """Give people who press a button of a card as wide as the one that Dauys shows."""

    async def vote(
        callback: CallbackQuery, select: Select[int], manager: DialogManager, project: int
    ) -> None:
        del callback, select
        chosen = set(manager.dialog_data.get("chosen", []))
        manager.dialog_data["chosen"] = sorted(chosen ^ {project})

    async def start(message: Message, dialog_manager: DialogManager) -> None:
        del message
        await dialog_manager.start(CardState.main, mode=StartMode.RESET_STACK)

    async def card(dialog_manager: DialogManager, **_kwargs: object) -> Mapping[str, object]:
        chosen = dialog_manager.dialog_data.get("chosen", [])
        is_in = 14 in chosen
        return {
            "title": "Беговая дорожка на школьном стадионе",
            "number": 14,
            "position": 10,
            "count": 12,
            "cost": "9,8 млн ₸ (условная сумма)",
            "place": "Школьный стадион, Центр города",
            "about": "На стадионе зальют бетонное основание под беговую дорожку и площадку для "
            "занятий. Днём — для школьников, вечером открыто для всех.",
            "mark": "☑ Этот проект есть в вашем бюллетене."
            if is_in
            else "☐ Этого проекта нет в вашем бюллетене.",
            "chosen": len(chosen),
            "tick": [] if is_in else [14],
            "untick": [14] if is_in else [],
            "previous": [13],
            "following": [15],
        }

    def choice(label: str, key: str, items: str) -> Select[int]:
        return Select(
            Const(label),
            id=key,
            item_id_getter=int,
            items=items,
            type_factory=int,
            on_click=vote,
        )

    dispatcher = Dispatcher(storage=MemoryStorage(), events_isolation=SimpleEventIsolation())
    dispatcher.message.register(start)
    window = Window(
        Multi(
            Format("<b>{title}</b>\nПроект № {number} · {position} из {count} в вашем списке"),
            Format("Стоимость: {cost}"),
            Format("Где: {place}", when="place"),
            Format("{about}", when="about"),
            Format("{mark}", when="mark"),
            Format("<b>Выбрано: {chosen} из 5.</b>"),
            sep="\n",
        ),
        Row(choice("Отдать голос", "on", "tick"), choice("Снять голос", "off", "untick")),
        Row(
            choice("Предыдущий проект", "prev", "previous"),
            choice("Следующий проект", "next", "following"),
        ),
        Button(Const("Фото"), id="photo"),
        Button(Const("Все проекты"), id="list"),
        Row(Button(Const("Назад"), id="back"), Button(Const("Меню"), id="menu")),
        state=CardState.main,
        getter=card,
    )
    dispatcher.include_router(Dialog(window))
    setup_dialogs(dispatcher)
    yield await _bare_people(dispatcher, "Отдать голос", "Снять голос")


async def _bare_people(dispatcher: Dispatcher, *labels: str) -> People:
    session = LightSession()
    bot = Bot("42:bench", session=session)
    people = [Person(session, number) for number in range(1, PEOPLE + 1)]
    for person in people:
        await dispatcher.feed_update(bot, person.says("/start"))

    def step(person: Person) -> Step:
        async def press() -> None:
            await dispatcher.feed_update(bot, person.presses(*labels))

        return press

    return [step(person) for person in people]


@asynccontextmanager
async def dauys(url: str) -> AsyncIterator[People]:
    """Give people who vote for a project and take it back, again and again."""
    async with AsyncExitStack() as parts:
        database = Database(url)
        parts.push_async_callback(database.close)
        await upgrade(database)
        clock, randomness = FrozenClock(), CountingRandomness()
        service = build(database, clock, randomness)
        await load(service.work, clock, PillowPhotoReader())
        parts.push_async_callback(service.container.close)
        async with service.work.read() as work:
            community = await work.communities.first()
            assert community is not None
            cycles = await work.cycles.all(community.id)
            voting = next(
                cycle
                for cycle in cycles
                if (stage := cycle.current(clock.now())) and stage.kind is StageKind.VOTING
            )
            project = (await work.projects.in_cycle(voting.id))[0]
        declare = await service.container.get(DeclareResidence)
        session = LightSession()
        bot = Bot("42:bench", session=session)
        people = [Person(session, number) for number in range(1, PEOPLE + 1)]
        await parts.enter_async_context(service.inbox.running())
        for number, person in enumerate(people, start=1):
            async with service.work.write() as work:
                resident, _contact = await work.residents.add(
                    community.id, "ru", "bench", str(number), number, clock.now()
                )
                resident = replace(resident, greeted=True)
                await work.residents.save(resident)
                await work.commit()
            await declare(resident, voting.id)
            link = Place(PlaceKind.PROJECT, project.id).link()
            await service.inbox.receive_and_wait("bench", person.says(f"/start {link}"), bot)

        def step(person: Person) -> Step:
            async def press() -> None:
                update = person.presses("Отдать голос", "Снять голос")
                await service.inbox.receive_and_wait("bench", update, bot)

            return press

        yield [step(person) for person in people]


@asynccontextmanager
async def on_sqlite() -> AsyncIterator[People]:
    """Give people on a fresh SQLite file, fully synchronised."""
    with tempfile.TemporaryDirectory(dir=Path.cwd()) as folder:
        async with dauys(f"sqlite+aiosqlite:///{folder}/dauys.db") as people:
            yield people


@asynccontextmanager
async def on_postgresql() -> AsyncIterator[People]:
    """Give people on a PostgreSQL database of this run's own."""
    name = f"dauys_bench_{os.getpid()}"
    engine = create_async_engine(POSTGRES, isolation_level="AUTOCOMMIT")
    async with engine.connect() as connection:
        await connection.execute(sa.text(f'CREATE DATABASE "{name}"'))
    url = sa.engine.make_url(POSTGRES).set(database=name).render_as_string(hide_password=False)
    try:
        async with dauys(url) as people:
            yield people
    finally:
        async with engine.connect() as connection:
            await connection.execute(sa.text(f'DROP DATABASE "{name}" WITH (FORCE)'))
        await engine.dispose()


@asynccontextmanager
async def bare_commits() -> AsyncIterator[People]:
    """Give people who each write one row and commit, fully synchronised: the floor of the disk."""
    with tempfile.TemporaryDirectory(dir=Path.cwd()) as folder:
        database = Database(f"sqlite+aiosqlite:///{folder}/floor.db")
        async with database.write() as connection:
            await connection.exec_driver_sql("CREATE TABLE floor (number INTEGER)")
            await connection.commit()

        async def write() -> None:
            async with database.write() as connection:
                await connection.exec_driver_sql("INSERT INTO floor VALUES (1)")
                await connection.commit()

        yield [write] * PEOPLE
        await database.close()


CONTESTANTS: Mapping[str, Callable[[], AbstractAsyncContextManager[People]]] = {
    "bare aiogram handler, state in memory": bare_aiogram,
    PEER: bare_aiogram_dialog,
    CARD_PEER: bare_card,
    "one INSERT and COMMIT on SQLite, no bot": bare_commits,
    "Dauys, whole path, SQLite": on_sqlite,
    "Dauys, whole path, PostgreSQL": on_postgresql,
}


async def main() -> None:
    """Measure every contestant in turn, several rounds, and print the table."""
    rounds: dict[str, list[Round]] = {name: [] for name in CONTESTANTS}
    for _ in range(ROUNDS):
        for name, contestant in CONTESTANTS.items():
            async with contestant() as people:
                await play(people, 2)
                settle()
                rounds[name].append(await play(people, PRESSES))
            gc.unfreeze()
    print(f"{PEOPLE} people at once, {PRESSES} presses each, middle of {ROUNDS} rounds")
    table([Measured(name, rounds[name]) for name in CONTESTANTS], [CARD_PEER, PEER])


if __name__ == "__main__":
    asyncio.run(main())
