"""What an import remembers of ids: nothing is left out without a word unless it is known for certain that it was said before."""

from __future__ import annotations

from typing import Any

from graph_models.errors import FieldError
from graph_models.records.json_codec import record_of
from graph_models.records.record_types import finished
from graph_models.records.vocabulary import BUILT_IN
from service.imports.mapping.row_layout import Frame
from service.imports.mapping.seen_records import Produced, Said, Waiting


class First:
    """Of several events with one id the first counts."""

    duplicates = "first"

    def explained(self, fault: FieldError, fields: dict[str, Any], frame: Frame | None) -> FieldError:
        return fault


def settled(said: Said, *ids: str) -> list[Produced]:
    """What becomes of calls with these ids."""
    fields = {"type": "touchpoint", "source": "a", "target": "b", "kind": "call", "occurred_at": "2025-03-01"}
    out: list[Produced] = [(place, finished(record_of(fields | {"id": name}))) for place, name in enumerate(ids)]
    said.waiting["touchpoint"] = [Waiting(place, First(), {}, None) for place in range(len(out))]
    return said.settle(out, BUILT_IN)


def test_the_first_of_several_counts_within_a_block_and_over_blocks() -> None:
    said = Said()
    assert [place for place, _ in settled(said, "x", "y", "x")] == [0, 1]
    assert [place for place, _ in settled(said, "y", "z")] == [1]


def test_an_id_whose_number_another_one_has_is_an_error_and_never_left_out_in_silence() -> None:
    said = Said()
    said.events["touchpoint"].add(["x"])  # as if another id had the same 64 bits
    ((_, found),) = settled(said, "x")
    assert isinstance(found, FieldError)
    assert found.code == "duplicate"
