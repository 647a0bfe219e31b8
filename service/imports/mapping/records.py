"""From a record as a mapping writes it to the records of each line: fields, splits, groups with their sums, and what is said twice."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from decimal import Decimal
from itertools import islice
from operator import itemgetter
from typing import Any

import msgspec

from graph_models.errors import FieldError, InvalidInput
from graph_models.records.closed_lists import identify, lists_of
from graph_models.records.json_codec import record_of
from graph_models.records.record_types import BY_NAME, DECIMALS, Record, RecordType
from graph_models.records.validation import faults
from graph_models.records.vocabulary import Vocabulary
from service.facts.overlays import NOTHING
from service.imports.buffers.spilling_dict import Shelf
from service.imports.cells.arithmetic import EXACT
from service.imports.mapping.line_errors import faults_of
from service.imports.mapping.merged_records import MERGING, Held, ownership_of
from service.imports.mapping.model import SPEC_KEYS
from service.imports.mapping.row_functions import Constant
from service.imports.mapping.row_layout import LINE, LINES, CellError, Frame, Getter, Layout, Scope, shown
from service.imports.mapping.seen_records import Produced, Said, Waiting
from service.imports.mapping.values import AGGREGATES, Kind, Values
from service.imports.mapping.yaml_text import Path

KINDS: dict[str, Kind] = {
    **dict.fromkeys(DECIMALS, "amount"), "quantity": "float", "strength": "float", "share": "float", "confidence": "float", "utility": "float",
    "sentiment": "float", "value": "float", "rate": "float", "market_tier": "integer", "importance": "integer",
}  # fmt: skip
"""The fields that hold numbers; all others hold text."""
OBJECTS: dict[str, tuple[tuple[str, ...], Kind]] = {
    "attributes": ((), "any"), "identifiers": ((), "text"), "values": ((), "float"), "industry": (("scheme", "code"), "text"),
}  # fmt: skip
"""The fields that hold names and values; the names, where they are fixed, and what the values are."""
LISTS: dict[str, tuple[str, ...]] = {
    "names": ("text", "language", "script"),
    "evidence": ("document_id", "locator", "quote", "retrieved_at"),
    "topics": (),
    "tags": (),
    "motives": (),
}
DUPLICATES = ("error", "first", "merge", "merge_names")
SHOWN_LINES = 20
SEEN_CELLS = 100_000
"""Of so many lines it is remembered what they said, to go by without a look; then it begins anew."""
_tuple: Any = tuple.__new__


class Group:
    """The lines of one group: the frame of the first, with the sums so far in its slots."""

    __slots__ = ("failed", "frame", "lines", "place", "total")

    def __init__(self, frame: Frame, place: int) -> None:
        self.frame, self.place, self.total = frame, place, 0
        self.lines: list[int] = []
        self.failed: int | None = None


class RecordBuilder:
    """One record of a mapping, compiled: ``take`` gives what a line makes of it, ``finish`` what all lines together do."""

    def __init__(self, layout: Layout, spec: dict[str, Any], path: Path, vocabulary: Vocabulary, said: Said) -> None:
        self.vocabulary, self.said, self.path = vocabulary, said, path
        self.type = self._type(layout, spec, path)
        self.is_event = not self.type.is_state
        self.lists = lists_of(vocabulary, self.type.name)
        self.duplicates = spec.get("duplicates", "error")
        if self.duplicates not in DUPLICATES:
            layout.problems.add("invalid", f"`duplicates` is {', '.join(DUPLICATES)}", (*path, "duplicates"))
        self.merges = self.duplicates in MERGING
        self.ownership = ownership_of(self.type, spec, layout.spec.owns, layout.spec.list_as_of)
        self.overlay = "" if self.ownership.overlay == NOTHING else self.ownership.overlay.text()
        layout.read = set()
        self.part: tuple[int, Getter] | None = None
        self.folds: list[tuple[int, str, Getter]] = []
        self.group_key: Callable[[Frame], Any] | None = None
        scope = self._grouped(layout, spec, path)
        values = Values(layout, scope, self._fold_in(layout) if scope is not None else None)
        values.currency = currency if isinstance(currency := spec.get("currency"), str) and "{" not in currency else None
        plain = Values(layout)
        self.when = plain.condition(spec["when"], (*path, "when")) if "when" in spec else None
        if "each" in spec:
            self.part = self._each(layout, plain, spec["each"], (*path, "each"))
        self.constants: dict[str, Any] = {"type": self.type.name}
        self.getters: list[tuple[str, Getter]] = []
        self.sources: dict[str, list[str]] = {}
        for name, value in spec.items():
            if name not in SPEC_KEYS or name == "evidence":
                self._add_field(values, name, value, (*path, name))
        raw = sorted(layout.read)
        layout.read = None
        self.slots = dict(layout.slots)
        if self.part is not None:
            del layout.slots[spec["each"]["as"]]
        self.raw = self._read_alone(layout, raw)
        self.seen: set[Any] = set()
        self.groups: Shelf[Any, Group] = Shelf(said.directory)

    # --- compiling

    def _type(self, layout: Layout, spec: dict[str, Any], path: Path) -> RecordType:
        found = BY_NAME.get(str(spec.get("type")))
        if found is None:
            layout.problems.add("unknown-type", f"a type is one of {', '.join(BY_NAME)}", (*path, "type"))
            return BY_NAME["party"]
        fields = set(found.record.__struct_fields__)
        for name in spec:
            if name not in fields and name not in SPEC_KEYS - {"evidence"}:
                layout.problems.add("unknown-field", f"a {found.name} has no field {name!r}; it has {', '.join(sorted(fields))}", (*path, name))
        for name in (field.name for field in msgspec.structs.fields(found.record) if field.required):
            if name not in spec:
                layout.problems.add("missing", f"a {found.name} needs {name!r}", (*path, name))
        return found

    def _grouped(self, layout: Layout, spec: dict[str, Any], path: Path) -> Scope:
        names = spec.get("group_by")
        if names is None:
            return None
        if not isinstance(names, list) or not names or not all(isinstance(name, str) for name in names):
            layout.problems.add("wrong-type", "`group_by` is a list of columns", (*path, "group_by"))
            return None
        if "each" in spec:
            layout.problems.add("invalid", "a record has either `each` or `group_by`", (*path, "each"))
        getters = [layout.getter(name, (*path, "group_by", place)) for place, name in enumerate(names)]
        self.group_key = lambda frame: tuple([get(frame) for get in getters])
        return frozenset(names)

    def _fold_in(self, layout: Layout) -> Callable[[str, Getter], Getter]:
        def fold(kind: str, operand: Getter) -> Getter:
            slot = layout.slot(f"#{self.path}{len(self.folds)}")
            self.folds.append((slot, kind, operand))
            return itemgetter(slot)

        return fold

    def _each(self, layout: Layout, values: Values, spec: Any, path: Path) -> tuple[int, Getter] | None:
        if not isinstance(spec, dict) or not isinstance(spec.get("as"), str) or "split" not in spec:
            layout.problems.add("invalid", "`each` has a column, `split` and `as`, the name of each part", path)
            return None
        if spec["as"] in layout.slots:
            layout.problems.add("invalid", f"{spec['as']!r} is a column: choose another name for the parts", (*path, "as"))
            return None
        get = values.getter({name: value for name, value in spec.items() if name != "as"}, path, "raw")
        return layout.slot(spec["as"]), get

    def _read_alone(self, layout: Layout, slots: list[int]) -> Callable[[Frame], Any] | None:
        """Where a state depends on nothing but some cells: these. The same cells again say the same again."""
        alone = slots and max(slots) < len(layout.columns)
        return itemgetter(*slots) if alone and self.type.is_state and not self.folds else None

    def _add_field(self, values: Values, name: str, value: Any, path: Path) -> None:
        values.columns = []
        get = self._field(values, name, value, path)
        if isinstance(get, Constant):
            if get.value is not None:
                self.constants[name] = get.value
        else:
            self.getters.append((name, get))
        self.sources[name] = list(dict.fromkeys(values.columns))

    def _field(self, values: Values, name: str, value: Any, path: Path) -> Getter:
        if name in OBJECTS:
            names, kind = OBJECTS[name]
            return _object(values, value, path, names, kind)
        if name in LISTS:
            return _list(values, value, path, LISTS[name])
        return values.getter(value, path, KINDS.get(name, "text"))

    # --- lines

    def forget(self) -> None:
        """The files are read once more, from the start."""
        self.seen.clear()
        self.groups.clear()

    def take(self, frame: Frame, place: int, out: list[Produced]) -> None:
        """Add what a line gives to ``out``; raises ``CellError`` where the line cannot be mapped."""
        if self.when is not None and not self.when(frame):
            return
        if self.group_key is not None:
            self._gather(frame, place)
        elif self.part is not None:
            slot, parts = self.part
            for part in parts(frame):
                frame[slot] = part
                self._build(frame, place, out)
        elif self.raw is None:
            self._build(frame, place, out)
        elif (raw := self.raw(frame)) not in self.seen:
            self._build(frame, place, out)
            if not out or out[-1][0] != place or not isinstance(out[-1][1], FieldError):
                if len(self.seen) >= SEEN_CELLS:
                    self.seen.clear()
                self.seen.add(raw)

    def finish(self, at_once: int) -> Iterator[list[Produced]]:
        """What the groups come to, so many of them at a time."""
        groups = self.groups.values()
        while some := list(islice(groups, at_once)):
            out: list[Produced] = []
            for group in some:
                self._finish(group, out)
            yield out
        self.forget()

    def make_merged(self, some: Sequence[Held], out: list[Produced]) -> None:
        """Add what lines said together to ``out``."""
        for held in some:
            self._make(held.fields, held.place, None, out, held.overlay.text())

    def _finish(self, group: Group, out: list[Produced]) -> None:
        if group.failed is not None:
            message = f"the group is left out: line {group.failed} of it is not valid"
            out.append((group.place, FieldError("incomplete-group", message)))
            return
        more = "" if group.total <= SHOWN_LINES else f" … ({group.total} lines)"
        group.frame[self.slots[LINES]] = f"line{'s' * (group.total > 1)} {', '.join(map(str, group.lines))}{more}"
        try:
            self._build(group.frame, group.place, out)
        except CellError as error:
            out.append((group.place, error.fault(None)))

    def _gather(self, frame: Frame, place: int) -> None:
        assert self.group_key is not None
        key = self.group_key(frame)
        group = self.groups.get(key)
        if group is None:
            group = self.groups[key] = Group(list(frame), place)
        line = frame[self.slots[LINE]]
        try:
            for slot, kind, operand in self.folds:
                value = operand(frame)
                group.frame[slot] = value if group.total == 0 else _folded(kind, group.frame[slot], value)
        except CellError:
            group.failed = group.failed or line
            raise
        group.total += 1
        if len(group.lines) < SHOWN_LINES:
            group.lines.append(line)

    def _build(self, frame: Frame, place: int, out: list[Produced]) -> None:
        fields = self.constants.copy()
        getters = iter(self.getters)
        name = None
        try:
            for name, get in getters:
                value = get(frame)
                if value is not None:
                    fields[name] = value
        except CellError as error:
            out.append((place, error.fault(name)))
            out += [(place, fault) for fault in faults_of(getters, frame)]  # all that is wrong with a line is told at once
            return
        identify(fields, self.lists)
        if not self.merges:
            self._make(fields, place, frame, out, self.overlay)
        elif (fault := self.said.merging.take(self.type.name, fields, place, self.ownership, keep_names=self.duplicates == "merge_names")) is not None:
            out.append((place, fault))

    def _make(self, fields: dict[str, Any], place: int, frame: Frame | None, out: list[Produced], overlay: str) -> None:
        try:
            record: Record = msgspec.convert(fields, self.type.record)
            found = [] if self.is_event else faults(record, self.vocabulary)
        except (msgspec.ValidationError, RecursionError):
            record, found = _refused(fields, self.type.name)
        if not found and self.is_event:
            own = frame if self.part is None or frame is None else list(frame)
            self.said.waiting[self.type.name].append(_tuple(Waiting, (len(out), self, fields, own)))
        elif not found and (clash := self._said_before(record)) is not None:
            if not clash.code:
                return
            found = [clash]
        if found:
            out += [(place, self.explained(fault, fields, frame)) for fault in found]
        else:
            out.append((place, record))
            if overlay:
                self.said.overlays[place, self.type.name, record.id] = overlay

    def _said_before(self, record: Record) -> FieldError | None:
        """Was this state said before: the same (an error without code: leave it out), or something else?"""
        key = (self.type.name, record.id, getattr(record, "valid_from", None))
        before = self.said.states.get(key)
        if before is None:
            self.said.states[key] = record
            return None
        if self.duplicates == "first" or _without_evidence(before) == _without_evidence(record):
            return FieldError("", "")
        field = next(name for name in record.__struct_fields__ if name != "evidence" and getattr(before, name) != getattr(record, name))
        message = f"{record.id!r} has {getattr(record, field)!r} here and {getattr(before, field)!r} in an earlier line; say `duplicates: first` or `merge`"
        return FieldError("contradiction", message, field)

    def explained(self, fault: FieldError, fields: dict[str, Any], frame: Frame | None) -> FieldError:
        """The fault with the columns and values that it comes from."""
        field = (fault.field or "").split(".")[0].split("[")[0]
        columns = [name for name in self.sources.get(field, []) if name in self.slots]
        if frame is not None and columns:
            where = ", ".join(shown(name, frame[self.slots[name]]) for name in columns)
        elif field in fields:
            where = f"{field} is {str(fields[field])[:80]!r}"
        else:
            return fault
        return fault._replace(message=f"{where}: {fault.message}")


def _refused(fields: dict[str, Any], type_name: str) -> tuple[Record, list[FieldError]]:
    try:
        record = record_of(fields, type_name)
    except InvalidInput as error:
        return None, list(error.errors)  # type: ignore[return-value]
    return record, []


def _without_evidence(record: Record) -> Record:
    return msgspec.structs.replace(record, evidence=None) if getattr(record, "evidence", None) else record


def _folded(kind: str, before: Any, value: Any) -> Any:
    assert kind in AGGREGATES
    if kind in ("sum", "count"):
        return EXACT.add(before, value)
    if kind == "first" or value is None:
        return before
    if before is None:
        return value
    if isinstance(before, Decimal) != isinstance(value, Decimal):
        before, value = str(before), str(value)
    return min(before, value) if kind == "min" else max(before, value)


def _object(values: Values, spec: Any, path: Path, names: tuple[str, ...], kind: Kind) -> Getter:
    """An object of values; those that are empty are left out, and one with fixed names is left out whole where one is empty."""
    if not isinstance(spec, dict):
        values.problems.add("wrong-type", "names and their values are expected here", path)
        return Constant(None)
    if names and (unknown := [name for name in spec if name not in names]):
        values.problems.add("unknown-field", f"{unknown[0]!r} is not one of {', '.join(names)}", (*path, unknown[0]))
    getters = [(name, values.getter(value, (*path, name), kind)) for name, value in spec.items()]

    def value(frame: Frame) -> dict[str, Any] | None:
        found = {name: item for name, get in getters if (item := get(frame)) is not None}
        return found if found and (not names or len(found) == len(getters)) else None

    return Constant(value([])) if all(isinstance(get, Constant) for _, get in getters) else value


def _list(values: Values, spec: Any, path: Path, names: tuple[str, ...]) -> Getter:
    """A list of objects or of texts; items that are empty are left out. A value with ``split`` is a list by itself."""
    if isinstance(spec, dict) and "split" in spec and not names:
        return values.getter(spec, path, "raw")
    items = spec if isinstance(spec, list) else [spec]
    getters: list[Getter] = []
    for place, item in enumerate(items):
        where = (*path, place) if isinstance(spec, list) else path
        if names and isinstance(item, dict) and names[0] in item:
            getters.append(_item(values, item, where, names))
        else:
            getters.append(_first_named(values.getter(item, where), names))
    return lambda frame: [item for get in getters if (item := get(frame)) is not None] or None


def _item(values: Values, spec: dict[str, Any], path: Path, names: tuple[str, ...]) -> Getter:
    if unknown := [name for name in spec if name not in names]:
        values.problems.add("unknown-field", f"{unknown[0]!r} is not one of {', '.join(names)}", (*path, unknown[0]))
    getters = [(name, values.getter(value, (*path, name))) for name, value in spec.items()]

    def value(frame: Frame) -> dict[str, str] | None:
        found = {name: item for name, get in getters if (item := get(frame)) is not None}
        return found if names[0] in found else None

    return value


def _first_named(get: Getter, names: tuple[str, ...]) -> Getter:
    if not names:
        return get
    return lambda frame: None if (item := get(frame)) is None else {names[0]: item}
