"""Comments on the draft budget, from the side of those who write and read them."""

from datetime import timedelta

import pytest

from bot.wiring import Service
from civic.model.comment import Comment
from civic.model.cycle import Cycle
from tests.conftest import Talk
from tests.consultation import discuss, ids_of
from tests.conversation import Conversation
from tests.fakes import FrozenClock

WORDS = {
    "kk": {
        "say": "Пікір жазу",
        "proposal": "Ұсыныс",
        "question": "Сұрақ",
        "publish": "Жариялау",
        "published": "Жарияланды: Ұсыныс № 1",
        "read": "Оқу",
        "change": "Өзгерту",
        "words": "Мәтінін түзету",
        "kind": "Түрін өзгерту",
        "changed": "Түзетілді",
        "delete": "Өшіру",
        "yes_delete": "Иә, өшіру",
        "agree": "Қолдаймын",
        "disagree": "Қолдауды алып тастау",
        "report": "Шағымдану",
        "yes_report": "Иә, шағымданамын",
        "reported": "Әр шағымды модератор қарайды",
        "comments": "Пікірлер (",
        "go_on": "Жалғастыру",
        "away": "Өшіру",
        "yes_away": "Иә, өшіру",
        "no": "Жоқ, қалсын",
        "back": "Артқа",
        "unfinished": "Аяқталмаған пікіріңіз бар",
        "answers": "ресми жауаптар",
        "over": "340 таңбаға артық",
        "keep": "Осылай қалсын",
        "none": "әзірге пікір жариялаған жоқсыз",
    },
    "ru": {
        "say": "Комментировать",
        "proposal": "Предложение",
        "question": "Вопрос",
        "publish": "Опубликовать",
        "published": "Опубликовано: Предложение № 1",
        "read": "Прочитать",
        "change": "Изменить",
        "words": "Изменить текст",
        "kind": "Изменить вид",
        "changed": "Изменено",
        "delete": "Удалить",
        "yes_delete": "Да, удалить",
        "agree": "Поддерживаю",
        "disagree": "Отозвать поддержку",
        "report": "Пожаловаться",
        "yes_report": "Да, пожаловаться",
        "reported": "Каждую жалобу смотрит модератор",
        "comments": "Комментарии (",
        "go_on": "Продолжить",
        "away": "Удалить",
        "yes_away": "Да, удалить",
        "no": "Нет, оставить",
        "back": "Назад",
        "unfinished": "У вас есть незаконченный комментарий",
        "answers": "официальные ответы",
        "over": "на 340 больше",
        "keep": "Оставить как есть",
        "none": "ещё не публиковали комментариев",
    },
}
LANGUAGES = pytest.mark.parametrize("language", ["kk", "ru"])


@pytest.fixture
async def cycle(service: Service, clock: FrozenClock) -> Cycle:
    """A small draft budget under discussion."""
    async with service.work.read() as work:
        town = await work.communities.first()
    assert town is not None
    return await discuss(service.work, town, clock)


async def stored(service: Service, person: Conversation) -> list[Comment]:
    """Return what the person has published, newest first."""
    resident = await person.resident()
    async with service.work.read() as work:
        return list(await work.comments.of_author(resident.id))


async def publish(person: Conversation, words: dict[str, str], link: str, text: str) -> None:
    """Publish a proposal on what the link opens."""
    await person.say(f"/start {link}")
    await person.press(words["say"])
    await person.press(words["proposal"])
    await person.say(text)
    await person.press(words["publish"])


@LANGUAGES
async def test_from_a_line_to_a_published_proposal(
    service: Service, talk: Talk, cycle: Cycle, language: str
) -> None:
    words, person = WORDS[language], await talk(language)
    ids = await ids_of(service.work, cycle)
    await person.say(f"/start s_{ids['04.2']}")
    await person.press(words["say"])
    await person.press(words["proposal"])
    await person.say("Ауыл мектептеріне <b>көбірек</b>")
    assert "Ауыл мектептеріне <b>көбірек</b>" in person.screen.text
    assert await stored(service, person) == []
    preview = person.screen
    await person.press(words["publish"])
    assert words["published"] in person.screen.text
    assert words["answers"] in person.screen.text
    assert "k_1" in person.screen.text
    await person.press(words["publish"], on=preview)
    published = await stored(service, person)
    assert [comment.text for comment in published] == ["Ауыл мектептеріне <b>көбірек</b>"]
    assert published[0].section_id == ids["04.2"]
    await person.press(words["read"])
    assert "№ 1" in person.screen.text
    await person.press(words["back"])
    await person.press(words["back"])
    assert f"{words['comments']}1)" in person.screen.buttons


