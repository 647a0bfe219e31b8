"""Charts of a report as SVG, drawn by matplotlib: the same data gives the same bytes, text stays text.

Every number that a chart writes also stands in the table beside it; bars carry their values, so that no axis is needed.
"""

from __future__ import annotations

import io
import logging
import re
import warnings
from collections.abc import Callable, Sequence
from typing import Any

import matplotlib as mpl
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.figure import Figure as Canvas
from matplotlib.lines import Line2D
from matplotlib.patches import Rectangle

from service.reports.content.chart_data import Bars, Chart, Map, Pairs

INK, MUTED, RULE, GAP = "#1f2933", "#66727f", "#d5dbe1", "#c3cad1"
SERIES = ("#1d3f5e", "#4f7ea6", "#8fb0c9", "#c08a3e", "#7a5c7e", "#5d7f5f")
"""One colour a part, in order; told apart in grey print by lightness as well."""
WIDTH_IN, ROW_IN, BAR_IN, LEGEND_IN = 7.2, 0.26, 0.165, 0.32
LABEL_IN, VALUE_IN = 2.2, 0.95
"""Room for labels on the left, and for the value at the end of a bar."""
FONT = "DejaVu Sans"
"""matplotlib brings it and measures with it; the page's own fonts, with Chinese ones, are named in its place (see ``_as_text``)."""
_OPTIONS: Any = {
    "svg.fonttype": "none",
    "svg.hashsalt": "stakeholder-graph",
    "font.family": [FONT],
    "font.size": 8.5,
    "text.color": INK,
    "axes.edgecolor": RULE,
    "axes.labelcolor": MUTED,
    "xtick.color": MUTED,
    "ytick.color": INK,
    "axes.linewidth": 0.6,
    "text.parse_math": False,
    "hatch.linewidth": 0.5,
}


def drawn(chart: Chart, title: str) -> str:
    """The SVG of a chart, to stand in a page; ``title`` is what a screen reader says."""
    with mpl.rc_context(_OPTIONS), warnings.catch_warnings():
        # Chinese labels are measured with a font that lacks them; the reader's browser draws them with one that has them.
        warnings.filterwarnings("ignore", message="Glyph .* missing from", category=UserWarning)
        canvas = Canvas(figsize=(WIDTH_IN, _height(chart)))
        FigureCanvasSVG(canvas)
        _DRAW[type(chart)](chart, canvas)
        sink = io.StringIO()
        canvas.savefig(sink, format="svg", transparent=True, metadata={"Date": None, "Creator": None, "Format": None, "Type": None})
    return _as_text(sink.getvalue(), title)


def _height(chart: Chart) -> float:
    if isinstance(chart, Map):
        return 3.9
    rows = len(chart.bars) if isinstance(chart, Bars) else len(chart.pairs)
    legend = isinstance(chart, Pairs) or bool(chart.series)
    return ROW_IN * max(rows, 1) + (LEGEND_IN if legend else 0.0) + 0.06


class _Rows:
    """Rows read from the top, in inches: rectangles and texts without axes, which cost matplotlib more than all the rest."""

    def __init__(self, canvas: Canvas, legend: bool) -> None:
        self.canvas = canvas
        self.height = canvas.get_figheight()
        self.top = LEGEND_IN if legend else 0.02

    def middle(self, row: int) -> float:
        """The height of a row's middle, from below."""
        return self.height - self.top - ROW_IN * (row + 0.5)

    def box(self, left: float, row: int, width: float, color: str, apart: bool = False) -> None:
        bottom = (self.middle(row) - BAR_IN / 2) / self.height
        style: dict[str, Any] = {"facecolor": "white", "edgecolor": MUTED, "hatch": "////", "linewidth": 0.6} if apart else {"facecolor": color, "linewidth": 0}
        self.canvas.add_artist(Rectangle((left / WIDTH_IN, bottom), width / WIDTH_IN, BAR_IN / self.height, transform=self.canvas.transFigure, **style))

    def write(self, left: float, height: float, text: str, align: str = "left", color: str = INK, size: float = 8.5) -> None:
        self.canvas.text(left / WIDTH_IN, height / self.height, text, ha=align, va="center_baseline", color=color, fontsize=size)

    def rule(self, left: float, rows: int) -> None:
        ends = (self.middle(0) + ROW_IN / 2) / self.height, (self.middle(rows - 1) - ROW_IN / 2) / self.height
        self.canvas.add_artist(Line2D([left / WIDTH_IN] * 2, ends, transform=self.canvas.transFigure, color=RULE, linewidth=0.8))

    def legend(self, entries: Sequence[str], right: float) -> None:
        """From the right, so that it ends where the bars may end."""
        height = self.height - 0.1
        for number in reversed(range(len(entries))):
            right -= _width(entries[number]) + 0.06
            self.write(right, height, entries[number], color=MUTED, size=8)
            square = (right - 0.16) / WIDTH_IN, (height - 0.045) / self.height
            self.canvas.add_artist(
                Rectangle(square, 0.09 / WIDTH_IN, 0.09 / self.height, transform=self.canvas.transFigure, facecolor=SERIES[number % len(SERIES)], linewidth=0)
            )
            right -= 0.3


def _bars(chart: Bars, canvas: Canvas) -> None:
    rows = _Rows(canvas, bool(chart.series))
    longest = max((sum(bar.values) for bar in chart.bars), default=0.0) or 1.0
    scale = (WIDTH_IN - LABEL_IN - VALUE_IN) / longest
    if chart.bars:
        rows.rule(LABEL_IN, len(chart.bars))
    for row, bar in enumerate(chart.bars):
        left = LABEL_IN
        for number, value in enumerate(bar.values):
            if value > 0:
                rows.box(left, row, value * scale, SERIES[number % len(SERIES)], bar.apart)
                left += value * scale
        rows.write(LABEL_IN - 0.08, rows.middle(row), _short(bar.label), "right")
        rows.write(left + 0.05, rows.middle(row), bar.written)
    if chart.series:
        rows.legend(chart.series, WIDTH_IN)


