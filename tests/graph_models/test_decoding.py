"""One decoder: what is wrong with a value has the same code and a path wherever it comes from."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import msgspec
import pytest

from graph_models.decoding import decode_query, decode_request
from graph_models.errors import FieldError, InvalidInput


class Inner(msgspec.Struct, forbid_unknown_fields=True):
    size: int
    shape: Literal["round", "square"] = "round"


class Outer(msgspec.Struct, forbid_unknown_fields=True, rename={"begin": "from"}):
    parts: list[Inner | str] = []
    weights: dict[str, float] = {}
    limit: Annotated[int, msgspec.Meta(ge=1, le=5)] = 1
    name: Annotated[str, msgspec.Meta(min_length=1, pattern="^[a-z]*$")] = "a"
    begin: str | None = None


def refused(fields: Any, kind: Any = Outer) -> FieldError:
    with pytest.raises(InvalidInput) as caught:
        decode_request(fields, kind)
    return caught.value.errors[0]


@pytest.mark.parametrize(
    ("fields", "code", "field"),
    [
        ({"bogus": 1}, "unknown-field", "bogus"),
        ({"parts": [{"size": 1}, {"size": 1, "bogus": 1}]}, "unknown-field", "parts[1].bogus"),
        ({"parts": [{}]}, "missing", "parts[0].size"),
        ({"parts": [{"size": "big"}]}, "wrong-type", "parts[0].size"),
        ({"parts": [7]}, "wrong-type", "parts[0]"),
        ({"parts": [{"size": 1, "shape": "length > 3"}]}, "unknown-value", "parts[0].shape"),
        ({"weights": {"reach": "much"}}, "wrong-type", "weights"),
        ({"weights": {1: 2.0}}, "wrong-type", "weights"),
        ({"weights": {"reach": 10**400}}, "out-of-range", "weights"),
        ({"limit": 6}, "out-of-range", "limit"),
        ({"limit": 10**400}, "out-of-range", "limit"),
        ({"limit": True}, "wrong-type", "limit"),
        ({"name": ""}, "out-of-range", "name"),
        ({"name": "A"}, "invalid", "name"),
        ({"from": 1}, "wrong-type", "from"),
        ([], "wrong-type", None),
    ],
    ids=str,
)
def test_what_is_wrong_has_a_code_and_a_path(fields: Any, code: str, field: str | None) -> None:
    fault = refused(fields)
    assert (fault.code, fault.field) == (code, field)


def test_a_value_that_is_not_in_its_list_is_told_with_those_that_are() -> None:
    assert refused({"parts": [{"size": 1, "shape": "oval"}]}).message.endswith("it is one of round, square")


def test_a_query_reads_numbers_from_text_and_refuses_what_is_unknown_or_given_twice() -> None:
    assert decode_query([("limit", "5"), ("from", "2025")], Outer) == Outer(limit=5, begin="2025")
    for pairs, code, field in (([("bogus", "1")], "unknown-parameter", "bogus"), ([("limit", "1"), ("limit", "2")], "repeated", "limit")):
        with pytest.raises(InvalidInput) as caught:
            decode_query(pairs, Outer)
        assert (caught.value.errors[0].code, caught.value.errors[0].field) == (code, field)


def test_what_is_nested_without_end_is_too_deep_and_no_recursion_error() -> None:
    deep: Any = {}
    for _ in range(20_000):
        deep = {"a": deep}
    assert refused({"inner": deep}, Deep).code == "too-deep"


class Deep(msgspec.Struct):
    inner: Deep | None = None
    a: Deep | None = None
