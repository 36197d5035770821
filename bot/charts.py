"""Paints charts that can be read on a phone 360 px wide."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from io import BytesIO
from typing import TYPE_CHECKING, Any, Final

from civic.ports import MoneyBar

if TYPE_CHECKING:
    from matplotlib.figure import Figure
    from matplotlib.font_manager import FontProperties

WIDTH: Final = 900
"""Pixels; a phone shows them at 0.4 of their size."""
_DOTS: Final = 100
_POINTS: Final = 72 / _DOTS
_MARGIN: Final = 36
_INSIDE: Final = WIDTH - 2 * _MARGIN

_TITLE: Final = 38
_LABEL: Final = 30
_NOTE: Final = 26
"""Sizes of letters in pixels."""
_LINE: Final = 1.28
"""Height of a line of text in its size."""
_LETTERS_AT_MOST: Final = 100
"""More letters than this never fit a line, so a text is cut to that before it is measured."""
_TITLE_LINES: Final = 3
_LABEL_LINES: Final = 2
_NOTE_LINES: Final = 3

_MANY: Final = 10
"""With more bars than this a label gets one line, so that the picture stays in sight."""
_BAR: Final = 34
_GAP: Final = 28
_SMALL_GAP: Final = 14
_LEAST_BAR: Final = 6
"""What is very small is still there."""

_PAPER: Final = "#ffffff"
_INK: Final = "#1d2b33"
_SOFT_INK: Final = "#52636d"
_TRACK: Final = "#eef2f3"
_MAIN: Final = "#0b7a75"
_OTHER: Final = "#a9b8bf"
_MARK: Final = "#c2410c"
_COLOURS: Final = 24
"""Flat colours and the edges of letters need no more, and a small file matters on a slow link."""


@dataclass(frozen=True, slots=True)
class _Bar:
    label: str
    amount: int
    value: str
    """Written beside the bar."""
    colour: str = _MAIN
    begins: int = 0
    above: str = ""
    """Written between the label and the bar, which may leave no room beside it."""


@dataclass(frozen=True, slots=True)
class _Chart:
    title: str
    bars: tuple[_Bar, ...]
    note: str = ""
    legend: tuple[tuple[str, str], ...] = ()
    """Colour and meaning."""
    mark: int | None = None
    """An amount at which every bar is crossed by a line."""


class ThreadChartPainter:
    """Implements `civic.ports.ChartPainter` with matplotlib, away from the event loop."""

    def __init__(self) -> None:
        """Paint one chart at a time: matplotlib's fonts are not safe in two threads at once."""
        self._painting = asyncio.Lock()

    async def budget(self, title: str, bars: Sequence[tuple[str, int, str]], note: str) -> bytes:
        """See the port."""
        rows = tuple(_Bar(label, amount, value) for label, amount, value in bars)
        return await self._paint(_Chart(title, rows, note))

    async def results(
        self,
        title: str,
        bars: Sequence[tuple[str, int, bool]],
        threshold: int | None,
        funded_label: str,
        other_label: str,
    ) -> bytes:
        """See the port."""
        rows = tuple(
            _Bar(label, votes, str(votes), _MAIN if funded else _OTHER)
            for label, votes, funded in bars
        )
        legend = ((_MAIN, funded_label), (_OTHER, other_label))
        return await self._paint(_Chart(title, rows, legend=legend, mark=threshold))

    async def spending(
        self, title: str, bars: Sequence[MoneyBar], fund: int, labels: tuple[str, str, str]
    ) -> bytes:
        """See the port."""
        rows = tuple(
            _Bar(
                bar.label,
                bar.cost,
                "",
                _MAIN if bar.is_funded else _OTHER,
                bar.begins,
                above=bar.value,
            )
            for bar in bars
        )
        legend = tuple(zip((_MAIN, _OTHER, _MARK), labels, strict=True))
        return await self._paint(_Chart(title, rows, legend=legend, mark=fund))

    async def _paint(self, chart: _Chart) -> bytes:
        async with self._painting:
            return await asyncio.to_thread(_png, chart)


def _png(chart: _Chart) -> bytes:
    # Matplotlib takes half a second and 40 MB to load: it waits until somebody wants a chart.
    from matplotlib.backends.backend_agg import FigureCanvasAgg  # noqa: PLC0415
    from matplotlib.figure import Figure  # noqa: PLC0415
    from PIL import Image  # noqa: PLC0415

    figure = Figure((WIDTH / _DOTS, 1), _DOTS, facecolor=_PAPER)
    # Matplotlib's canvas and renderer carry no types.
    canvas: Any = FigureCanvasAgg(figure)
    _Sheet(figure, canvas.get_renderer()).draw(chart)
    canvas.draw()
    image = Image.frombytes("RGBA", canvas.get_width_height(), bytes(canvas.buffer_rgba()))
    buffer = BytesIO()
    flat = image.convert("RGB").quantize(_COLOURS, dither=Image.Dither.NONE)
    flat.save(buffer, "PNG", optimize=True)
    return buffer.getvalue()


