"""Writing an idea in the chat, from the first word to its number."""

from dataclasses import dataclass, replace
from io import BytesIO

import pytest
from aiogram.types import Document, PhotoSize
from PIL import Image

from bot.wiring import Service, build
from civic.model.cycle import Cycle
from civic.model.idea import Idea, IdeaStatus
from civic.rules.ideas import Field
from tests.conftest import Talk
from tests.conversation import Conversation
from tests.fakes import CountingRandomness, FrozenClock
from tests.idea_cycles import DAY

pytestmark = pytest.mark.usefixtures("cycle")


@dataclass(frozen=True)
class Script:
    """What a person writes and presses in one language."""

    language: str
    ideas: str
    put_forward: str
    title: str
    problem: str
    proposal: str
    topic: str
    place: str
    cost: str
    done: str
    send: str
    number: str
    next_stage: str
    steps: tuple[str, ...]


KAZAKH = Script(
    language="kk",
    ideas="Идеялар",
    put_forward="Идея ұсыну",
    title="Емхана жанына орындық",
    problem="Қарт адамдар аялдамада отыратын жер таба алмайды",
    proposal="Жол бойына бес орындық қою керек",
    topic="2. Саябақтар",
    place="Абай көшесі, 5",
    cost="1,5 млн",
    done="Дайын",
    send="Идеяны жіберу",
    number="Идеяңыздың нөмірі: 1.",
    next_stage="Дауыс беру: 31 наурыз – 20 сәуір",
    steps=tuple(f"8 қадамның {step}-қадамы" for step in range(1, 9)),
)
RUSSIAN = Script(
    language="ru",
    ideas="Идеи",
    put_forward="Предложить идею",
    title="Скамейки у поликлиники",
    problem="Пожилым людям негде присесть на остановке",
    proposal="Поставить пять скамеек вдоль дороги",
    topic="2. Парки",
    place="улица Абая, 5",
    cost="1,5 млн",
    done="Готово",
    send="Отправить идею",
    number="Номер вашей идеи: 1.",
    next_stage="Голосование: с 31 марта по 20 апреля",
    steps=tuple(f"шаг {step} из 8" for step in range(1, 9)),
)


async def _begin(person: Conversation, script: Script = RUSSIAN) -> None:
    await person.say("/menu")
    await person.press(script.ideas)
    await person.press(script.put_forward)


async def _write_words(person: Conversation, script: Script = RUSSIAN) -> None:
    await person.say(script.title)
    await person.say(script.problem)
    await person.say(script.proposal)
    await person.press(script.topic)
    await person.say(script.place)


async def _write_all(person: Conversation, script: Script = RUSSIAN) -> None:
    await _begin(person, script)
    await _write_words(person, script)
    await person.say(script.cost)
    await person.press({"kk": "Фотосыз", "ru": "Без фото"}[script.language])


async def _ideas(service: Service, cycle: Cycle) -> list[Idea]:
    async with service.work.read() as work:
        return list(await work.ideas.in_cycle(cycle.id))


@pytest.mark.parametrize("script", [KAZAKH, RUSSIAN], ids=["kk", "ru"])
async def test_an_idea_is_written_step_by_step_and_gets_a_number(
    talk: Talk, service: Service, cycle: Cycle, jpeg: bytes, script: Script
) -> None:
    person = await talk(script.language)
    await _begin(person, script)
    seen = [person.screen.text]
    for words in (script.title, script.problem, script.proposal):
        await person.say(words)
        seen.append(person.screen.text)
    await person.press(script.topic)
    seen.append(person.screen.text)
    await person.say(script.place)
    seen.append(person.screen.text)
    await person.say(script.cost)
    seen.append(person.screen.text)
    await person.send_photo(jpeg)
    await person.press(script.done)
    seen.append(person.screen.text)
    assert [step in text for step, text in zip(script.steps, seen, strict=True)] == [True] * 8
    for words in (script.title, script.problem, script.proposal, script.place, "1,5"):
        assert words in person.screen.text
    await person.press(script.send)
    assert script.number in person.screen.text
    assert script.next_stage in person.screen.text
    assert "start=i_1" in person.screen.text
    (idea,) = await _ideas(service, cycle)
    assert idea.content.title == script.title
    assert idea.content.topic == "parks"
    assert idea.content.place == script.place
    assert idea.content.cost == 1_500_000
    assert len(idea.content.photos) == 1


