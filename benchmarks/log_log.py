"""How something grows, as a picture: a line a series on two logarithmic axes, with its exponent. SVG, no library."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import ceil, floor, log10

import numpy as np

WIDTH, HEIGHT, LEFT, RIGHT, TOP, BOTTOM = 860, 520, 70, 270, 30, 45
COLORS = ("#1b6ca8", "#c8553d", "#2e7d32", "#8e44ad", "#b8860b", "#00838f", "#6d4c41", "#455a64", "#ad1457", "#558b2f")


def exponent(sizes: Sequence[float], values: Sequence[float]) -> float:
    """The slope of the line through the logarithms: 1 grows as the sizes do."""
    if len(set(sizes)) < 2:
        return float("nan")  # one point has no slope
    return float(np.polyfit(np.log(sizes), np.log(np.maximum(values, 1e-6)), 1)[0])


def picture(title: str, unit: str, sizes: Sequence[int], series: Mapping[str, Sequence[float]]) -> str:
    """The SVG. Each series has a value a size."""
    everything = [value for values in series.values() for value in values if value > 0]
    low, high = floor(log10(min(everything))), ceil(log10(max(everything)))
    first, last = log10(sizes[0]), log10(sizes[-1])

    def x(size: float) -> float:
        return LEFT + (log10(size) - first) / (last - first) * (WIDTH - LEFT - RIGHT)

    def y(value: float) -> float:
        return HEIGHT - BOTTOM - (log10(max(value, 10.0**low)) - low) / (high - low) * (HEIGHT - TOP - BOTTOM)

    lines = [f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{HEIGHT}" font-family="sans-serif" font-size="12">']
    lines += ['<rect width="100%" height="100%" fill="white"/>', f'<text x="{LEFT}" y="18" font-weight="bold">{title}</text>']
    for power in range(low, high + 1):
        at = y(10.0**power)
        lines.append(f'<line x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{at:.1f}" y2="{at:.1f}" stroke="#ddd"/>')
        lines.append(f'<text x="{LEFT - 8}" y="{at + 4:.1f}" text-anchor="end">{10.0**power:g} {unit}</text>')
    for size in sizes:
        lines.append(f'<line x1="{x(size):.1f}" x2="{x(size):.1f}" y1="{TOP}" y2="{HEIGHT - BOTTOM}" stroke="#eee"/>')
        lines.append(f'<text x="{x(size):.1f}" y="{HEIGHT - BOTTOM + 18}" text-anchor="middle">{size:,} parties</text>')
    for place, (name, values) in enumerate(sorted(series.items(), key=lambda item: -item[1][-1])):
        color = COLORS[place % len(COLORS)]
        points = " ".join(f"{x(size):.1f},{y(value):.1f}" for size, value in zip(sizes, values, strict=True))
        lines.append(f'<polyline points="{points}" fill="none" stroke="{color}" stroke-width="2"/>')
        at = TOP + 14 + 18 * place
        lines.append(f'<line x1="{WIDTH - RIGHT + 14}" x2="{WIDTH - RIGHT + 34}" y1="{at - 4}" y2="{at - 4}" stroke="{color}" stroke-width="3"/>')
        lines.append(f'<text x="{WIDTH - RIGHT + 40}" y="{at}">{name}: n^{exponent(sizes, values):.2f}</text>')
    return "\n".join([*lines, "</svg>", ""])
