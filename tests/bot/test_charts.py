"""Charts are small, readable and complete, whatever the names are."""

import asyncio
from io import BytesIO

import pytest
from PIL import Image

from bot.charts import WIDTH, ThreadChartPainter
from civic.ports import MoneyBar

LIMIT = 60_000
LETTERS = "АаӘәБбГгҒғИиКкҚқНнҢңОоӨөУуҰұҮүХхҺһЫыІіЁёЪъ ₸«»—–…№%"
LONG = (
    "Ауыл, су, орман, балық шаруашылығы, ерекше қорғалатын табиғи аумақтар, қоршаған ортаны "
    "және жануарлар дүниесін қорғау, жер қатынастары"
)
MAIN = (11, 122, 117)
MARK = (194, 65, 12)


@pytest.fixture
def painter() -> ThreadChartPainter:
    return ThreadChartPainter()


def opened(content: bytes) -> Image.Image:
    """Return the picture behind `content`."""
    image = Image.open(BytesIO(content))
    assert image.format == "PNG"
    return image.convert("RGB")


def near(image: Image.Image, colour: tuple[int, int, int]) -> int:
    """Return how many pixels have about that colour."""
    counted = image.quantize(256).convert("RGB").getcolors() or []
    return sum(
        count
        for count, found in counted
        if isinstance(found, tuple)
        and all(abs(found[part] - colour[part]) < 24 for part in range(3))
    )


async def test_every_kazakh_letter_and_the_tenge_sign_are_painted(
    painter: ThreadChartPainter,
) -> None:
    # A missing letter is a warning of matplotlib, and warnings are errors here.
    content = await painter.budget(LETTERS, [(LETTERS, 5, LETTERS[:10])], LETTERS)
    assert opened(content).width == WIDTH


async def test_a_page_of_long_names_is_a_small_file(painter: ThreadChartPainter) -> None:
    bars = [(LONG, 10 ** (9 - row), "784,99 млрд ₸") for row in range(8)]
    content = await painter.budget(LONG, bars, LONG)
    assert len(content) < LIMIT


async def test_longer_amounts_have_longer_bars(painter: ThreadChartPainter) -> None:
    half = opened(await painter.budget("T", [("a", 100, "1"), ("b", 50, "2")], ""))
    tiny = opened(await painter.budget("T", [("a", 100, "1"), ("b", 1, "2")], ""))
    assert near(half, MAIN) > near(tiny, MAIN) * 1.4


async def test_very_small_empty_and_negative_amounts_are_still_seen(
    painter: ThreadChartPainter,
) -> None:
    content = await painter.budget("T", [("a", 0, "0"), ("b", -5, "−5")], "")
    assert near(opened(content), MAIN) > 100


async def test_a_chart_of_nothing_is_still_a_picture(painter: ThreadChartPainter) -> None:
    assert opened(await painter.budget("", [], "")).width == WIDTH


async def test_words_are_never_formulas(painter: ThreadChartPainter) -> None:
    assert await painter.budget("$x^2$ and $\\frac{1}", [("$\\bad$", 1, "$1$")], "$")


async def test_a_word_longer_than_the_paper_is_cut(painter: ThreadChartPainter) -> None:
    word = await painter.budget("T", [("ұ" * 4000, 1, "1")], "")
    assert opened(word).height == opened(await painter.budget("T", [("ұ", 1, "1")], "")).height


async def test_a_label_takes_two_lines_at_most(painter: ThreadChartPainter) -> None:
    long = opened(await painter.budget("T", [(LONG, 1, "1")], ""))
    longer = opened(await painter.budget("T", [(LONG * 3, 1, "1")], ""))
    assert long.height == longer.height


async def test_many_projects_get_one_line_each(painter: ThreadChartPainter) -> None:
    few = opened(await painter.results("T", [(LONG, 5, True)] * 10, None, "yes", "no"))
    many = opened(await painter.results("T", [(LONG, 5, True)] * 11, None, "yes", "no"))
    assert many.height < few.height


async def test_the_threshold_is_marked_on_every_bar(painter: ThreadChartPainter) -> None:
    bars = [("a", 269, True), ("b", 12, True), ("c", 9, False), ("d", 0, False)]
    marked = opened(await painter.results("Хромтау 2020", bars, 10, "Қаржыланды", "Өтпеді"))
    plain = opened(await painter.results("Хромтау 2020", bars, None, "Қаржыланды", "Өтпеді"))
    assert near(marked, MARK) > 100
    assert near(plain, MARK) == 0


def waterfall() -> list[MoneyBar]:
    """Three projects: funded, too dear for what was left, funded."""
    return [
        MoneyBar("1. a", 0, 60, "60 ₸ · 9", is_funded=True),
        MoneyBar("2. b", 60, 50, "50 ₸ · 7", is_funded=False),
        MoneyBar("3. c", 60, 30, "30 ₸ · 5", is_funded=True),
    ]


def edges(image: Image.Image, colour: tuple[int, int, int]) -> list[tuple[int, int]]:
    """Return the first and last pixel of that colour in each row that has a bar of it."""
    found = []
    for y in range(image.height):
        row = [image.getpixel((x, y)) for x in range(image.width)]
        places = [
            x
            for x, pixel in enumerate(row)
            if isinstance(pixel, tuple) and all(abs(pixel[i] - colour[i]) < 8 for i in range(3))
        ]
        if len(places) > 60:
            found.append((places[0], places[-1]))
    return found


async def test_money_begins_where_the_money_spent_before_ends(painter: ThreadChartPainter) -> None:
    labels = ("funded", "not funded", "the fund ends")
    image = opened(await painter.spending("T", waterfall(), 100, labels))

    rows = edges(image, MAIN)
    first, third = rows[0], rows[-1]
    assert abs(first[1] - third[0]) < 4
    assert first[1] - first[0] > 1.8 * (third[1] - third[0])


async def test_a_line_stands_where_the_fund_ends(painter: ThreadChartPainter) -> None:
    labels = ("funded", "not funded", "the fund ends")
    image = opened(await painter.spending("T", waterfall(), 100, labels))
    (left, right), *_ = edges(image, MAIN)
    scale = (right - left) / 60
    marks = [
        x for x in range(left, image.width) if near(image.crop((x, 0, x + 1, image.height)), MARK)
    ]
    assert abs(max(marks) - (left + 100 * scale)) < 4


async def test_a_long_bar_of_a_project_that_was_not_funded_keeps_its_number(
    painter: ThreadChartPainter,
) -> None:
    content = await painter.results("T", [("a", 500, False)], None, "yes", "no")
    assert opened(content).width == WIDTH


async def test_two_people_asking_at_once_both_get_their_charts(
    painter: ThreadChartPainter,
) -> None:
    first, second = await asyncio.gather(
        painter.budget("A", [("a", 1, "1")], ""), painter.budget("A", [("a", 1, "1")], "")
    )
    assert first == second