async def test_every_step_leads_back_to_the_one_before_with_what_was_written(talk: Talk) -> None:
    person = await talk("ru")
    await _write_all(person)
    await person.press("Назад")
    for step, written in (
        (7, ""),
        (6, "1,5 млн ₸"),
        (5, RUSSIAN.place),
        (4, "Парки"),
        (3, RUSSIAN.proposal),
        (2, RUSSIAN.problem),
        (1, RUSSIAN.title),
    ):
        assert f"шаг {step} из 8" in person.screen.text
        assert not written or f"Сейчас записано: {written}" in person.screen.text
        await person.press("Назад")
    assert "Идеи: Бюджет 2026" in person.screen.text


async def test_what_is_written_can_be_kept_going_forward_again(talk: Talk) -> None:
    person = await talk("ru")
    await _begin(person)
    await _write_words(person)
    for _ in range(4):
        await person.press("Назад")
    for step in (2, 3, 4, 5):
        assert f"шаг {step} из 8" in person.screen.text
        await person.press("Дальше")
    assert "шаг 6 из 8" in person.screen.text


async def test_a_restart_in_the_middle_changes_nothing(
    talk: Talk,
    service: Service,
    cycle: Cycle,
    clock: FrozenClock,
    randomness: CountingRandomness,
) -> None:
    person = await talk("ru")
    await _begin(person)
    await person.say(RUSSIAN.title)
    await person.say(RUSSIAN.problem)
    restarted = build(service.database, clock, randomness)
    try:
        person.service = restarted
        await person.say(RUSSIAN.proposal)
        assert "шаг 4 из 8" in person.screen.text
        await person.press(RUSSIAN.topic)
        await person.say(RUSSIAN.place)
        await person.press("Не знаю")
        await person.press("Без фото")
        await person.press("Отправить идею")
    finally:
        await restarted.container.close()
    (idea,) = await _ideas(service, cycle)
    assert idea.content.problem == RUSSIAN.problem
    assert idea.content.cost is None


async def test_coming_back_to_a_draft_offers_to_go_on_where_it_was_left(talk: Talk) -> None:
    person = await talk("ru")
    await _begin(person)
    await person.say(RUSSIAN.title)
    await person.say(RUSSIAN.problem)
    await _begin(person)
    assert f"незаконченная идея: {RUSSIAN.title}" in person.screen.text
    await person.press("Продолжить")
    assert "шаг 3 из 8" in person.screen.text


async def test_a_complete_draft_is_shown_as_a_whole_when_its_author_comes_back(
    talk: Talk, service: Service, cycle: Cycle
) -> None:
    person = await talk("ru")
    await _write_all(person)
    await _begin(person)
    await person.press("Продолжить")
    assert "всё верно?" in person.screen.text
    await person.press("Отправить идею")
    assert len(await _ideas(service, cycle)) == 1


async def test_starting_anew_asks_before_anything_is_thrown_away(talk: Talk) -> None:
    person = await talk("ru")
    await _begin(person)
    await person.say(RUSSIAN.title)
    await _begin(person)
    await person.press("Начать заново")
    await person.press("Нет, оставить")
    assert RUSSIAN.title in person.screen.text
    await person.press("Начать заново")
    await person.press("Да, удалить")
    assert "шаг 1 из 8" in person.screen.text
    assert RUSSIAN.title not in person.screen.text


async def test_any_part_can_be_changed_from_the_preview(talk: Talk) -> None:
    person = await talk("ru")
    await _write_all(person)
    for part, words in (
        ("Название", "Десять скамеек у поликлиники"),
        ("Что не так", "Людям негде присесть даже на минуту"),
        ("Что предлагается", "Поставить десять скамеек и урны к ним"),
        ("Тема", "Спорт"),
        ("Место", "сквер у поликлиники"),
        ("Примерная стоимость", "2 млн"),
    ):
        await person.press("Исправить")
        await person.press(part)
        assert "Что меняем" in person.screen.text
        await person.say(words)
        assert "всё верно?" in person.screen.text
        assert words in person.screen.text
    await person.press("Исправить")
    await person.press("Фото")
    await person.press("Без фото")
    assert "всё верно?" in person.screen.text


async def test_changing_nothing_returns_to_the_preview(talk: Talk) -> None:
    person = await talk("ru")
    await _write_all(person)
    for way in ("Назад", "Дальше"):
        await person.press("Исправить")
        await person.press("Название")
        await person.press(way)
        assert "всё верно?" in person.screen.text
        assert RUSSIAN.title in person.screen.text


