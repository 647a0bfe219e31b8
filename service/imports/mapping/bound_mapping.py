"""A mapping bound to the files of one import: which file is which, every column mapped or ignored, look-ups read, lines into records."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from fnmatch import fnmatchcase
from functools import partial
from itertools import chain, islice
from operator import itemgetter
from pathlib import Path
from typing import Any, NamedTuple

import msgspec
from pyroaring import BitMap64

from graph_models.errors import FieldError, InvalidInput
from graph_models.records.record_types import BY_CLASS
from graph_models.records.vocabulary import Vocabulary
from service.imports.buffers.chunk import Chunk, chunk_of
from service.imports.formats.byte_source import FileOfSet
from service.imports.formats.registry import open_table
from service.imports.formats.table import FaultyCells, Line, ignored_among, is_about_lines
from service.imports.formats.total_lines import totals_of
from service.imports.mapping.ambiguous_cells import unit_in
from service.imports.mapping.line_errors import derived_faults, faults_of_cells, told_once
from service.imports.mapping.merged_records import ownership_of
from service.imports.mapping.model import FileSpec, Written, invalid
from service.imports.mapping.records import RecordBuilder
from service.imports.mapping.redactions import Hidden, Slots, redactor
from service.imports.mapping.row_layout import CellError, Frame, Layout, Problems
from service.imports.mapping.seen_records import Produced, Said
from service.imports.mapping.values import Values

FILE_STEP = 10**12
"""A place is the number of the file in the set times this, plus the line: one number names a line of many files."""
LINES_AT_ONCE = 1_000
CONSTANTS = 10**6
"""The number of the file that the mapping itself stands for in places of its own records."""


class Match(NamedTuple):
    """A file of the set, the part of the mapping that reads it, and how its columns are called and ordered."""

    number: int
    file: FileOfSet
    columns: list[str]
    shown: dict[str, str]
    size: int


class Columns(NamedTuple):
    """The columns of the set: those of which something is made, and those that the mapping ignores."""

    mapped: list[str]
    ignored: list[str]


class BoundMapping:
    """A mapping that was checked against the headers of the very files that it will read."""

    def __init__(self, written: Written, files: Sequence[FileOfSet], vocabulary: Vocabulary, directory: Path | None = None) -> None:
        """``directory``: where files are that hold what the memory should not while lines are read."""
        self.written, self.model, self.vocabulary = written, written.model, vocabulary
        self.problems = Problems(written.lines)
        self.files = list(files)
        self.matches: dict[str, list[Match]] = {name: [] for name in self.model.files}
        self._match()
        self._stop()
        self.layouts = {name: self._layout(name, spec) for name, spec in self.model.files.items() if self.matches[name]}
        self._stop()
        self.indexes: dict[str, dict[str, Frame]] = {name: {} for name in self.layouts}
        self.left_out_lines: defaultdict[str, BitMap64] = defaultdict(BitMap64)
        self.hidden: dict[tuple[str, str], defaultdict[str, Hidden]] = {}
        self.said = Said(directory)
        self.redactions = {name: self._redactions(name, layout) for name, layout in self.layouts.items()}
        self.derived: dict[str, list[tuple[int, str, Callable[[Frame], Any]]]] = {}
        for name in self.layouts:
            self._derive(name)
        self.builders = {name: [RecordBuilder(layout, spec, ("files", name, "records", place), vocabulary, self.said)
                                for place, spec in enumerate(self.model.files[name].records)] for name, layout in self.layouts.items()}  # fmt: skip
        self.when = {name: Values(layout).condition(spec.when, ("files", name, "when"))
                     for name, layout in self.layouts.items() if (spec := self.model.files[name]).when is not None}  # fmt: skip
        self._stop()
        self._cover()
        self._say_units()
        self._stop()
        self.size = sum(match.size for name, _, _ in self._passes() for match in self.matches[name])
        self._indexed = False

    # --- checking

    def _stop(self) -> None:
        if self.problems.found:
            raise invalid(self.problems.found)

    def _match(self) -> None:
        for number, file in enumerate(self.files):
            names = [name for name, spec in self.model.files.items() if _fits(file, spec.pattern)]
            if not names:
                if not _fits(file, self.model.unused):
                    message = f"no pattern of the mapping fits {file.name!r}; name it under `unused` where nothing is taken from it"
                    self.problems.add("unknown-file", message, ("files",))
                continue
            sheets = [self.model.files[name].sheet for name in names]
            if len(names) > 1 and len(set(sheets)) == len(sheets) and None not in sheets:
                for name in names:
                    self._take(number, file, name)
                continue
            if len(names) > 1:
                self.problems.add("ambiguous-file", f"{file.name!r} fits the patterns of {' and '.join(names)}", ("files", names[1], "pattern"))
                continue
            self._take(number, file, names[0])
        for name, spec in self.model.files.items():
            if not self.matches[name] and spec.if_absent == "error":
                self.problems.add("missing-file", f"no file of the set fits {spec.pattern!r}; `if_absent: skip` does without", ("files", name, "pattern"))

    def _take(self, number: int, file: FileOfSet, name: str) -> None:
        """A file is read by a part of the mapping; several parts may read a sheet each."""
        spec = self.model.files[name]
        with open_table(file, spec) as table:
            self.matches[name].append(Match(number, file, self._called(spec, table.columns, name), table.shown, table.size))

    def _called(self, spec: FileSpec, columns: list[str], name: str) -> list[str]:
        """The columns of a file under the names that the mapping uses."""
        names = {other: column for column, others in spec.aliases.items() for other in others}
        called = [names.get(column, column) for column in columns]
        if twice := sorted(column for column, count in Counter(called).items() if count > 1):
            self.problems.add("duplicate-column", f"two columns of the file are both called {twice[0]!r}", ("files", name, "aliases"))
        return called

    def _layout(self, name: str, spec: FileSpec) -> Layout:
        columns = list(dict.fromkeys(column for match in self.matches[name] for column in match.columns))
        columns = list(dict.fromkeys([*columns, *spec.optional]))
        for match in self.matches[name]:
            its = {*match.columns, *spec.optional}
            for column in columns:
                if column not in its and not is_about_lines(column):
                    message = f"{match.file.name}: there is no column {column!r}; list it under `optional` where it may be missing"
                    self.problems.add("missing-column", message, ("files", name))
        known = set(columns)
        for column in spec.ignore:
            if column not in known and not column.endswith("*") and not ignored_among(known, [column]):
                message = f"`ignore` names {column!r}, which is no column of {name!r}: it has {', '.join(columns)}"
                self.problems.add("unknown-column", message, ("files", name, "ignore"))
        return Layout(name, spec, columns, self.problems)

    def _derive(self, name: str) -> None:
        layout, spec = self.layouts[name], self.model.files[name]
        path = ("files", name)
        if spec.key is not None:
            layout.getter(spec.key, (*path, "key"))
        for alias, look_up in spec.look_up.items():
            if look_up.file not in self.layouts:
                self.problems.add("missing-file", f"{look_up.file!r} is looked up, and no file of the set fits its pattern", (*path, "look_up", alias))
                continue
            layout.look_up(alias, look_up.by, self.layouts[look_up.file], self.indexes[look_up.file], look_up.missing, (*path, "look_up", alias, "by"))
        values = Values(layout)
        steps = self.derived[name] = []
        for column, value in spec.derive.items():
            if column in layout.slots:
                self.problems.add("duplicate-column", f"{column!r} is a column already", (*path, "derive", column))
                continue
            get = values.getter(value, (*path, "derive", column), "raw")
            if isinstance(value, dict) and (set(value) == {"calculate"} or "number" in value):
                layout.numeric.add(column)
            steps.append((layout.slot(column), column, get))

    def _redactions(self, name: str, layout: Layout) -> list[Callable[[Frame], None]]:
        made = []
        for place, redaction in enumerate(self.model.files[name].redact):
            path = ("files", name, "redact", place)
            layout.getter(redaction.column, (*path, "column"))
            apart = [layout.getter(column, (*path, "apart_by")) for column in redaction.apart_by]
            if redaction.placeholder_as in layout.slots:
                self.problems.add("duplicate-column", f"{redaction.placeholder_as!r} is a column already", (*path, "placeholder_as"))
            kept = None if redaction.placeholder_as is None else layout.slot(redaction.placeholder_as)
            found = self.hidden.setdefault((name, redaction.column), defaultdict(partial(Hidden, self.said.directory)))
            slots = Slots(layout.slots.get(redaction.column, 0), kept, layout.slots["#file"], layout.slots["#line"])
            made.append(redactor(slots, frozenset(redaction.values), apart, found))
        return made

    def _say_units(self) -> None:
        """A column that counts in 万元 is not read as if it counted in yuan: the mapping says what its numbers are multiplied by."""
        for name, layout in self.layouts.items():
            spec = self.model.files[name]
            for column in layout.columns:
                if column in layout.used and column not in spec.units and (unit := unit_in(column)) is not None:
                    message = f"column {column!r} seems to count in units of {unit}: say `units: {{{column}: {unit}}}`, or 1 where it does not"
                    self.problems.add("unit-not-said", message, ("files", name, "units"))
            for column in spec.units:
                if column not in layout.columns:
                    self.problems.add("unknown-column", f"`units` names {column!r}, which is no column of {name!r}", ("files", name, "units", column))

    def _cover(self) -> None:
        """Nothing is left out in silence: a column is used, or listed under ``ignore``."""
        for name, layout in self.layouts.items():
            spec = self.model.files[name]
            into = [spec.surplus_into] if isinstance(spec.surplus_into, str) else spec.surplus_into or []
            ignored = ignored_among(layout.columns, spec.ignore)
            left = [column for column in layout.columns if column not in layout.used and column not in ignored and not is_about_lines(column)]
            if left:
                message = f"nothing is made of {', '.join(map(repr, left))} of {name!r}: map what is needed and list the rest under `ignore`"
                self.problems.add("unmapped-column", message, ("files", name))
            for column in into:
                if column not in layout.columns:
                    self.problems.add("unknown-column", f"`surplus_into` names {column!r}, which is no column of the file", ("files", name, "surplus_into"))

    def columns(self) -> Columns:
        """The columns of the whole set; those of several files under ``file:column``."""
        several = len(self.files) > 1
        found = Columns([], [])
        for name, matches in self.matches.items():
            spec = self.model.files[name]
            for match in matches:
                before = f"{match.file.name}:" if several else ""
                ignored = ignored_among(match.columns, spec.ignore) - self.layouts[name].used
                for column in match.columns:
                    (found.ignored if column in ignored else found.mapped).append(before + column)
        return found

    def read_as(self) -> list[dict[str, str]]:
        """How each file was read: format, encoding, delimiter, sheet."""
        return [{"file": match.file.name, "as": name, **match.shown} for name, matches in self.matches.items() for match in matches]

    # --- reading

    def left_out(self) -> list[dict[str, Any]]:
        """The lines that were left out as totals, by file."""
        return [{"file": file, "lines": list(lines), "why": "total"} for file, lines in sorted(self.left_out_lines.items())]

    def redacted(self) -> list[dict[str, Any]]:
        """The placeholders that were found: in which column, in how many lines, and how many parties they became."""
        return [
            {"file": name, "column": column, "placeholder": placeholder, "lines": sum(map(len, hidden.lines.values())), "parties": hidden.parties()}
            for (name, column), found in self.hidden.items() for placeholder, hidden in sorted(found.items())
        ]  # fmt: skip

    def records(self, progress: Callable[[int], None]) -> Iterator[Produced]:
        """Every record that the mapping makes, and every fault of a line, in the order of files and lines. ``progress`` hears of bytes."""
        return chain.from_iterable(self._blocks(progress))

    def parts(self, progress: Callable[[int], None]) -> Iterator[Chunk]:
        """The same, some at a time."""
        for block in self._blocks(progress):
            chunk = chunk_of(block)
            chunk.overlays, self.said.overlays = self.said.overlays, {}
            yield chunk

    def _blocks(self, progress: Callable[[int], None]) -> Iterator[list[Produced]]:
        """What lines say together (``duplicates: merge``) is read in a pass of its own and comes first: what refers to it need not wait for it."""
        self.said.forget()
        for builder in chain.from_iterable(self.builders.values()):
            builder.forget()
        yield self._constants()
        if not self._indexed:
            self._read_look_ups()
        done = 0
        merging = True
        for name, builders, faults in self._passes():
            if merging and not any(builder.merges for builder in builders):
                merging = False
                yield from self._merged()
            for match in self.matches[name]:
                yield from self._of_file(name, match, builders, faults, lambda position, before=done: progress(before + position))  # type: ignore[misc]
                done += match.size
            for out in chain.from_iterable(builder.finish(LINES_AT_ONCE) for builder in builders):
                yield self.said.settle(out, self.vocabulary)
        yield from self._merged()
        self.said.forget()

    def _constants(self) -> list[Produced]:
        """The records of the mapping itself; what they do not say stays as it is stored."""
        made: list[Produced] = []
        for line, record in self.written.constants:
            place, kind = CONSTANTS * FILE_STEP + line, BY_CLASS[type(record)]
            fields = {name: value for name, value in msgspec.structs.asdict(record).items() if value is not None}
            if kind.is_state:
                self.said.overlays[place, kind.name, record.id] = ownership_of(kind, fields, None, None).overlay.text()
            made.append((place, record))
        return made

    def _merged(self) -> Iterator[list[Produced]]:
        """What several lines, perhaps of several files, say together."""
        makers = {builder.type.name: builder for builders in self.builders.values() for builder in builders if builder.merges}
        for type_name, some in self.said.merging.finish(LINES_AT_ONCE):
            out: list[Produced] = []
            makers[type_name].make_merged(some, out)
            yield self.said.settle(out, self.vocabulary)

    def _passes(self) -> list[tuple[str, list[RecordBuilder], bool]]:
        """Which builders read which files together, those that merge first; the last pass over a file tells what is wrong with its lines."""
        merging = {name: [builder for builder in builders if builder.merges] for name, builders in self.builders.items()}
        others = {name: [builder for builder in builders if not builder.merges] for name, builders in self.builders.items()}
        first = [(name, builders, not others[name]) for name, builders in merging.items() if builders]
        return first + [(name, builders, True) for name, builders in others.items() if builders or not merging[name]]

    def _of_file(self, name: str, match: Match, builders: list[RecordBuilder], faults: bool, progress: Callable[[int], None]) -> Iterator[list[Produced]]:
        first = match.number * FILE_STEP
        when = self.when.get(name)
        with open_table(match.file, self.model.files[name]) as table:
            frames = self._frames(name, match, table.lines)
            while some := list(islice(frames, LINES_AT_ONCE)):
                out: list[Produced] = []
                for line, frame in some:
                    place = first + line
                    if isinstance(frame, tuple):
                        if faults:
                            out += [(place, fault) for fault in frame]
                        continue
                    for builder in builders if when is None or when(frame) else ():
                        try:
                            builder.take(frame, place, out)
                        except CellError as error:
                            out.append((place, error.fault(None)))
                yield told_once(self.said.settle(out, self.vocabulary))
                progress(table.position())

    def _frames(self, name: str, match: Match, lines: Iterator[Line]) -> Iterator[tuple[int, Frame | tuple[FieldError, ...]]]:
        layout, spec = self.layouts[name], self.model.files[name]
        nulls = frozenset(["", *spec.null])
        arrange = _arrangement(match.columns, layout.columns)
        derived, redactions = self.derived[name], self.redactions[name]
        file, strip = match.file.name, spec.strip
        is_total = totals_of(spec.totals)
        rest = [None] * (layout.width - len(layout.columns) - 3)
        for line, cells in lines:
            if isinstance(cells, FieldError):
                yield line, (cells,)
                continue
            if strip:
                frame: Frame = [None if (text := cell.strip()) in nulls else text for cell in cells]
            else:
                frame = [None if cell in nulls else cell for cell in cells]
            if is_total(frame):
                if spec.totals is None:
                    message = "this looks like a sum or a mean of other lines: say `totals: [...]`, the words of such lines, or `totals: []`"
                    yield line, (FieldError("total-line", message),)
                else:
                    self.left_out_lines[file].add(line)
                continue
            if type(cells) is FaultyCells and (wrong := faults_of_cells(cells, match.columns, layout.used)):
                yield line, wrong
                continue
            if arrange is not None:
                frame = arrange(frame)
            frame += [line, file, f"line {line}", *rest]
            for redact in redactions:
                redact(frame)
            yield line, (derived_faults(frame, derived) if derived else ()) or frame

    def _read_look_ups(self) -> None:
        """Read the files that others look up. Those on which another look-up stands come first, as the mapping lists them."""
        wanted = {look_up.file for name in self.layouts for look_up in self.model.files[name].look_up.values()}
        for name in self.layouts:
            if name not in wanted:
                continue
            layout, index = self.layouts[name], self.indexes[name]
            key = layout.slots[self.model.files[name].key or ""]
            for match in self.matches[name]:
                with open_table(match.file, self.model.files[name]) as table:
                    for line, frame in self._frames(name, match, table.lines):
                        if isinstance(frame, tuple) or frame[key] is None:
                            continue
                        if frame[key] in index:
                            message = f"{match.file.name} line {line}: {frame[key]!r} is there twice, and look-ups need one line for each"
                            raise InvalidInput.of("duplicate-key", message, layout.columns[key], line)
                        index[frame[key]] = frame
        self._indexed = True


def _fits(file: FileOfSet, patterns: str | list[str]) -> bool:
    patterns = [patterns] if isinstance(patterns, str) else patterns
    return any(fnmatchcase(name, pattern) for pattern in patterns for name in (file.name, file.plain_name))


def _arrangement(columns: list[str], wanted: list[str]) -> Callable[[Frame], Frame] | None:
    """From the order of a file's columns to that of the layout; columns that the file has not are empty."""
    if columns == wanted:
        return None
    at = {column: place for place, column in enumerate(columns)}
    places = [at.get(column, len(columns)) for column in wanted]
    if len(places) == 1:
        return lambda frame: [(*frame, None)[places[0]]]
    pick = itemgetter(*places)
    return lambda frame: list(pick([*frame, None]))