@LANGUAGES
async def test_a_text_that_is_too_long_is_answered_with_its_length(
    service: Service, talk: Talk, cycle: Cycle, language: str
) -> None:
    words, person = WORDS[language], await talk(language)
    await person.say(f"/start b_{cycle.id}")
    await person.press(words["say"])
    await person.press(words["question"])
    await person.say("Неге?")
    await person.press(words["words"])
    await person.say("ә" * 1340)
    assert any(words["over"] in screen.text for screen in person.screens)
    await person.press(words["keep"])
    assert "Неге?" in person.screen.text
    await person.press(words["publish"])
    assert [comment.text for comment in await stored(service, person)] == ["Неге?"]


@LANGUAGES
async def test_words_come_back_after_wandering_off(
    service: Service, talk: Talk, cycle: Cycle, language: str
) -> None:
    words, person = WORDS[language], await talk(language)
    ids = await ids_of(service.work, cycle)
    await person.say(f"/start s_{ids['04']}")
    await person.press(words["say"])
    await person.press(words["question"])
    await person.say("Жарты сөз")
    await person.say("/menu")
    await person.say(f"/start s_{ids['01']}")
    await person.press(words["say"])
    assert words["unfinished"] in person.screen.text
    await person.press(words["away"])
    await person.press(words["no"])
    assert "Жарты сөз" in person.screen.text
    await person.press(words["kind"])
    assert "Жарты сөз" in person.screen.text
    await person.say("2")
    await person.press(words["publish"])
    published = await stored(service, person)
    assert [(comment.text, comment.section_id) for comment in published] == [
        ("Жарты сөз", ids["04"])
    ]
    assert published[0].kind.value == "proposal"


@LANGUAGES
async def test_a_draft_thrown_away_makes_room(
    service: Service, talk: Talk, cycle: Cycle, language: str
) -> None:
    words, person = WORDS[language], await talk(language)
    await person.say(f"/start b_{cycle.id}")
    await person.press(words["say"])
    await person.say("Түрін таңдамай жаздым")
    assert "Түрін таңдамай жаздым" in person.screen.text
    await person.press(words["back"])
    await person.press(words["say"])
    assert words["unfinished"] in person.screen.text
    await person.press(words["go_on"])
    await person.press(words["question"])
    await person.press(words["away"])
    await person.press(words["yes_away"])
    await person.press(words["say"])
    assert words["unfinished"] not in person.screen.text
    assert await stored(service, person) == []


@LANGUAGES
async def test_others_agree_report_and_cannot_change(
    service: Service, talk: Talk, cycle: Cycle, language: str
) -> None:
    words = WORDS[language]
    author, reader = await talk(language), await talk(language)
    await publish(author, words, f"b_{cycle.id}", "Ұсынысым бар")
    await reader.say("/start k_1")
    assert words["change"] not in reader.screen.buttons
    await reader.press(words["agree"])
    assert (await stored(service, author))[0].supports == 1
    await reader.press(words["disagree"])
    assert (await stored(service, author))[0].supports == 0
    await reader.press(words["report"])
    await reader.press(words["back"])
    await reader.press(words["report"])
    await reader.press(words["yes_report"])
    assert words["reported"] in reader.screen.text
    assert words["report"] not in reader.screen.buttons
    await author.say("/start k_1")
    assert words["agree"] not in author.screen.buttons
    assert words["report"] not in author.screen.buttons


@LANGUAGES
async def test_the_author_changes_and_deletes_within_fifteen_minutes(
    service: Service, talk: Talk, cycle: Cycle, clock: FrozenClock, language: str
) -> None:
    words, author = WORDS[language], await talk(language)
    await publish(author, words, f"b_{cycle.id}", "Қатемен")
    await author.press(words["read"])
    clock.move(timedelta(minutes=14, seconds=30))
    await author.press(words["change"])
    await author.press(words["words"])
    await author.say("Қатесіз")
    await author.press(words["publish"])
    assert words["changed"] in author.screen.text
    assert [comment.text for comment in await stored(service, author)] == ["Қатесіз"]
    await author.press(words["back"])
    await author.press(words["delete"])
    await author.press(words["back"])
    await author.press(words["delete"])
    await author.press(words["yes_delete"])
    assert await stored(service, author) == []
    assert words["none"] in author.screen.text