async def test_a_district_is_kept_and_words_can_be_added_to_it(
    talk: Talk, service: Service, cycle: Cycle
) -> None:
    person = await talk("ru")
    await _begin(person)
    for words in (RUSSIAN.title, RUSSIAN.problem, RUSSIAN.proposal, "парки", "2"):
        await person.say(words)
    assert "Сейчас записано: Восток" in person.screen.text
    await person.say(RUSSIAN.place)
    await person.press("Не знаю")
    await person.press("Без фото")
    await person.press("Отправить идею")
    (idea,) = await _ideas(service, cycle)
    assert (idea.content.district, idea.content.place) == ("east", RUSSIAN.place)


async def test_a_district_alone_is_a_place(talk: Talk) -> None:
    person = await talk("ru")
    await _begin(person)
    for words in (RUSSIAN.title, RUSSIAN.problem, RUSSIAN.proposal, "1"):
        await person.say(words)
    await person.press("1. Центр")
    await person.press("Дальше")
    assert "шаг 6 из 8" in person.screen.text


async def test_a_point_on_the_map_is_a_place(talk: Talk, service: Service, cycle: Cycle) -> None:
    person = await talk("ru")
    await _begin(person)
    for words in (RUSSIAN.title, RUSSIAN.problem, RUSSIAN.proposal, "1"):
        await person.say(words)
    await person.send_location(50.25, 58.43)
    await person.press("Не знаю")
    await person.press("Без фото")
    assert "50.25000, 58.43000" in person.screen.text
    await person.press("Отправить идею")
    (idea,) = await _ideas(service, cycle)
    assert (idea.content.latitude, idea.content.longitude) == (50.25, 58.43)


@pytest.mark.parametrize(
    ("cost", "answer"),
    [("дорого", "Не получилось прочитать сумму"), ("11 млн", "10 млн ₸"), ("-5", "сумму")],
)
async def test_a_cost_that_does_not_do_is_refused_with_what_does(
    talk: Talk, cost: str, answer: str
) -> None:
    person = await talk("ru")
    await _begin(person)
    await _write_words(person)
    await person.say(cost)
    said = [screen.text for screen in person.screens[-2:]]
    assert answer in said[0]
    assert "шаг 6 из 8" in said[1]


def _photo(shade: int) -> bytes:
    content = BytesIO()
    Image.new("RGB", (64, 48), (shade, shade, shade)).save(content, "JPEG")
    return content.getvalue()


def _upload(person: Conversation, content: bytes) -> str:
    name = f"sent{person.session.number()}"
    person.session.files[name] = content
    return name


async def _send_file(
    person: Conversation, content: bytes, media_type: str, size: int | None = None
) -> None:
    name = _upload(person, content)
    size = len(content) if size is None else size
    await person.send(
        document=Document(file_id=name, file_unique_id=name, mime_type=media_type, file_size=size)
    )


async def _to_photos(person: Conversation) -> None:
    await _begin(person)
    await _write_words(person)
    await person.press("Не знаю")


async def test_an_album_is_kept_photo_by_photo_up_to_the_limit(
    talk: Talk, service: Service, cycle: Cycle
) -> None:
    person = await talk("ru")
    await _to_photos(person)
    for shade in range(4):
        name = _upload(person, _photo(shade * 60))
        size = PhotoSize(file_id=name, file_unique_id=name, width=64, height=48)
        await person.send(photo=[size], media_group_id="album")
    assert any("Достаточно 3 фотографий" in screen.text for screen in person.screens)
    assert "3 фото" in person.screen.text
    await person.press("Готово")
    await person.press("Отправить идею")
    (idea,) = await _ideas(service, cycle)
    assert len(idea.content.photos) == 3


async def test_a_photo_sent_as_a_file_works_and_another_file_does_not(
    talk: Talk, jpeg: bytes
) -> None:
    person = await talk("ru")
    await _to_photos(person)
    await _send_file(person, jpeg, "image/jpeg")
    assert "1 фото" in person.screen.text
    await _send_file(person, b"%PDF", "application/pdf")
    await _send_file(person, b"no picture", "image/heic")
    assert "1 фото" in person.screen.text
    refusals = [one for one in person.screens if "не удалось прочитать" in one.text]
    assert len(refusals) == 2


