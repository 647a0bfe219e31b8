"""The parties of the large ecosystem: ids, names in Chinese or English, regions, sizes."""

from __future__ import annotations

from typing import Any, TypeAlias

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from examples.large.shape import FOCAL, Shape

REGIONS = ("华东", "华南", "华北", "华中", "西南", "东北", "西北", "Europe", "North America", "Southeast Asia")
REGION_SHARES = (0.29, 0.18, 0.13, 0.11, 0.1, 0.06, 0.05, 0.03, 0.02, 0.03)
"""About the regions' shares of China's economic output, with a tenth abroad."""
COUNTRIES = (*["CN"] * 7, "DE", "US", "SG")
SIZE_CLASSES, SIZE_SHARES = ("micro", "small", "medium", "large", "mega"), (0.62, 0.25, 0.1, 0.025, 0.005)
_FIRST = ("Haiyue", "东方", "Golden", "华兴", "Blue", "新世纪", "North", "瑞丰", "Sunrise", "金桥", "Pacific", "长城", "Silver", "永盛", "Green", "宏达")
Texts: TypeAlias = Any
"""An Arrow array of texts."""


def numbered(letters: Any, numbers: Any) -> Texts:
    """Ids: a letter and eight digits, in the order of the numbers."""
    return pc.binary_join_element_wise(letters, pc.utf8_lpad(pc.cast(pa.array(numbers), pa.string()), 8, "0"), "")


def party_ids(shape: Shape) -> Texts:
    """The ids of all parties by their number."""
    sizes = np.diff(shape.first)
    letters = pa.array([group.letter for group in shape.groups]).take(pa.array(np.repeat(np.arange(len(sizes)), sizes)))
    return pa.concat_arrays([pa.array([FOCAL]), numbered(letters, np.arange(1, shape.parties))])


def party_table(shape: Shape, ids: Texts) -> pa.Table:
    """All parties as records."""
    chance = shape.random("parties")
    n = shape.parties
    group = np.concatenate([[0], np.repeat(np.arange(len(shape.groups)), np.diff(shape.first))])
    region = chance.choice(len(REGIONS), n, p=REGION_SHARES)
    size = chance.choice(len(SIZE_CLASSES), n, p=SIZE_SHARES)
    kinds = pa.array([each.kind for each in shape.groups]).take(pa.array(group))
    names = pc.binary_join_element_wise(
        pa.array(_FIRST).take(pa.array(chance.integers(0, len(_FIRST), n))),
        pa.array([each.word for each in shape.groups]).take(pa.array(group)),
        pc.cast(pa.array(np.arange(n)), pa.string()),
        " ",
    )
    first = np.arange(n) == 0
    return pa.table({
        "type": pa.array(["party"]).take(pa.array(np.zeros(n, np.int8))), "id": ids, "name": pc.if_else(pa.array(first), "海悦试验 Haiyue Trial", names),
        "kind": pc.if_else(pa.array(first), "organization", kinds), "country": pa.array(COUNTRIES).take(pa.array(region)),
        "region": pa.array(REGIONS).take(pa.array(region)),
        "market_tier": pa.array(chance.choice(5, n, p=(0.2, 0.3, 0.25, 0.15, 0.1)).astype(np.int32) + 1),
        "size_class": pc.if_else(pc.equal(kinds, "organization"), pa.array(SIZE_CLASSES).take(pa.array(size)), None),
    })  # fmt: skip
