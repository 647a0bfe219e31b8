"""What only a person can say of files: each question with an id that stays, in both languages, with its choices; and the answers to them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from graph_models.errors import FieldError, InvalidInput
from graph_models.records.vocabulary import Entry, Text


class Choice(NamedTuple):
    """One answer: its value, and what it says."""

    value: str
    text: Text


class Question(NamedTuple):
    """A question about a file (perhaps about one column of it). Without choices any text is an answer."""

    id: str
    file: str | None
    column: str | None
    text: Text
    choices: tuple[Choice, ...]

    def as_json(self) -> dict[str, Any]:
        choices = [{"value": choice.value, "text": {"en": choice.text.en, "zh": choice.text.zh}} for choice in self.choices]
        return {"id": self.id, "file": self.file, "column": self.column, "text": {"en": self.text.en, "zh": self.text.zh}, "choices": choices}


def choice(value: str, en: str | None = None, zh: str | None = None) -> Choice:
    """A choice; without words its value says all."""
    return Choice(value, Text(en=en or value, zh=zh or en or value))


def one_of(entries: Iterable[Entry]) -> list[Choice]:
    """The entries of a vocabulary as choices, and that it is none of them."""
    return [*(choice(entry.id, entry.label.en, entry.label.zh) for entry in entries), choice("none", "none of these", "都不是")]


class Questions:
    """The questions of one suggestion, in order, and what was answered."""

    def __init__(self, answers: Mapping[str, Any]) -> None:
        self.asked: list[Question] = []
        self._answers = {name: _plain(answer) for name, answer in answers.items()}

    def ask(self, name: str, file: str | None, column: str | None, en: str, zh: str, choices: Sequence[Choice] = (), *, free: bool = False) -> str | None:
        """The answer; ``None`` where there is none yet. ``free``: another text than the choices is an answer too."""
        question = Question(name, file, column, Text(en=en, zh=zh), tuple(choices))
        self.asked.append(question)
        answer = self._answers.get(name)
        if answer is None or not choices:
            return answer
        for one in choices:
            if answer in (one.value, one.text.en, one.text.zh):
                return one.value
        if free:
            return answer
        known = ", ".join(one.value for one in choices)
        raise InvalidInput("An answer is not one of the choices", errors=[FieldError("not-a-choice", f"{answer!r} is none of {known}", f"answers.{name}")])

    def answer(self, name: str) -> str | None:
        """What was answered to a question."""
        return self._answers.get(name)

    def open(self) -> list[Question]:
        """The questions that have no answer."""
        return [question for question in self.asked if question.id not in self._answers]


def _plain(answer: Any) -> str:
    """A choice may be sent as it came: with its value and its text."""
    if isinstance(answer, Mapping):
        answer = answer.get("value")
    if not isinstance(answer, (str, int, float)) or isinstance(answer, bool):
        raise InvalidInput.of("wrong-type", "an answer is the value of a choice, or a text", "answers")
    return str(answer)