async def test_a_photo_too_large_is_refused_before_it_is_fetched(talk: Talk) -> None:
    person = await talk("ru")
    await _to_photos(person)
    await _send_file(person, b"", "image/jpeg", size=11 * 1024 * 1024)
    assert any("10 МБ" in screen.text for screen in person.screens)


async def test_photos_can_be_removed_one_by_one(talk: Talk) -> None:
    person = await talk("ru")
    await _to_photos(person)
    await person.send_photo(_photo(0))
    await person.send_photo(_photo(99))
    await person.press("Убрать № 2")
    assert "Убрать № 2" not in person.screen.buttons
    await person.press("Убрать № 1")
    assert "Без фото" in person.screen.buttons


STATES = (Field.TITLE, Field.PROBLEM, Field.PROPOSAL, Field.TOPIC, Field.PLACE, Field.COST)


@pytest.mark.parametrize("field", [*STATES, Field.PHOTOS])
async def test_rubbish_at_any_step_is_answered_and_nothing_is_lost(
    talk: Talk, field: Field
) -> None:
    person = await talk("ru")
    await _begin(person)
    written = (RUSSIAN.title, RUSSIAN.problem, RUSSIAN.proposal, "2", RUSSIAN.place, "1 млн")
    step = (*STATES, Field.PHOTOS).index(field)
    for words in written[:step]:
        await person.say(words)
    window = person.screen.text
    for rubbish in ("sticker", "voice", "long", "marks", "blank"):
        before = len(person.screens)
        match rubbish:
            case "sticker":
                await person.send_sticker()
            case "voice":
                await person.send_voice()
            case "long":
                await person.say("ж" * 10_000)
            case "marks":
                await person.say("\u202e\u200f\u200e")
            case _:
                await person.say("   ")
        answers = person.screens[before:]
        assert len(answers) == 2, rubbish
        assert answers[0].text != window, rubbish
        assert answers[-1].text == window, rubbish


async def test_sending_twice_makes_one_idea(talk: Talk, service: Service, cycle: Cycle) -> None:
    person = await talk("ru")
    await _write_all(person)
    preview = person.screen
    await person.press("Отправить идею")
    await person.press("Отправить идею", on=preview)
    assert len(await _ideas(service, cycle)) == 1
    assert "Номер вашей идеи: 1." in person.screen.text


async def test_a_missing_part_is_asked_for_when_the_idea_is_sent(
    talk: Talk, service: Service
) -> None:
    person = await talk("ru")
    await _write_all(person)
    async with service.work.write() as work:
        town = await work.communities.first()
        assert town is not None
        await work.communities.save(
            replace(town, topics=tuple(one for one in town.topics if one.code != "parks"))
        )
        await work.commit()
    await person.press("Отправить идею")
    assert "не всё заполнено" in person.alerts[-1]
    await person.press("1. Спорт")
    await person.press("Отправить идею")
    assert "Номер вашей идеи: 1." in person.screen.text


async def test_when_the_stage_ends_the_words_stay_and_the_dates_are_told(
    talk: Talk, service: Service, cycle: Cycle, clock: FrozenClock
) -> None:
    person = await talk("ru")
    await _write_all(person)
    clock.move(11 * DAY)
    await person.press("Отправить идею")
    assert "21 марта" in person.alerts[-1]
    assert RUSSIAN.title in person.screen.text
    assert await _ideas(service, cycle) == []


async def test_a_closed_stage_is_told_before_a_word_is_typed(
    talk: Talk, clock: FrozenClock
) -> None:
    person = await talk("ru")
    await person.say("/menu")
    await person.press("Идеи")
    clock.move(11 * DAY)
    await person.press("Предложить идею")
    assert "21 марта" in person.alerts[-1]
    assert "Идеи: Бюджет 2026" in person.screen.text
    assert "Предложить идею" not in person.screen.buttons


async def test_similar_ideas_are_shown_before_sending_and_can_be_supported(
    talk: Talk, service: Service, cycle: Cycle
) -> None:
    first = await talk("ru")
    await _write_all(first)
    await first.press("Отправить идею")
    second = await talk("ru")
    await _write_all(second)
    assert "Похожее уже предложили другие" in second.screen.text
    await second.press("1. Скамейки")
    await second.press("Поддержать")
    await second.press("Назад")
    assert "Одну из них вы уже поддержали" in second.screen.text
    await second.press("Моя не нужна")
    await second.press("Да, удалить")
    assert "Идеи: Бюджет 2026" in second.screen.text
    (idea,) = await _ideas(service, cycle)
    assert idea.supports == 1