def _pairs(chart: Pairs, canvas: Canvas) -> None:
    rows = _Rows(canvas, legend=True)
    left_most, right_most = (max((getattr(pair, side) for pair in chart.pairs), default=0.0) for side in ("left", "right"))
    room = WIDTH_IN - LABEL_IN - 2 * VALUE_IN - 0.1
    scale = room / ((left_most + right_most) or 1.0)
    middle = LABEL_IN + VALUE_IN + left_most * scale
    if chart.pairs:
        rows.rule(middle, len(chart.pairs))
    for row, pair in enumerate(chart.pairs):
        height = rows.middle(row)
        rows.box(middle - pair.left * scale, row, pair.left * scale, SERIES[0])
        rows.box(middle, row, pair.right * scale, SERIES[3])
        rows.write(LABEL_IN - 0.08, height, _short(pair.label), "right")
        rows.write(middle - pair.left * scale - 0.05, height, pair.left_written, "right")
        rows.write(middle + pair.right * scale + 0.05, height, pair.right_written)
    rows.write(middle - 0.05, rows.height - 0.1, chart.left, "right", MUTED, 8)
    rows.write(middle + 0.05, rows.height - 0.1, chart.right, "left", MUTED, 8)


def _map(chart: Map, canvas: Canvas) -> None:
    axes = canvas.add_axes((0.075, 0.1, 0.9, 0.87))
    axes.spines[["top", "right"]].set_visible(False)
    axes.grid(color=RULE, linewidth=0.4)
    axes.set_axisbelow(True)
    axes.tick_params(length=0)
    unnamed = [point for point in chart.points if not point.label]
    named = [point for point in chart.points if point.label]
    axes.scatter([point.x for point in unnamed], [point.y for point in unnamed], s=13, color=GAP, linewidth=0)
    axes.scatter([point.x for point in named], [point.y for point in named], s=26, color=SERIES[0], linewidth=0)
    right = max((point.x for point in chart.points), default=1.0) or 1.0
    top = max((point.y for point in chart.points), default=1.0) or 1.0
    axes.set_xlim(-right * 0.015, right * 1.2)
    axes.set_ylim(-top * 0.02, top * 1.08)
    for point, height in zip(named, _spread([point.y for point in named], [point.x for point in named], top, right), strict=True):
        moved = abs(height - point.y) > top * 0.004
        axes.annotate(
            _short(point.label),
            (point.x, point.y),
            (point.x + right * 0.012, height),
            va="center",
            ha="left",
            fontsize=8,
            arrowprops={"arrowstyle": "-", "color": GAP, "linewidth": 0.5, "shrinkA": 0, "shrinkB": 0} if moved else None,
        )
    axes.set_xlabel(chart.x)
    axes.set_ylabel(chart.y)
    for ticks, name in ((axes.get_xticklabels(), "x"), (axes.get_yticklabels(), "y")):
        for number, tick in enumerate(ticks):
            tick.set_gid(f"scale-{name}-{number}")


def _spread(heights: Sequence[float], places: Sequence[float], top: float, right: float) -> list[float]:
    """Heights of labels such that none stands on another: from the lowest up, each moved up by as little as it takes."""
    step = top * 0.046
    result = list(heights)
    done: list[int] = []
    for number in sorted(range(len(result)), key=lambda place: (heights[place], -places[place])):
        for other in sorted(done, key=lambda place: result[place]):
            if abs(places[other] - places[number]) < right * 0.32 and abs(result[number] - result[other]) < step:
                result[number] = result[other] + step
        done.append(number)
    return result


def _short(label: str, width: int = 34) -> str:
    """A label that fits beside the chart: a Chinese character is as wide as two Latin ones."""
    used = 0
    for place, character in enumerate(label):
        used += 2 if ord(character) > 0x2E7F else 1
        if used > width:
            return label[:place].rstrip() + "…"
    return label


def _width(text: str) -> float:
    """About as wide as a text is, in inches, whatever font draws it."""
    return 0.062 * sum(1.85 if ord(character) > 0x2E7F else 1 for character in text)


def _as_text(svg: str, title: str) -> str:
    """The bare ``<svg>`` element with the page's fonts and a name for screen readers."""
    svg = svg[svg.index("<svg") :].replace(f"'{FONT}', sans-serif", "var(--font)").replace(f"'{FONT}'", "var(--font)")
    svg = re.sub(r"<metadata>.*?</metadata>\s*", "", svg, flags=re.DOTALL)
    svg = re.sub(r'(<svg[^>]*?) width="[^"]*"', r"\1", svg, count=1)
    svg = re.sub(r'(<svg[^>]*?) height="[^"]*"', r"\1", svg, count=1)
    svg = re.sub(r' id="scale-[xy]-\d+"', ' class="scale"', svg)
    svg = re.sub(r' id="[A-Za-z0-9.]+_\d+"', "", svg)  # matplotlib's own names: they would stand in the page once a chart
    name = title.replace("&", "&amp;").replace("<", "&lt;").replace('"', "&quot;")
    return svg.replace("<svg", f'<svg role="img" aria-label="{name}"', 1)


_DRAW: dict[type, Callable[[Any, Canvas], None]] = {Bars: _bars, Pairs: _pairs, Map: _map}
# The fonts of other systems are not searched for: nothing is drawn with them here.
logging.getLogger("matplotlib.font_manager").setLevel(logging.ERROR)
