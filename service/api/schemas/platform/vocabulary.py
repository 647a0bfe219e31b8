"""The vocabulary as it is answered: every entry with its defaults, labels and types of Neo4j. Built from the classes of the vocabulary."""

from __future__ import annotations

from typing import Annotated, Any, get_args, get_type_hints

import msgspec
from msgspec import Meta, UnsetType

from graph_models.records import vocabulary
from graph_models.records.vocabulary import Terms
from service.api.schemas.shapes import Answer

_EXTRA = {vocabulary.RoleKind: "neo4j_label", vocabulary.RelationshipKind: "neo4j_type"}


class OwnVocabulary(Terms, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """Entries of the workspace's own; one of the same id is replaced."""


def _shown(kind: type[msgspec.Struct]) -> Any:
    """The class of an entry with all fields there: nothing is left out of an answer."""
    fields = [(field.name, _plain(field.type)) for field in msgspec.structs.fields(kind)]
    fields += [(_EXTRA[kind], Annotated[str, Meta(description="How Neo4j calls it.")])] if kind in _EXTRA else []
    made = msgspec.defstruct(f"{kind.__name__}Shown", fields, bases=(Answer,), kw_only=True, frozen=True, module=__name__)
    made.__doc__ = kind.__doc__
    return made


def _plain(kind: Any) -> Any:
    """Values of a dimension are entries in short: an id and its labels."""
    return list[ValueShown] if kind == list[vocabulary.Entry] else kind


class ValueShown(Answer, frozen=True, kw_only=True):
    """A value of a dimension."""

    id: str
    label: vocabulary.Text
    plural: vocabulary.Text | UnsetType = msgspec.UNSET
    color: str | UnsetType = msgspec.UNSET
    icon: str | UnsetType = msgspec.UNSET
    stance: vocabulary.Text | UnsetType = msgspec.UNSET
    own: bool | UnsetType = msgspec.UNSET


def _groups() -> list[tuple[str, Any]]:
    hints = get_type_hints(Terms)
    entries = {name: get_args(hints[name])[0] for name in vocabulary.GROUPS}
    shown = {kind: _shown(kind) for kind in dict.fromkeys(entries.values())}
    return [(name, list[shown[kind]]) for name, kind in entries.items()]  # type: ignore[valid-type]


Vocabulary: Any = msgspec.defstruct("Vocabulary", [*_groups(), ("currencies", list[str])], bases=(Answer,), kw_only=True, frozen=True, module=__name__)
Vocabulary.__doc__ = "Every kind with its labels; `own`: the workspace added it."
