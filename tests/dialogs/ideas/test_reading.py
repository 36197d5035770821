"""Reading ideas in the chat: the list, one idea, one's own."""

from dataclasses import replace

import pytest

from bot.wiring import Service
from civic.actions.submit_idea import SubmitIdea
from civic.model.cycle import Cycle
from civic.model.idea import Idea, IdeaContent, IdeaStatus
from tests.conftest import Talk
from tests.conversation import Conversation
from tests.fakes import FrozenClock
from tests.idea_cycles import DAY

BENCHES = IdeaContent(
    title="Скамейки у поликлиники",
    problem="Пожилым людям негде присесть",
    proposal="Поставить пять скамеек вдоль дороги",
    topic="parks",
    district="east",
    place="улица Абая, 5",
)
LAMPS = replace(BENCHES, title="Фонари на улице Мира", topic="sport", district="center")


async def _put(
    service: Service, cycle: Cycle, author: Conversation, content: IdeaContent = BENCHES
) -> Idea:
    me = await author.resident()
    async with service.work.write() as work:
        draft = await work.ideas.add_draft(me.id, cycle.id, None, content, service.clock.now())
        await work.commit()
    return await SubmitIdea(service.work, service.clock)(me, draft.id)


async def _list(person: Conversation) -> None:
    await person.say("/menu")
    await person.press("Идеи")


async def test_an_empty_list_says_so_and_offers_to_begin(talk: Talk, cycle: Cycle) -> None:
    person = await talk("ru")
    await _list(person)
    assert "Ваша может стать первой" in person.screen.text
    assert person.screen.buttons == ["Предложить идею", "Назад", "Меню"]
    assert cycle.titles["ru"] in person.screen.text


async def test_a_list_shows_whole_titles_and_opens_by_button_or_number(
    talk: Talk, service: Service, cycle: Cycle
) -> None:
    author, reader = await talk("ru"), await talk("ru")
    idea = await _put(service, cycle, author)
    await _list(reader)
    assert f"{idea.id}. {BENCHES.title}" in reader.screen.text
    await reader.press(f"{idea.id}. Скамейки")
    card = reader.screen.text
    for words in (BENCHES.problem, BENCHES.proposal, "Парки", "Восток", BENCHES.place, "Житель"):
        assert words in card
    await reader.press("Назад")
    for typed in (str(idea.id), f"№ {idea.id}", f"#{idea.id}"):
        await reader.say(typed)
        assert reader.screen.text == card
        await reader.press("Назад")


async def test_a_number_that_no_idea_has_is_told(
    talk: Talk, service: Service, cycle: Cycle
) -> None:
    person = await talk("ru")
    await _put(service, cycle, person)
    await _list(person)
    listed = person.screen.text
    await person.say("999")
    assert "здесь" in person.screens[-2].text
    assert person.screen.text == listed


async def test_pages_show_every_idea_once(talk: Talk, service: Service, cycle: Cycle) -> None:
    person = await talk("ru")
    ideas = [await _put(service, cycle, person) for _ in range(8)]
    await _list(person)
    seen = [label.split(".")[0] for label in person.screen.buttons if label[0].isdigit()]
    assert len(seen) == 6
    await person.press("Следующая стр.")
    seen += [label.split(".")[0] for label in person.screen.buttons if label[0].isdigit()]
    assert sorted(map(int, seen)) == [idea.id for idea in ideas]
    await person.press("Предыдущая стр.")
    assert "Страница 1 из 2" in person.screen.text


async def test_a_list_is_narrowed_by_topic_and_part_of_town_and_widened_again(
    talk: Talk, service: Service, cycle: Cycle
) -> None:
    person = await talk("ru")
    await _put(service, cycle, person)
    await _put(service, cycle, person, LAMPS)
    await _list(person)
    await person.press("По теме")
    await person.press("Спорт")
    assert LAMPS.title in person.screen.text
    assert BENCHES.title not in person.screen.text
    await person.press("По части города")
    await person.press("Восток")
    assert "Ничего не нашлось" in person.screen.text
    await person.press("Показать все")
    assert LAMPS.title in person.screen.text
    assert BENCHES.title in person.screen.text
    for way in ("По теме", "По части города"):
        await person.press(way)
        await person.press("Назад")
        await person.press(way)
        await person.press("Показать все")
        assert BENCHES.title in person.screen.text


async def test_typed_words_search(talk: Talk, service: Service, cycle: Cycle) -> None:
    person = await talk("ru")
    await _put(service, cycle, person)
    await _put(service, cycle, person, LAMPS)
    await _list(person)
    await person.say("фонарь")
    assert "Вы искали: «фонарь»" in person.screen.text
    assert LAMPS.title in person.screen.text
    assert BENCHES.title not in person.screen.text
    for rubbish in ("ж" * 10_000, "9" * 400, "\u202e"):
        await person.say(rubbish)
        assert "Идеи: Бюджет 2026" in person.screen.text


async def test_support_is_given_and_taken_back(talk: Talk, service: Service, cycle: Cycle) -> None:
    author, reader = await talk("ru"), await talk("ru")
    idea = await _put(service, cycle, author)
    await reader.say(f"/start i_{idea.id}")
    await reader.press("Поддержать")
    assert "поддержал 1 человек" in reader.screen.text
    assert "Поддержать" not in reader.screen.buttons
    await reader.press("Отозвать поддержку")
    assert "пока никто не поддержал" in reader.screen.text
    assert "Поддержать" in reader.screen.buttons


