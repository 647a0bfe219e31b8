"""Columns of Arrow as texts: of any type, every value becomes a text or an error of its row; nested ones are columns ``a.b``."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from graph_models.errors import FieldError
from service.imports.cells.cell_texts import SECOND, clock_text, float_text, length_text
from service.imports.formats.table import LIST_SEPARATOR

Texts = list["str | FieldError"]
_UNITS = {"s": SECOND, "ms": 1_000_000, "us": 1_000, "ns": 1}
_DAY = 86_400 * SECOND
_FIRST_DAY = date(1970, 1, 1)
_is = pa.types


def names_in(name: str, kind: pa.DataType) -> list[str]:
    """The columns that a column of a type becomes."""
    kind = _stored(kind)
    inner = _item(kind) if _is_list(kind) else kind
    if _is.is_struct(inner):
        return [column for field in inner for column in names_in(f"{name}.{field.name}", field.type)]
    return [name]


def columns_of(name: str, array: pa.Array) -> Iterator[Texts]:
    """The texts of each of these columns, in the same order. Of a list of objects only one item reads as the object itself."""
    array = _plain(array)
    if _is.is_struct(array.type):
        for field, child in zip(array.type, array.flatten(), strict=True):
            yield from columns_of(f"{name}.{field.name}", child)
    elif _is_list(array.type) and _is.is_struct(_item(array.type)):
        lengths = pc.fill_null(pc.list_value_length(array), 0).to_numpy(zero_copy_only=False)
        starts = np.cumsum(lengths) - lengths
        first = _plain(array.flatten()).take(pa.array(starts, pa.int64(), mask=lengths != 1))
        several = FieldError("nested-list", f"{name!r} is a list of several objects, which has no place in a table", name)
        for texts in columns_of(name, first):
            yield [several if length > 1 else text for length, text in zip(lengths, texts, strict=True)]
    else:
        yield _texts(name, array)


def _texts(name: str, array: pa.Array) -> Texts:
    try:
        return _maker(array.type)(name, array)
    except (pa.ArrowException, ValueError, TypeError, OverflowError, KeyError, NotImplementedError):
        pass
    return [_text_alone(name, array.slice(place, 1)) for place in range(len(array))]


def _text_alone(name: str, value: pa.Array) -> str | FieldError:
    """One value by itself: where it cannot be given, the others of its column are."""
    if value.null_count:
        return ""
    try:
        return _maker(value.type)(name, value)[0]
    except (pa.ArrowException, ValueError, TypeError, OverflowError, KeyError, NotImplementedError) as error:
        return FieldError("bad-value", f"a value of the type {value.type} cannot be read here ({str(error)[:100]})", name)


def _maker(kind: pa.DataType) -> Callable[[str, pa.Array], Texts]:
    return next(make for fits, make in _MAKERS if fits(kind))


# --- one function for each kind of type


def _nothing(_: str, array: pa.Array) -> Texts:
    return [""] * len(array)


def _cast(_: str, array: pa.Array) -> Texts:
    return array.cast(pa.string()).fill_null("").to_pylist()  # type: ignore[no-any-return]


def _strings(name: str, array: pa.Array) -> Texts:
    try:
        return _cast(name, array)
    except UnicodeDecodeError:
        return _bytes(name, array)


def _truths(_: str, array: pa.Array) -> Texts:
    words = {None: "", True: "true", False: "false"}
    return [words[value] for value in array.to_pylist()]


def _floats(_: str, array: pa.Array) -> Texts:
    return ["" if value is None else float_text(value) for value in array.to_pylist()]


def _short_floats(_: str, array: pa.Array) -> Texts:
    """Those of 16 and 32 bits have their own shortest text."""
    numbers = array.fill_null(0).to_numpy(zero_copy_only=False)
    there = array.is_valid().to_pylist()
    return [float_text(float(str(number))) if valid else "" for number, valid in zip(numbers, there, strict=True)]


def _decimals(_: str, array: pa.Array) -> Texts:
    return ["" if value is None else format(Decimal(value), "f") for value in array.to_pylist()]


def _bytes(name: str, array: pa.Array) -> Texts:
    fault = FieldError("bad-value", "these bytes are no UTF-8 text", name)
    return ["" if value is None else text if (text := _decoded(value)) is not None else fault for value in array.cast(pa.binary()).to_pylist()]


def _decoded(value: bytes) -> str | None:
    try:
        return value.decode()
    except UnicodeDecodeError:
        return None


def _days(name: str, array: pa.Array) -> Texts:
    days = array.cast(pa.int32()) if _is.is_date32(array.type) else pc.floor(pc.divide(array.cast(pa.int64()).cast(pa.float64()), 86_400_000.0))
    return ["" if value is None else _day_text(name, int(value)) for value in days.to_pylist()]


def _day_text(name: str, days: int) -> str | FieldError:
    try:
        return (_FIRST_DAY + timedelta(days=days)).isoformat()
    except OverflowError:
        return FieldError("bad-value", "the day is before the year 1 or after 9999", name)


def _moments(name: str, array: pa.Array) -> Texts:
    unit, zone = _UNITS[array.type.unit], None if array.type.tz is None else _zone(array.type.tz)
    return ["" if value is None else _moment_text(name, value * unit, zone) for value in array.cast(pa.int64()).to_pylist()]


def _moment_text(name: str, nanoseconds: int, zone: Any) -> str | FieldError:
    """A day, with its time where it has one; in a zone, the time there and how far it is from UTC."""
    days, rest = divmod(nanoseconds, _DAY)
    after = ""
    if zone is not None:
        try:
            there = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(days=days, seconds=rest // SECOND)
            offset = there.astimezone(zone).utcoffset() or timedelta()
        except OverflowError:
            return FieldError("bad-value", "the time is before the year 1 or after 9999", name)
        days, rest = divmod(nanoseconds + round(offset.total_seconds()) * SECOND, _DAY)
        after = (datetime.min.replace(tzinfo=timezone(offset))).strftime("%z")
        after = f"{after[:3]}:{after[3:5]}"
    day = _day_text(name, days)
    if isinstance(day, FieldError) or not rest:
        return day
    return f"{day} {clock_text(rest)}{after}"


@lru_cache(maxsize=64)
def _zone(name: str) -> Any:
    if name[:1] in "+-":
        hours, minutes = int(name[1:3]), int(name[4:6] or 0)
        return timezone((-1 if name[0] == "-" else 1) * timedelta(hours=hours, minutes=minutes))
    return ZoneInfo(name)


def _clocks(_: str, array: pa.Array) -> Texts:
    unit = _UNITS[array.type.unit]
    numbers = array.cast(pa.int32() if _is.is_time32(array.type) else pa.int64()).to_pylist()
    return ["" if value is None else clock_text(value * unit) for value in numbers]


def _lengths(_: str, array: pa.Array) -> Texts:
    unit = _UNITS[array.type.unit]
    return ["" if value is None else length_text(value * unit) for value in array.cast(pa.int64()).to_pylist()]


def _lists(name: str, array: pa.Array) -> Texts:
    """Plain values one a line of the cell."""
    lengths = pc.fill_null(pc.list_value_length(array), 0).to_pylist()
    values = _plain(array.flatten())
    if _is_nested(values.type):
        fault = FieldError("nested-list", f"{name!r} is a list of lists or maps, which has no place in a table", name)
        return [fault if length else "" for length in lengths]
    items, found, begin = _texts(name, values), [], 0
    for length in lengths:
        found.append(_joined(name, items[begin : begin + length]))
        begin += length
    return found


def _joined(name: str, items: Texts) -> str | FieldError:
    texts = [item for item in items if isinstance(item, str)]
    if len(texts) < len(items):
        return next(item for item in items if isinstance(item, FieldError))
    if any(LIST_SEPARATOR in text for text in texts):
        return FieldError("nested-list", f"an item of the list {name!r} has a line end in it", name)
    return LIST_SEPARATOR.join(texts)


def _maps(name: str, array: pa.Array) -> Texts:
    fault = FieldError("nested-list", f"{name!r} is a map, which has no place in a table", name)
    return [fault if value.is_valid and len(value.values) else "" for value in array]


def _other(name: str, array: pa.Array) -> Texts:
    fault = FieldError("bad-value", f"a value of the type {array.type} has no place in a table", name)
    return [fault if value.is_valid else "" for value in array]


def _uuids(_: str, array: pa.Array) -> Texts:
    return ["" if value is None else str(value if isinstance(value, uuid.UUID) else uuid.UUID(bytes=value)) for value in array.to_pylist()]


# --- what types are


def _is_list(kind: pa.DataType) -> bool:
    return bool(_is.is_list(kind) or _is.is_large_list(kind) or _is.is_fixed_size_list(kind) or _is.is_list_view(kind) or _is.is_large_list_view(kind))


def _item(kind: pa.DataType) -> pa.DataType:
    return _stored(kind.value_type)


def _is_nested(kind: pa.DataType) -> bool:
    return bool(_is_list(kind) or _is.is_struct(kind) or _is.is_map(kind) or _is.is_union(kind))


def _is_uuid(kind: pa.DataType) -> bool:
    return getattr(kind, "extension_name", "") == "arrow.uuid"


def _stored(kind: pa.DataType) -> pa.DataType:
    """The type of the values themselves, however they are kept."""
    while _is.is_dictionary(kind) or _is.is_run_end_encoded(kind) or (isinstance(kind, pa.BaseExtensionType) and not _is_uuid(kind)):
        kind = kind.storage_type if isinstance(kind, pa.BaseExtensionType) else kind.value_type
    return kind


def _plain(array: pa.Array) -> pa.Array:
    """The values themselves, however they are kept."""
    while True:
        if _is.is_dictionary(array.type):
            array = array.dictionary_decode()
        elif _is.is_run_end_encoded(array.type):
            array = pc.run_end_decode(array)
        elif isinstance(array.type, pa.BaseExtensionType) and not _is_uuid(array.type):
            array = array.storage
        else:
            return array


_MAKERS: tuple[tuple[Callable[[pa.DataType], Any], Callable[[str, pa.Array], Texts]], ...] = (
    (_is.is_null, _nothing),
    (_is.is_integer, _cast),
    (_is.is_boolean, _truths),
    (_is.is_float64, _floats),
    (_is.is_floating, _short_floats),
    (_is.is_decimal, _decimals),
    (lambda kind: _is.is_string(kind) or _is.is_large_string(kind) or _is.is_string_view(kind), _strings),
    (_is.is_date, _days),
    (_is.is_timestamp, _moments),
    (_is.is_time, _clocks),
    (_is.is_duration, _lengths),
    (_is_uuid, _uuids),
    (lambda kind: _is.is_binary(kind) or _is.is_large_binary(kind) or _is.is_fixed_size_binary(kind) or _is.is_binary_view(kind), _bytes),
    (_is_list, _lists),
    (_is.is_map, _maps),
    (lambda _: True, _other),
)
