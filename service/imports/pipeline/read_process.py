"""Reads what an import brings, checked and ready to be written; of large files in a process of its own, while this one writes."""

from __future__ import annotations

import multiprocessing
import os
import sys
import time
import traceback
from collections.abc import Callable, Generator, Iterator
from multiprocessing.connection import Connection
from typing import Any, NamedTuple, Protocol

from graph_models.kernels.threads import workers
from graph_models.records.vocabulary import Vocabulary
from service.core.child_processes import end_with_parent
from service.facts.ndjson import collector_paused
from service.imports.buffers.chunk import Chunk, Ready, chunks, made_ready, unpacked
from service.imports.mapping.bound_mapping import Columns

APART_BYTES = 2 << 20
"""Files of so many bytes are read by a process of their own."""
SAID_S = 0.2
Heard = Callable[[int], None]
"""Hears at which byte the reading is."""


class Source(Protocol):
    """What an import reads from: a bound mapping, or files of records."""

    size: int

    def parts(self, progress: Heard) -> Iterator[Chunk]:
        """Everything, in order, some at a time; may be asked for again."""

    def columns(self) -> Columns:
        """What of the files is used."""

    def read_as(self) -> list[dict[str, str]]:
        """How each file is read."""

    def left_out(self) -> list[dict[str, Any]]:
        """The lines that a rule of the mapping leaves out, by file."""

    def redacted(self) -> list[dict[str, Any]]:
        """The placeholders that were found: in which column, in how many lines, and how many parties they became."""


class Told(NamedTuple):
    """What a source says of itself once it was read."""

    columns: Columns
    files: list[dict[str, str]]
    left_out: list[dict[str, Any]]
    redacted: list[dict[str, Any]]


class Reading:
    """One reading of a source, from its beginning to its end."""

    def __init__(self, source: Source, vocabulary: Vocabulary, heard: Heard, size: int | None = None) -> None:
        """``size``: so many records and faults, or fewer at the end, make a chunk."""
        self._source, self._vocabulary, self._heard, self._size = source, vocabulary, heard, size
        self._told: Told | None = None

    @property
    def told(self) -> Told:
        """What the source says of itself; to be asked when all was read."""
        return self._told or Told(self._source.columns(), self._source.read_as(), self._source.left_out(), self._source.redacted())

    def chunks(self) -> Generator[Ready]:
        """All chunks. Whoever does not ask for the last closes the iterator."""
        is_apart = self._source.size >= APART_BYTES and sys.platform == "linux" and workers() > 1
        return self._apart() if is_apart else self._here(self._heard)

    def _here(self, heard: Heard) -> Generator[Ready]:
        vocabulary = self._vocabulary
        parts = self._source.parts(heard)
        for chunk in chunks(parts) if self._size is None else chunks(parts, self._size):
            ready, vocabulary = made_ready(chunk, vocabulary)
            del chunk  # tens of megabytes, which are not held while the next are read
            yield ready
            del ready

    def _apart(self) -> Generator[Ready]:
        context = multiprocessing.get_context("fork")
        receiving, sending = context.Pipe(duplex=False)
        process = context.Process(target=self._send, args=(os.getpid(), receiving, sending), daemon=True)
        process.start()
        sending.close()
        try:
            yield from self._received(receiving)
            process.join()
        except EOFError:
            process.join()
            raise RuntimeError(f"The process that read the files ended with {process.exitcode}") from None
        finally:
            receiving.close()
            process.kill()
            process.join()

    def _received(self, receiving: Connection) -> Generator[Ready]:
        while True:
            said = receiving.recv()
            if isinstance(said, int):
                self._heard(said)
            elif isinstance(said, BaseException):
                raise said
            elif isinstance(said, Told):
                self._told = said
                return
            else:
                ready = unpacked(receiving.recv_bytes())
                ready.errors, ready.terms = said
                yield ready
                del ready

    @collector_paused()
    def _send(self, parent: int, receiving: Connection, sending: Connection) -> None:
        """In the other process. When nobody listens any more, it ends: its end of the pipe is the last that is open."""
        end_with_parent(parent)
        receiving.close()
        said_at = 0.0

        def heard(position: int) -> None:
            nonlocal said_at
            if (now := time.monotonic()) - said_at >= SAID_S:
                said_at = now
                sending.send(position)

        try:
            for ready in self._here(heard):
                sending.send((ready.errors, ready.terms))
                sending.send_bytes(ready.packed())
                del ready  # as in _here
            sending.send(self.told)
        except BrokenPipeError:
            pass
        except Exception as error:
            error.add_note(traceback.format_exc())
            sending.send(error)