async def test_nobody_is_offered_to_support_their_own_idea(
    talk: Talk, service: Service, cycle: Cycle
) -> None:
    author = await talk("ru")
    idea = await _put(service, cycle, author)
    await author.say(f"/start i_{idea.id}")
    assert "Поддержать" not in author.screen.buttons
    assert "Изменить" in author.screen.buttons


async def test_a_shared_link_opens_the_idea_with_a_way_to_the_menu(
    talk: Talk, service: Service, cycle: Cycle
) -> None:
    author, reader = await talk("ru"), await talk("kk")
    idea = await _put(service, cycle, author)
    await reader.say(f"/start i_{idea.id}")
    assert f"№ {idea.id}. {BENCHES.title}" in reader.screen.text
    await reader.press("Артқа")
    assert "Хромтау" in reader.screen.text


async def test_a_link_to_nothing_is_told_and_leads_to_the_menu(talk: Talk, cycle: Cycle) -> None:
    person = await talk("ru")
    await person.say("/start i_999999999999999")
    assert "Хромтау: сейчас" in person.screen.text
    assert len(person.screens) == 2
    assert cycle.titles["ru"] in person.screen.text


async def test_photos_are_shown_one_at_a_time_on_request(
    talk: Talk, service: Service, cycle: Cycle
) -> None:
    author, reader = await talk("ru"), await talk("ru")
    async with service.work.write() as work:
        now = service.clock.now()
        photos = [
            await work.pictures.add(content, "image/jpeg", now) for content in (b"one", b"two")
        ]
        await work.commit()
    idea = await _put(service, cycle, author, replace(BENCHES, photos=tuple(photos)))
    await reader.say(f"/start i_{idea.id}")
    assert reader.screen.picture is None
    await reader.press("Фото (2)")
    assert reader.screen.picture == b"one"
    assert "Фото 1 из 2" in reader.screen.text
    await reader.press("Следующее фото")
    assert reader.screen.picture == b"two"
    await reader.press("Следующее фото")
    assert reader.screen.picture == b"one"
    await reader.press("Назад")
    assert reader.screen.picture is None
    assert BENCHES.problem in reader.screen.text


async def test_my_ideas_tell_where_each_stands(talk: Talk, service: Service, cycle: Cycle) -> None:
    author = await talk("ru")
    ideas = [await _put(service, cycle, author) for _ in range(4)]
    async with service.work.write() as work:
        for idea, status in zip(ideas, IdeaStatus, strict=True):
            await work.ideas.set_status(idea.id, status)
        me = await author.resident()
        await work.ideas.add_draft(
            me.id, cycle.id, None, IdeaContent(title="Ещё одна идея"), service.clock.now()
        )
        await work.commit()
    await author.say("/menu")
    await author.press("Моё")
    await author.press("Мои идеи")
    for words in ("Подана", "Допущена", "Не допущена", "Отозвана", "• Ещё одна идея"):
        assert words in author.screen.text
    await author.press("Дописать идею")
    assert "незаконченная идея: Ещё одна идея" in author.screen.text


async def test_withdrawing_asks_once_and_then_hides_the_idea_from_others(
    talk: Talk, service: Service, cycle: Cycle
) -> None:
    author, reader = await talk("ru"), await talk("ru")
    idea = await _put(service, cycle, author)
    await reader.say(f"/start i_{idea.id}")
    await author.say(f"/start i_{idea.id}")
    await author.press("Отозвать")
    await author.press("Нет, оставить")
    await author.press("Отозвать")
    await author.press("Да, отозвать")
    assert "Состояние: Отозвана" in author.screen.text
    assert not {"Изменить", "Отозвать"} & set(author.screen.buttons)
    await reader.press("Поддержать")
    assert "отозвал" in reader.alerts[-1]
    assert "Хромтау: сейчас" in reader.screen.text


async def test_once_the_stage_is_over_an_own_idea_can_only_be_read_and_why_is_told(
    talk: Talk, service: Service, cycle: Cycle, clock: FrozenClock
) -> None:
    author, reader = await talk("ru"), await talk("ru")
    idea = await _put(service, cycle, author)
    clock.move(11 * DAY)
    await author.say(f"/start i_{idea.id}")
    assert "Идеи принимались до 21 марта" in author.screen.text
    assert author.screen.buttons == ["Назад", "Меню"]
    await reader.say(f"/start i_{idea.id}")
    assert "Поддержать" not in reader.screen.buttons


@pytest.mark.parametrize("language", ["kk", "ru", "en"])
async def test_other_peoples_words_never_become_markup_and_the_longest_fit(
    talk: Talk, service: Service, cycle: Cycle, language: str
) -> None:
    author, reader = await talk(language), await talk(language)
    longest = IdeaContent(
        title="<b>&" + "😀" * 116,
        problem="<i>" + "😀" * 997,
        proposal="{TITLE}</code>" + "😀" * 1986,
        topic="parks",
        district="east",
        place="<a href='x'>" + "ж" * 188,
        cost=9_999_999,
        photos=(1, 2, 3),
    )
    idea = await _put(service, cycle, author, longest)
    await reader.say(f"/start i_{idea.id}")
    assert "<b>&" in reader.screen.text
    assert "{TITLE}</code>" in reader.screen.text
    assert "&lt;b&gt;&amp;" in reader.screen.html
    assert len(reader.screen.text.encode("utf-16-le")) // 2 <= 4096