class _Sheet:
    """Paper as long as what is on it; places are pixels from the top left corner."""

    def __init__(self, figure: "Figure", ruler: Any) -> None:  # noqa: ANN401 - it has no types
        self._figure = figure
        self._ruler = ruler
        self._axes = figure.add_axes((0, 0, 1, 1))
        self._axes.set_axis_off()
        self._top: float = _MARGIN

    def draw(self, chart: _Chart) -> None:
        self._paragraph(chart.title, _TITLE, _TITLE_LINES, weight="bold")
        self._top += _SMALL_GAP
        for colour, meaning in chart.legend:
            self._box(_MARGIN, self._top + 5, _NOTE - 6, _NOTE - 6, colour)
            self._line(meaning, _NOTE, _SOFT_INK, left=_MARGIN + _NOTE + 4)
            self._top += _NOTE * _LINE
        self._top += _SMALL_GAP if chart.legend else 0
        self._bars(chart)
        self._paragraph(chart.note, _NOTE, _NOTE_LINES, colour=_SOFT_INK)
        self._cut()

    def _bars(self, chart: _Chart) -> None:
        lines = _LABEL_LINES if len(chart.bars) <= _MANY else 1
        largest = max((bar.begins + bar.amount for bar in chart.bars), default=0)
        scale = _INSIDE / max(largest, chart.mark or 0, 1)
        mark = None if chart.mark is None else chart.mark * scale
        for bar in chart.bars:
            self._paragraph(bar.label, _LABEL, lines)
            self._paragraph(bar.above, _NOTE, 1, weight="bold")
            self._top += 6
            length = max(_LEAST_BAR, bar.amount * scale)
            self._bar(bar, min(bar.begins * scale, _INSIDE - length), length, mark)
            self._top += _BAR + _GAP

    def _bar(self, bar: _Bar, begins: float, length: float, mark: float | None) -> None:
        self._box(_MARGIN, self._top, _INSIDE, _BAR, _TRACK)
        self._box(_MARGIN + begins, self._top, length, _BAR, bar.colour)
        if mark is not None:
            self._box(_MARGIN + mark - 3, self._top - 6, 6, _BAR + 12, _PAPER)
            self._box(_MARGIN + mark - 1, self._top - 6, 3, _BAR + 12, _MARK)
        width = self._width(bar.value, _LABEL, "bold")
        left, colour = length + _SMALL_GAP, _INK
        if left + width > _INSIDE:
            left, colour = length - _SMALL_GAP - width, _PAPER if bar.colour == _MAIN else _INK
        elif mark is not None and length <= mark <= left + width:
            left = mark + _SMALL_GAP
        self._line(bar.value, _LABEL, colour, left=_MARGIN + left, weight="bold", drop=-1)

    def _paragraph(
        self, text: str, size: int, lines: int, *, colour: str = _INK, weight: str = "normal"
    ) -> None:
        for line in self._wrapped(text, size, lines, weight):
            self._line(line, size, colour, weight=weight)
            self._top += size * _LINE

    def _line(
        self,
        text: str,
        size: int,
        colour: str,
        *,
        left: float = _MARGIN,
        weight: str = "normal",
        drop: float = 0,
    ) -> None:
        # A dollar sign is a dollar sign here, not the beginning of a formula.
        self._axes.text(
            left,
            self._top + size + drop,
            text,
            color=colour,
            fontproperties=_font(size, weight),
            parse_math=False,
        )

    def _box(self, left: float, top: float, width: float, height: float, colour: str) -> None:
        from matplotlib.patches import Rectangle  # noqa: PLC0415

        self._axes.add_patch(Rectangle((left, top), width, height, color=colour, linewidth=0))

    def _wrapped(self, text: str, size: int, limit: int, weight: str) -> list[str]:
        lines: list[str] = []
        for word in text[: _LETTERS_AT_MOST * (limit + 1)].split():
            longer = f"{lines[-1]} {word}" if lines else word
            if lines and self._width(longer, size, weight) <= _INSIDE:
                lines[-1] = longer
            else:
                lines.append(word)
        if len(lines) > limit:
            lines = [*lines[: limit - 1], f"{lines[limit - 1]}…"]
        return [self._fitted(line, size, weight) for line in lines]

    def _fitted(self, line: str, size: int, weight: str) -> str:
        cut = line if len(line) <= _LETTERS_AT_MOST else f"{line[:_LETTERS_AT_MOST]}…"
        while self._width(cut, size, weight) > _INSIDE:
            cut = cut.rstrip("…")[:-1].rstrip() + "…"
        return cut

    def _width(self, text: str, size: int, weight: str) -> float:
        width, _, _ = self._ruler.get_text_width_height_descent(
            text, _font(size, weight), ismath=False
        )
        return float(width)

    def _cut(self) -> None:
        height = round(self._top + _MARGIN)
        self._figure.set_size_inches(WIDTH / _DOTS, height / _DOTS)
        self._axes.set_xlim(0, WIDTH)
        self._axes.set_ylim(height, 0)


def _font(size: int, weight: str) -> "FontProperties":
    from matplotlib.font_manager import FontProperties  # noqa: PLC0415

    # It comes with matplotlib and has every Kazakh letter and the tenge sign.
    return FontProperties(family="DejaVu Sans", weight=weight, size=size * _POINTS)