async def test_an_author_may_go_on_although_there_is_something_similar(
    talk: Talk, service: Service, cycle: Cycle
) -> None:
    first = await talk("ru")
    await _write_all(first)
    await first.press("Отправить идею")
    second = await talk("ru")
    await _write_all(second)
    await second.press("Моя о другом")
    await second.press("Назад")
    await second.press("Без фото")
    assert "всё верно?" in second.screen.text
    await second.press("Отправить идею")
    assert len(await _ideas(service, cycle)) == 2


async def test_a_draft_can_be_kept_or_thrown_away_from_the_preview(
    talk: Talk, service: Service, cycle: Cycle
) -> None:
    person = await talk("ru")
    await _write_all(person)
    await person.press("Удалить черновик")
    await person.press("Нет, оставить")
    assert RUSSIAN.title in person.screen.text
    await person.press("Удалить черновик")
    await person.press("Да, удалить")
    me = await person.resident()
    async with service.work.read() as work:
        assert await work.ideas.draft_of(me.id, cycle.id, None) is None


async def test_changes_to_a_submitted_idea_show_once_they_are_saved(
    talk: Talk, service: Service, cycle: Cycle
) -> None:
    person = await talk("ru")
    await _write_all(person)
    await person.press("Отправить идею")
    await person.press("Мои идеи")
    await person.press("1. Скамейки")
    await person.press("Изменить")
    await person.press("Исправить")
    await person.press("Название")
    await person.say("Десять скамеек у поликлиники")
    assert (await _ideas(service, cycle))[0].content.title == RUSSIAN.title
    await person.press("Назад")
    await person.press("Изменить")
    assert "несохранённые правки" in person.screen.text
    await person.press("Продолжить")
    await person.press("Сохранить правки")
    assert "№ 1. Десять скамеек у поликлиники" in person.screen.text
    assert (await _ideas(service, cycle))[0].content.title == "Десять скамеек у поликлиники"


async def test_drafted_changes_can_be_dropped_and_begun_anew(
    talk: Talk, service: Service, cycle: Cycle
) -> None:
    person = await talk("ru")
    await _write_all(person)
    await person.press("Отправить идею")
    await person.press("Мои идеи")
    await person.press("1. Скамейки")
    await person.press("Изменить")
    await person.press("Исправить")
    await person.press("Название")
    await person.say("Десять скамеек у поликлиники")
    await person.press("Назад")
    await person.press("Изменить")
    await person.press("Начать заново")
    await person.press("Да, удалить")
    assert "Правки к идее № 1" in person.screen.text
    assert RUSSIAN.title in person.screen.text
    assert (await _ideas(service, cycle))[0].status is IdeaStatus.SUBMITTED


async def test_changes_that_leave_something_out_are_asked_for(
    talk: Talk, service: Service
) -> None:
    person = await talk("ru")
    await _write_all(person)
    await person.press("Отправить идею")
    await person.press("Мои идеи")
    await person.press("1. Скамейки")
    await person.press("Изменить")
    await person.press("Исправить")
    await person.press("Название")
    await person.say("Десять скамеек у поликлиники")
    async with service.work.write() as work:
        town = await work.communities.first()
        assert town is not None
        await work.communities.save(replace(town, topics=town.topics[:1]))
        await work.commit()
    await person.press("Сохранить правки")
    assert "не всё заполнено" in person.alerts[-1]
    await person.press("1. Спорт")
    await person.press("Сохранить правки")
    assert "№ 1. Десять скамеек у поликлиники" in person.screen.text


async def test_a_town_without_topics_does_not_ask_for_one(talk: Talk, service: Service) -> None:
    async with service.work.write() as work:
        town = await work.communities.first()
        assert town is not None
        await work.communities.save(replace(town, topics=()))
        await work.commit()
    person = await talk("ru")
    await _begin(person)
    for words in (RUSSIAN.title, RUSSIAN.problem, RUSSIAN.proposal):
        await person.say(words)
    assert "шаг 5 из 8" in person.screen.text
    await person.press("Назад")
    assert "шаг 3 из 8" in person.screen.text


async def test_a_photo_that_the_messenger_lost_is_told(talk: Talk) -> None:
    person = await talk("ru")
    await _to_photos(person)
    gone = PhotoSize(file_id="gone", file_unique_id="gone", width=64, height=48)
    await person.send(photo=[gone])
    assert any("не удалось прочитать" in screen.text for screen in person.screens)