@LANGUAGES
async def test_after_fifteen_minutes_an_old_button_changes_nothing(
    service: Service, talk: Talk, cycle: Cycle, clock: FrozenClock, language: str
) -> None:
    words, author = WORDS[language], await talk(language)
    await publish(author, words, f"b_{cycle.id}", "Солай")
    await author.press(words["read"])
    card = author.screen
    clock.move(timedelta(minutes=15))
    await author.press(words["change"], on=card)
    assert "15" in author.alerts[-1]
    assert words["change"] not in author.screen.buttons
    assert [comment.text for comment in await stored(service, author)] == ["Солай"]


async def test_many_comments_are_read_newest_or_most_supported_first(
    service: Service, talk: Talk, cycle: Cycle
) -> None:
    words = WORDS["ru"]
    author, reader = await talk("ru"), await talk("ru")
    for number in range(1, 7):
        await publish(author, words, f"b_{cycle.id}", f"Предложение под номером {number}")
    await reader.say("/start k_2")
    await reader.press("Поддерживаю")
    await reader.say(f"/start b_{cycle.id}")
    await reader.press("Комментарии (6)")
    assert "1. Предложение № 6" in reader.screen.text
    await reader.press("Следующая стр.")
    assert "6. Предложение № 1" in reader.screen.text
    await reader.press("Предыдущая стр.")
    await reader.press("Сначала популярные")
    assert "1. Предложение № 2" in reader.screen.text
    await reader.press("Сначала новые")
    await reader.say("6")
    assert "под номером 1" in reader.screen.text
    await reader.press("Назад")
    await reader.say("99")
    await reader.say("словами")
    assert any("номер строки" in screen.text for screen in reader.screens)
    await reader.press("1. ")
    await reader.press("Открыть раздел")
    assert "Проект бюджета" in reader.screen.text
    await reader.press("Назад")
    await reader.press("Назад")
    await reader.press("Комментировать")
    assert "Что вы хотите сказать?" in reader.screen.text
    assert len(await stored(service, author)) == 6


async def test_my_comments_are_listed_and_opened(talk: Talk, cycle: Cycle) -> None:
    words, author = WORDS["ru"], await talk("ru")
    for number in range(1, 7):
        await publish(author, words, f"b_{cycle.id}", f"Мысль {number}")
    await author.say("/menu")
    await author.press("Моё")
    await author.press(author.screen.buttons[0])
    assert "Мысль 6" in author.screen.text
    await author.press("Следующая стр.")
    assert "Мысль 1" in author.screen.text
    await author.say("2")
    assert "Мысль 5" in author.screen.text
    await author.press("Назад")
    await author.say("ой")
    await author.press("Предыдущая стр.")
    await author.press("1. ")
    await author.press("Удалить")
    await author.press("Да, удалить")
    assert "Мысль 6" not in author.screen.text


async def test_words_not_published_in_time_stay_readable(
    service: Service, talk: Talk, cycle: Cycle, clock: FrozenClock
) -> None:
    author = await talk("ru")
    await author.say(f"/start b_{cycle.id}")
    await author.press("Комментировать")
    await author.press("Вопрос")
    await author.say("Не успел спросить")
    clock.move(timedelta(days=40))
    await author.press("Опубликовать")
    assert "30 марта" in author.alerts[-1]
    await author.say("/menu")
    await author.press("Моё")
    await author.press(author.screen.buttons[0])
    assert "Не успел спросить" in author.screen.text
    assert await stored(service, author) == []


async def test_a_comment_with_no_words_yet_is_not_begun_after_the_close(
    talk: Talk, cycle: Cycle, clock: FrozenClock
) -> None:
    author = await talk("ru")
    await author.say(f"/start b_{cycle.id}")
    await author.press("Комментировать")
    await author.say("/menu")
    await author.press("Моё")
    mine = author.screen
    clock.move(timedelta(days=40))
    await author.press(mine.buttons[0], on=mine)
    assert "30 марта" in author.alerts[-1]


async def test_what_another_device_ended_is_not_shown_as_a_draft(
    service: Service, talk: Talk, cycle: Cycle
) -> None:
    author = await talk("ru")
    await author.say(f"/start b_{cycle.id}")
    await author.press("Комментировать")
    await author.press("Вопрос")
    resident = await author.resident()
    async with service.work.write() as work:
        draft = await work.comments.draft_of(resident.id, cycle.id)
        assert draft is not None
        await work.comments.remove_draft(draft.id)
        await work.commit()
    await author.say("Поздно")
    assert any("больше нет" in screen.text for screen in author.screens)
    await author.say("/menu")
    assert author.screen.buttons
