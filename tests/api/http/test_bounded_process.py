"""Work on what users send runs in a child process, which is stopped where it takes too long, needs too much, or says too much."""

from __future__ import annotations

import multiprocessing
import os
import threading
from multiprocessing.context import ForkServerProcess

import pytest

from graph_models.errors import Busy, FieldError, InvalidInput, TooCostly
from service.core.bounded_process import Bounded, Limits

QUICK = Limits(seconds=0.5, memory_bytes=64 << 20, answer_bytes=1 << 20)
WIDE = Limits(seconds=30.0, memory_bytes=64 << 20, answer_bytes=1 << 20)


def _process_and_sum(*numbers: int) -> tuple[int, int]:
    return os.getpid(), sum(numbers)


def _refuse() -> None:
    raise InvalidInput.of("banana", "this is a banana", "fruit", 3)


def _go_on_for_ever() -> None:
    while True:
        pass


def _fill_the_memory() -> int:
    return len(b"x" * (1 << 30))


def _say_too_much() -> bytes:
    return b"x" * (2 << 20)


def _fail() -> None:
    raise ZeroDivisionError("1/0")


def test_an_answer_comes_from_another_process() -> None:
    process, total = Bounded(WIDE).call(_process_and_sum, 1, 2, 3)
    assert (process != os.getpid(), total) == (True, 6)


def test_an_error_of_ours_comes_through_as_it_is_and_another_one_names_itself() -> None:
    with pytest.raises(InvalidInput) as refused:
        Bounded(WIDE).call(_refuse)
    assert refused.value.errors == (FieldError("banana", "this is a banana", "fruit", 3),)
    with pytest.raises(RuntimeError, match="ZeroDivisionError"):
        Bounded(WIDE).call(_fail)


def test_what_takes_too_long_needs_too_much_or_says_too_much_is_stopped() -> None:
    for work, limits in ((_go_on_for_ever, QUICK), (_fill_the_memory, WIDE), (_say_too_much, WIDE)):
        with pytest.raises(TooCostly):
            Bounded(limits).call(work)
    assert [child for child in multiprocessing.active_children() if isinstance(child, ForkServerProcess)] == []


def test_those_that_find_no_place_to_wait_are_told_at_once() -> None:
    bounded = Bounded(Limits(seconds=2.0), at_once=1, waiting=1)
    answers: list[type[BaseException]] = []

    def ask() -> None:
        try:
            bounded.call(_go_on_for_ever)
        except (Busy, TooCostly) as error:
            answers.append(type(error))

    asking = [threading.Thread(target=ask) for _ in range(5)]
    for thread in asking:
        thread.start()
    for thread in asking:
        thread.join()
    assert (answers.count(Busy), answers.count(TooCostly)) == (3, 2)
