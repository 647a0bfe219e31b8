"""From a value as a mapping writes it to a function of a line: constants, columns, templates, value maps, dates, numbers, conditions."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any, Literal

from service.imports.cells import arithmetic as expressions
from service.imports.cells.amount_text import STYLES, amount_parser
from service.imports.cells.name_normalization import NORMAL_FORMS
from service.imports.cells.number_formats import AUTO, Numbers, json_number
from service.imports.cells.patterns import BadPattern, Pattern
from service.imports.mapping.ambiguous_cells import dated_by_itself, not_a_date, not_a_number
from service.imports.mapping.row_functions import Constant, extracted, joined, or_else, where
from service.imports.mapping.row_layout import CellError, Frame, Getter, Layout, Scope, text_of
from service.imports.mapping.yaml_text import Path

Kind = Literal["text", "amount", "float", "integer", "any", "raw"]
"""What a field holds: ``any`` is text or a JSON number, ``raw`` is left as it comes."""
SOURCES = ("column", "template", "constant", "calculate", "sum", "min", "max", "count", "first")
AGGREGATES = frozenset({"sum", "min", "max", "count", "first"})
MODIFIERS = frozenset({"normalize", "number", "pattern", "values", "otherwise", "date", "precision", "split", "default", "when", "as"})
CONDITIONS = frozenset({"equals", "not", "in", "not_in", "matches", "present"})
PRECISIONS = {"year": 4, "month": 7, "day": 10}
_BRACES = re.compile(r"\{\{|\}\}|\{([^{}]*)\}|[{}]")
_TRUTH = {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}
_LONGEST_DATE = 100


class Values:
    """Compiles the values of one file's records. ``fold`` takes an aggregate of a group and gives the getter of its result."""

    def __init__(self, layout: Layout, scope: Scope = None, fold: Callable[[str, Getter], Getter] | None = None) -> None:
        self.layout, self.scope, self.fold = layout, scope, fold
        self.problems = layout.problems
        self.parse = Numbers(layout.spec.decimal, layout.spec.thousands).parser()
        self.currency: str | None = None
        """That of the record, where it is the same for all lines."""
        self.columns: list[str] = []
        """The columns that were read since somebody emptied this list: errors name them."""

    def getter(self, value: Any, path: Path, kind: Kind = "text") -> Getter:
        """The function that gives the value for a line, ``None`` where there is none; raises ``CellError``."""
        if isinstance(value, dict):
            return self._specified(value, path, kind)
        if isinstance(value, list):
            self.problems.add("wrong-type", "a list is not expected here", path)
            return Constant(None)
        get = self._template(value, path) if isinstance(value, str) else Constant(value)
        if isinstance(get, Constant):
            return Constant(self._constant_of(get.value, path, kind))
        named = value[1:-1] if value[1:-1] in self.columns else value
        return self._converted(get, kind, named, numeric=False)

    def column(self, name: Any, path: Path) -> Getter:
        """The getter of a column by its name."""
        if not isinstance(name, str):
            self.problems.add("wrong-type", "a column is named by a text", path)
            return Constant(None)
        self.columns.append(name)
        return self.layout.getter(name, path, self.scope)

    def number(self, name: str, path: Path) -> expressions.Number:
        """A column as an exact number."""
        get = self.column(name, path)
        if self.layout.is_numeric(name):
            return get
        parse, unit = self.parse, self.layout.spec.units.get(name)

        def value(frame: Frame) -> Decimal | None:
            text = get(frame)
            if text is None:
                return None
            number = parse(text)
            if number is None:
                raise not_a_number(name, text)
            return number if unit is None else number * unit

        return value

    # --- where a value comes from

    def _specified(self, spec: dict[str, Any], path: Path, kind: Kind) -> Getter:
        sources = [name for name in SOURCES if name in spec]
        if unknown := sorted(set(spec) - set(SOURCES) - MODIFIERS):
            known = ", ".join((*SOURCES, *sorted(MODIFIERS)))
            self.problems.add("unknown-field", f"{unknown[0]!r} is not part of a value; it may have {known}", (*path, unknown[0]))
            return Constant(None)
        if len(sources) != 1:
            self.problems.add("invalid", f"a value has exactly one of {', '.join(SOURCES)}", path)
            return Constant(None)
        source = sources[0]
        get = self._source(source, spec[source], (*path, source))
        if isinstance(get, Constant) and len(spec) == 1:
            return Constant(self._constant_of(get.value, path, kind))
        return self._modified(get, spec, path, kind, str(spec[source]))

    def _source(self, source: str, value: Any, path: Path) -> Getter:
        if source == "column":
            return self.column(value, path)
        if source == "template":
            return self._template(str(value), path)
        if source == "constant":
            return Constant(value)
        if source == "calculate":
            return self._calculation(str(value), path)
        if self.fold is None:
            self.problems.add("not-grouped", f"`{source}` needs a `group_by` in the record", path)
            return Constant(None)
        return self.fold(source, self._operand(source, value, path))

    def _operand(self, source: str, value: Any, path: Path) -> Getter:
        scope, self.scope, fold, self.fold = self.scope, None, self.fold, None
        try:
            if source == "count":
                return Constant(Decimal(1))
            if source != "sum":
                return self.column(value, path) if isinstance(value, str) else self.getter(value, path, "raw")
            operand = self.number(value, path) if isinstance(value, str) else self.getter(value, path, "amount")
            names = tuple(self.columns[-1:]) or ("",)

            def needed(frame: Frame) -> Decimal:
                number: Decimal | None = operand(frame)
                if number is None:
                    raise CellError("missing", "a sum needs a number in each line", names[0], None)
                return number

            return needed
        finally:
            self.scope, self.fold = scope, fold

    def _calculation(self, text: str, path: Path) -> Getter:
        try:
            calculate = expressions.compiled(text, lambda name: self.number(name, path))
        except expressions.ExpressionError as error:
            self.problems.add("bad-expression", str(error), path)
            return Constant(None)

        def value(frame: Frame) -> Decimal | None:
            try:
                return calculate(frame)
            except ArithmeticError:
                raise CellError("bad-number", f"{text} cannot be calculated: it divides by zero or grows too large") from None

        return value

    def _template(self, text: str, path: Path) -> Getter:
        parts: list[str | Getter] = []
        end = 0
        for match in _BRACES.finditer(text):
            parts.append(text[end : match.start()])
            end = match.end()
            if match[0] in ("{{", "}}"):
                parts.append(match[0][0])
            elif match[1]:
                parts.append(self.column(match[1], path))
            else:
                self.problems.add("bad-template", f"{match[0]!r} names no column; write {{{{ and }}}} for braces", path)
        parts.append(text[end:])
        parts = [part for part in parts if part != ""]
        if len(parts) == 1 and not isinstance(get := parts[0], str) and not self.layout.is_numeric(text[1:-1]):
            return get
        return joined(parts)

    # --- what is done to it

    def _modified(self, get: Getter, spec: dict[str, Any], path: Path, kind: Kind, column: str) -> Getter:
        if "pattern" in spec:
            get = extracted(get, self.pattern(spec["pattern"], (*path, "pattern")))
        if "normalize" in spec:
            get = self._normalized(get, spec["normalize"], (*path, "normalize"))
        if "split" in spec:
            get = self._split(get, spec, path)
            kind = "raw"
        elif "values" in spec:
            get = self._mapped(get, spec, path, column)
        if "date" in spec or "precision" in spec:
            get = self._dated(get, spec, path, column)
        if "number" in spec:
            get = self._amount(get, spec["number"], (*path, "number"), column)
        if "as" in spec:
            get = self._typed(get, spec["as"], (*path, "as"), column)
        source = next(name for name in SOURCES if name in spec)
        numeric = "number" in spec or (source != "template" and (source != "column" or self.layout.is_numeric(column)))
        get = self._converted(get, kind, column, numeric=numeric)
        if "when" in spec:
            get = where(get, self.condition(spec["when"], (*path, "when")))
        if "default" in spec:
            get = or_else(get, self.getter(spec["default"], (*path, "default"), kind))
        return get

    def _amount(self, get: Getter, style: Any, path: Path, column: str) -> Getter:
        """Numbers as ``number`` says they are written."""
        if style not in STYLES:
            self.problems.add("invalid", f"`number` is {', '.join(STYLES)}", path)
            return get
        unit = self.layout.spec.units.get(column)
        parse = amount_parser(style, Numbers(self.layout.spec.decimal, self.layout.spec.thousands), self.currency, unit)

        def value(frame: Frame) -> Decimal | None:
            text = get(frame)
            if text is None or isinstance(text, Decimal):
                return text
            number = parse(text_of(text))
            if number is None:
                raise not_a_number(column, text_of(text))
            return number if unit is None else number * unit

        return value

    def _normalized(self, get: Getter, name: Any, path: Path) -> Getter:
        normal = NORMAL_FORMS.get(str(name))
        if normal is None:
            self.problems.add("invalid", f"`normalize` is {' or '.join(NORMAL_FORMS)}", path)
            return get
        return lambda frame: None if (text := get(frame)) is None else normal(text_of(text)) or None

    def pattern(self, text: Any, path: Path) -> Pattern:
        """A regular expression of a mapping."""
        try:
            return Pattern(str(text))
        except BadPattern as error:
            self.problems.add("bad-pattern", f"{text!r} is no regular expression: {error}", path)
            return Pattern("")

    def _mapped(self, get: Getter, spec: dict[str, Any], path: Path, column: str) -> Getter:
        table = spec["values"]
        if not isinstance(table, dict):
            self.problems.add("wrong-type", "`values` is a mapping from what is in the file to what it means", (*path, "values"))
            return get
        known = {name: None if value is None else text_of(value) for name, value in table.items()}
        strict, otherwise = "otherwise" not in spec, self.getter(spec.get("otherwise"), (*path, "otherwise"))

        def value(frame: Frame) -> Any:
            text = get(frame)
            if text is None:
                return None
            text = text_of(text)
            if text in known:
                return known[text]
            if strict:
                raise CellError("unknown-value", f"the mapping knows only {', '.join(known)}, and has no `otherwise`", column, text)
            return otherwise(frame)

        return value

    def _dated(self, get: Getter, spec: dict[str, Any], path: Path, column: str) -> Getter:
        formats = spec.get("date", [])
        if formats == AUTO:
            return dated_by_itself(get, column)
        formats = [formats] if isinstance(formats, str) else formats
        if not isinstance(formats, list) or not all(isinstance(item, str) for item in formats):
            self.problems.add("wrong-type", "`date` is a format like %d/%m/%Y, or a list of them", (*path, "date"))
            return get
        precision = spec.get("precision", "day")
        if str(precision) not in PRECISIONS:
            self.problems.add("invalid", f"`precision` is {', '.join(PRECISIONS)}", (*path, "precision"))
            return get
        length, formats_read = PRECISIONS[precision], tuple(formats)

        @lru_cache(maxsize=65_536)
        def date_text(text: str) -> str | None:
            if len(text) > _LONGEST_DATE:
                return None
            for item in formats_read:
                try:
                    return datetime.strptime(text, item).date().isoformat()[:length]  # noqa: DTZ007 - only the day is kept
                except ValueError:
                    continue
            return None if formats_read else text[:length]

        def value(frame: Frame) -> str | None:
            text = get(frame)
            if text is None:
                return None
            found = date_text(text)
            if found is None:
                raise not_a_date(column or "date", text, formats_read)
            return found

        return value

    def _split(self, get: Getter, spec: dict[str, Any], path: Path) -> Getter:
        separator = spec["split"]
        if not isinstance(separator, str) or not separator:
            self.problems.add("wrong-type", "`split` is the text between the parts", (*path, "split"))
            return get
        slot: list[str | None] = [None]
        mapped = self._mapped(lambda _: slot[0], spec, path, "part") if "values" in spec else None

        def value(frame: Frame) -> list[str]:
            parts = list(dict.fromkeys(part.strip() for part in text_of(get(frame) or "").split(separator) if part.strip()))
            if mapped is None:
                return parts
            found = []
            for part in parts:
                slot[0] = part
                found.append(mapped(frame))
            return list(dict.fromkeys(item for item in found if item is not None))

        return value

    def _typed(self, get: Getter, wanted: Any, path: Path, column: str) -> Getter:
        if wanted == "number":
            inner = self._converted(get, "amount", column, numeric=True)
            return lambda frame: None if (value := inner(frame)) is None else json_number(value)
        if wanted != "boolean":
            self.problems.add("invalid", "`as` is number or boolean", path)
            return get

        def truth(frame: Frame) -> bool | None:
            text = get(frame)
            if text is not None and text.lower() not in _TRUTH:
                raise CellError("bad-boolean", f"this is none of {', '.join(_TRUTH)}", column, text)
            return None if text is None else _TRUTH[text.lower()]

        return truth

    def _converted(self, get: Getter, kind: Kind, column: str, *, numeric: bool) -> Getter:
        """From text, or where it is ``numeric`` perhaps a number, to what the field holds."""
        if kind == "raw" or (kind in ("text", "any") and not numeric):
            return get
        if kind == "text":
            return lambda frame: value if (value := get(frame)) is None or type(value) is str else text_of(value)
        if kind == "any":
            return lambda frame: json_number(value) if isinstance(value := get(frame), Decimal) else value
        parse, unit = self.parse, self.layout.spec.units.get(column)

        def value(frame: Frame) -> Any:
            number = get(frame)
            if type(number) is str:
                text, number = number, parse(number)
                if number is None:
                    raise not_a_number(column or "value", text)
                if unit is not None:
                    number *= unit
            if number is None or kind == "amount":
                return number
            if kind == "integer" and number != int(number):
                raise CellError("bad-number", "this is not a whole number", column or "value", number)
            return float(number) if kind == "float" else int(number)

        return value

    def _constant_of(self, value: Any, path: Path, kind: Kind) -> Any:
        if value is None or kind in ("any", "raw"):
            return value
        if kind == "text" and isinstance(value, (str, int)) and not isinstance(value, bool):
            return str(value)
        number = None if isinstance(value, bool) or kind == "text" else Numbers().parser()(str(value))
        if number is None or (kind == "integer" and number != int(number)):
            self.problems.add("wrong-type", f"{value!r} is not expected here" + ("; put a text into quotes" if kind == "text" else ""), path)
            return None
        return number if kind == "amount" else float(number) if kind == "float" else int(number)

    # --- conditions

    def condition(self, value: Any, path: Path) -> Callable[[Frame], bool]:
        """``{column, equals|not|in|not_in|matches|present}``; a list is all of them, ``{any: [...]}`` one of them."""
        if isinstance(value, list):
            tests = [self.condition(item, (*path, place)) for place, item in enumerate(value)]
            return lambda frame: all(test(frame) for test in tests)
        if isinstance(value, dict) and list(value) == ["any"] and isinstance(value["any"], list):
            tests = [self.condition(item, (*path, "any", place)) for place, item in enumerate(value["any"])]
            return lambda frame: any(test(frame) for test in tests)
        tested = sorted(CONDITIONS & set(value)) if isinstance(value, dict) else []
        if len(tested) != 1 or set(value) != {"column", tested[0]}:
            self.problems.add("invalid", f"a condition is a column and one of {', '.join(sorted(CONDITIONS))}, a list of conditions, or any: [...]", path)
            return lambda _: False
        get = self.column(value["column"], (*path, "column"))
        return self._test(tested[0], value[tested[0]], get, (*path, tested[0]))

    def _test(self, test: str, operand: Any, get: Getter, path: Path) -> Callable[[Frame], bool]:
        if test == "present" and isinstance(operand, bool):
            return lambda frame: (get(frame) is not None) == operand
        if test == "matches":
            pattern = self.pattern(operand, path)
            return lambda frame: (value := get(frame)) is not None and pattern.matches(text_of(value))
        if test in ("in", "not_in") and isinstance(operand, list):
            wanted = frozenset(text_of(item) for item in operand)
        elif test in ("equals", "not") and isinstance(operand, (str, int, float)):
            wanted = frozenset([text_of(operand)])
        else:
            self.problems.add("wrong-type", f"`{test}` does not take {operand!r}", path)
            return lambda _: False
        positive = test in ("in", "equals")
        return lambda frame: ((value := get(frame)) is not None and text_of(value) in wanted) == positive
