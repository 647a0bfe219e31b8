"""Charts of a report as SVG, drawn by matplotlib: the same data gives the same bytes, text stays text.

Every number that a chart writes also stands in the table beside it; bars carry their values, so that no axis is needed.
"""

from __future__ import annotations

import io
import logging
import re
import warnings
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple, TypeAlias

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.figure import Figure as Canvas

INK, MUTED, RULE, GAP = "#1f2933", "#66727f", "#d5dbe1", "#c3cad1"
SERIES = ("#1d3f5e", "#4f7ea6", "#8fb0c9", "#c08a3e", "#7a5c7e", "#5d7f5f")
"""One colour a part, in order; told apart in grey print by lightness as well."""
WIDTH_IN, ROW_IN = 7.2, 0.27
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


class Bar(NamedTuple):
    """One row: its label, its segments in the order of the series, what is written at its end; ``apart`` is hatched."""

    label: str
    values: Sequence[float]
    written: str
    apart: bool = False


class Bars(NamedTuple):
    """Horizontal bars, stacked by series; without ``series`` a plain bar chart."""

    bars: Sequence[Bar]
    series: Sequence[str] = ()


class Pair(NamedTuple):
    """One row of two amounts, to the left and to the right."""

    label: str
    left: float
    right: float
    left_written: str
    right_written: str


class Pairs(NamedTuple):
    """Two amounts a row, back to back."""

    pairs: Sequence[Pair]
    left: str
    right: str


class Point(NamedTuple):
    """One party on a map; only those with a label are named."""

    x: float
    y: float
    label: str = ""


class Map(NamedTuple):
    """Parties by two scores."""

    points: Sequence[Point]
    x: str
    y: str


Chart: TypeAlias = Bars | Pairs | Map


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
    return ROW_IN * max(rows, 1) + (0.42 if legend else 0.12)


def _plain(canvas: Canvas, rows: int, left: float = 0.3, legend: bool = False) -> Axes:
    """Axes for rows that are read from the top, without a frame."""
    top = 0.36 / canvas.get_figheight() if legend else 0.02
    axes = canvas.add_axes((left, 0.02, 0.98 - left, 0.96 - top))
    axes.set_ylim(rows - 0.5, -0.5)
    axes.set_xticks([])
    axes.spines[["top", "right", "bottom"]].set_visible(False)
    axes.tick_params(axis="y", length=0, pad=6)
    return axes


def _bars(chart: Bars, canvas: Canvas) -> None:
    rows = len(chart.bars)
    axes = _plain(canvas, rows, legend=bool(chart.series))
    places = list(range(rows))
    starts = [0.0] * rows
    for number in range(max((len(bar.values) for bar in chart.bars), default=0)):
        widths = [bar.values[number] if number < len(bar.values) else 0.0 for bar in chart.bars]
        drawn_bars = axes.barh(places, widths, left=starts, height=0.62, color=SERIES[number % len(SERIES)], linewidth=0)
        for bar, patch in zip(chart.bars, drawn_bars, strict=True):
            if bar.apart:
                patch.set(facecolor="white", edgecolor=MUTED, hatch="////", linewidth=0.6)
        starts = [start + width for start, width in zip(starts, widths, strict=True)]
    longest = max(starts, default=0.0) or 1.0
    axes.set_xlim(0, longest * 1.16)
    for place, (bar, end) in enumerate(zip(chart.bars, starts, strict=True)):
        axes.text(end + longest * 0.012, place, bar.written, va="center", ha="left", color=INK)
    axes.set_yticks(places, [_short(bar.label) for bar in chart.bars])
    if chart.series:
        _legend(canvas, axes, chart.series)


def _legend(canvas: Canvas, axes: Axes, series: Sequence[str]) -> None:
    handles = [mpl.patches.Patch(facecolor=SERIES[number % len(SERIES)], linewidth=0) for number in range(len(series))]
    canvas.legend(
        handles,
        series,
        loc="upper right",
        ncols=len(series),
        frameon=False,
        fontsize=8,
        handlelength=0.9,
        handleheight=0.9,
        columnspacing=1.4,
        borderaxespad=0.1,
        labelcolor=MUTED,
    )


def _pairs(chart: Pairs, canvas: Canvas) -> None:
    rows = len(chart.pairs)
    axes = _plain(canvas, rows, legend=True)
    places = list(range(rows))
    longest = max((max(pair.left, pair.right) for pair in chart.pairs), default=0.0) or 1.0
    axes.barh(places, [-pair.left for pair in chart.pairs], height=0.62, color=SERIES[0], linewidth=0)
    axes.barh(places, [pair.right for pair in chart.pairs], height=0.62, color=SERIES[3], linewidth=0)
    axes.set_xlim(-longest * 1.42, longest * 1.42)
    axes.axvline(0, color=INK, linewidth=0.6)
    axes.spines["left"].set_visible(False)
    for place, pair in enumerate(chart.pairs):
        axes.text(-pair.left - longest * 0.02, place, pair.left_written, va="center", ha="right")
        axes.text(pair.right + longest * 0.02, place, pair.right_written, va="center", ha="left")
    axes.set_yticks(places, [_short(pair.label) for pair in chart.pairs])
    axes.text(-longest * 0.03, -0.72, chart.left, ha="right", va="bottom", color=MUTED, fontsize=8)
    axes.text(longest * 0.03, -0.72, chart.right, ha="left", va="bottom", color=MUTED, fontsize=8)


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
    """Heights of labels such that no two that are near each other overlap, each as near to its point as it goes."""
    step = top * 0.043
    result = list(heights)
    for number in sorted(range(len(result)), key=lambda place: -heights[place]):
        near = sorted(
            (result[other] for other in range(len(result)) if _drawn_before(other, number, heights) and abs(places[other] - places[number]) < right * 0.3),
            reverse=True,
        )
        for height in near:
            if abs(result[number] - height) < step:
                result[number] = height - step
    return result


def _drawn_before(other: int, number: int, heights: Sequence[float]) -> bool:
    return (-heights[other], other) < (-heights[number], number)


def _short(label: str, width: int = 34) -> str:
    """A label that fits beside the chart: a Chinese character is as wide as two Latin ones."""
    used = 0
    for place, character in enumerate(label):
        used += 2 if ord(character) > 0x2E7F else 1
        if used > width:
            return label[:place].rstrip() + "…"
    return label


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
