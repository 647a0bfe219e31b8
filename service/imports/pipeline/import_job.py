"""Imports: a set of files and a mapping become revisions of one import id. The worker's job and the command line call the same."""

from __future__ import annotations

import re
import secrets
import time
from collections import deque
from collections.abc import Callable, Generator, Sequence
from contextlib import closing, nullcontext
from itertools import islice
from pathlib import Path
from typing import Any, NamedTuple

import msgspec
from msgspec.structs import replace

from graph_models.errors import FieldError, InvalidInput, JobCancelled, NotFound
from graph_models.records.vocabulary import Vocabulary
from service.catalog.catalog import Workspace
from service.facts.batch_writing import write_blocks
from service.facts.ndjson import collector_paused
from service.facts.reading import every_revision
from service.imports.buffers.chunk import Ready, drained
from service.imports.formats.byte_source import FileOfSet
from service.imports.formats.encoding_detection import AUTO, codec_named
from service.imports.mapping.bound_mapping import CONSTANTS, FILE_STEP, BoundMapping
from service.imports.mapping.model import Written, read_mapping
from service.imports.pipeline.chunk_writer import Bringing, ChunkWriter, Total, write_together
from service.imports.pipeline.dry_run import Trial
from service.imports.pipeline.error_groups import grouped
from service.imports.pipeline.import_warnings import Watch
from service.imports.pipeline.preflight import Check
from service.imports.pipeline.read_process import Reading, Source
from service.imports.pipeline.record_files import RecordLines
from service.imports.template.workbook import is_template, template_mapping
from service.jobs.job import Progress, no_progress
from service.stores.interface.store import At, Store, Writing
from service.workspaces.context import Service

TOGETHER_BYTES = 32 << 20
"""Files of so many bytes are written in one transaction, where a store can, while they are read."""
PIECE_RECORDS = 12_500
"""Some records at a time: the fewer, the sooner the writing begins."""
SHOWN_ERRORS = 1_000
PROGRESS_S = 0.2
_PLACE = re.compile(r"\bline (\d{13,})\b")


class ImportPlan(NamedTuple):
    """What an import is asked to do."""

    files: Sequence[FileOfSet]
    mapping: Written | None = None
    on_error: str = "abort"
    dry_run: bool = False
    import_id: str | None = None
    who: str | None = None
    encoding: str | None = None
    """That of all text files, over what the mapping says."""
    directory: Path | None = None
    """Where a large import keeps its checked records until they are written; ``None``: where the system keeps such files."""


@collector_paused()
def import_files(store: Store, vocabulary: Vocabulary, plan: ImportPlan, progress: Progress = no_progress, bringing: Bringing = nullcontext) -> dict[str, Any]:
    """Read the files and write what the mapping makes of them. The answer is the result of an import job (api.md, "Bulk").

    ``bringing`` is held while terms are written that files of records bring.
    With ``on_error="abort"`` raises ``InvalidInput`` with every fault, before anything is written.
    """
    if plan.on_error not in ("abort", "skip"):
        raise InvalidInput.of("invalid", "on_error is abort or skip", "on_error")
    if not plan.files:
        raise InvalidInput.of("missing", "an import needs at least one file", "file")
    if twice := sorted({file.name for file in plan.files if sum(other.name == file.name for other in plan.files) > 1}):
        raise InvalidInput.of("duplicate", f"two files of the import are both called {twice[0]!r}", "file")
    source = _source(plan, vocabulary)
    try:
        return _Import(store, vocabulary, plan, source, progress, bringing).run()
    except InvalidInput as error:
        raise refused(error, plan.files) from None


def _source(plan: ImportPlan, vocabulary: Vocabulary) -> Source:
    codec = None if plan.encoding in (None, AUTO) else codec_named(plan.encoding or AUTO)
    if plan.mapping is None:
        if codec not in (None, "utf-8-sig"):
            raise InvalidInput.of("wrong-encoding", "files of records are UTF-8; other files are read by a mapping", "encoding")
        return RecordLines(plan.files)
    mapping = plan.mapping
    if plan.encoding is not None:
        files = {name: replace(spec, encoding=plan.encoding) for name, spec in mapping.model.files.items()}
        mapping = replace(mapping, model=replace(mapping.model, files=files))
    return BoundMapping(mapping, plan.files, vocabulary, plan.directory)


def refused(error: InvalidInput, files: Sequence[FileOfSet]) -> InvalidInput:
    """The same error, its faults with the lines of their files, and no more of them than anybody reads."""
    errors = [_placed(fault, files) for fault in error.errors]
    return type(error)(error.message, errors=errors[:SHOWN_ERRORS], **error.facts, **_left_out(errors), faults=grouped(errors))


class _Import:
    """One import while it runs."""

    def __init__(self, store: Store, vocabulary: Vocabulary, plan: ImportPlan, source: Source, progress: Progress, bringing: Bringing) -> None:
        self.store, self.vocabulary, self.plan, self.source, self.bringing = store, vocabulary, plan, source, bringing
        self.progress = progress
        self.import_id = plan.import_id or secrets.token_hex(8)
        self.writing = Writing(who=plan.who, import_id=self.import_id)
        self.said_at = 0.0

    def run(self) -> dict[str, Any]:
        if self.plan.dry_run:
            return self._tried()
        total = self._written_while_read() or self._written()
        self.progress(self.source.size, self.source.size, "done")
        return self._answer(total, [])

    def _chunks(self, stage: str, size: int | None = None) -> closing[Generator[Ready]]:
        """Reads the source, from its beginning."""
        self.reading = Reading(self.source, self.vocabulary, self._heard(stage), size)
        self.watch = Watch()
        return closing(self._watched())

    def _watched(self) -> Generator[Ready]:
        with closing(self.reading.chunks()) as chunks:
            for chunk in chunks:
                self.watch.look(chunk)
                yield chunk
                del chunk  # tens of megabytes

    def _written_while_read(self) -> Total | None:
        """All as one revision. Where that does not go, nothing was written."""
        if self.plan.on_error != "abort" or self.source.size > TOGETHER_BYTES:
            return None
        with self._chunks("reading and writing", PIECE_RECORDS) as parts:
            return write_together(self.store, self.vocabulary, parts, self.writing)

    def _written(self) -> Total:
        """Some after the other; with ``abort`` nothing before all was checked."""
        with self._chunks("reading") as parts:
            ahead = deque(islice(parts, 2))
            if len(ahead) < 2 and not any(chunk.terms for chunk in ahead):
                return self._written_at_once(next(drained(ahead, parts), Ready(())))
            parts_again = drained(ahead, parts)
            writer = ChunkWriter(self.store, self.vocabulary, self.bringing, self.plan.on_error, self.writing, self.plan.directory)
            if self.plan.on_error == "skip":
                return writer.write(parts_again, self._wrote)
            check = Check(self.store, self.vocabulary, self.plan.directory)
            try:
                kept = check.run(parts_again)
                writer.known, writer.in_order = check.there, check.in_order
                return writer.write(kept, self._wrote)
            finally:
                check.kept.close()

    def _written_at_once(self, chunk: Ready) -> Total:
        total = Total()
        self.progress(self.source.size, self.source.size, "writing")
        total.count(chunk.blocks)
        total.add(write_blocks(self.store, self.vocabulary, chunk.blocks, chunk.errors, on_error=self.plan.on_error, writing=self.writing))
        return total

    def _tried(self) -> dict[str, Any]:
        """Everything that the import would do, said and not done: the same faults as an import with ``abort`` finds, and the difference that it would make."""
        check = Check(self.store, self.vocabulary, self.plan.directory)
        try:
            with self._chunks("reading") as parts:
                kept = check.faults(parts)
            trial = Trial(self.store, check.vocabulary, check.coming)
            for chunk in kept:
                trial.add(chunk)
                self._wrote(trial.total.sums["accepted"])
        finally:
            check.kept.close()
        trial.total.errors = sorted({*check.errors, *trial.total.errors}, key=lambda fault: fault.line or 0)
        trial.total.sums["rejected"] = len({fault.line for fault in trial.total.errors})
        return self._answer(trial.total, trial.previewed, trial.left_out())

    def _answer(self, total: Total, previewed: list[dict[str, Any]], cut: dict[str, Any] | None = None) -> dict[str, Any]:
        errors = [_placed(fault, self.plan.files) for fault in sorted(total.errors, key=lambda fault: fault.line or 0)]
        told = self.reading.told
        counts = {name: total.sums[name] for name in ("accepted", "created", "updated", "unchanged", "rejected")}
        return {
            **counts, "errors": [fault._asdict() for fault in errors[:SHOWN_ERRORS]], **_left_out(errors), "faults": grouped(errors),
            "revision": total.revision, "import_id": self.import_id, "dry_run": self.plan.dry_run, "by_type": dict(sorted(total.by_type.items())),
            "preview": previewed, "preview_truncated": cut, "columns": {"mapped": told.columns.mapped, "ignored": told.columns.ignored},
            "redacted": told.redacted, "left_out": told.left_out, "files": told.files, "warnings": self._warnings(),
        }  # fmt: skip

    def _warnings(self) -> list[dict[str, Any]]:
        found = [(code, _placed(FieldError(code, message, None, place), self.plan.files)) for code, place, message in self.watch.found()]
        return [{"code": code, "line": fault.line, "message": fault.message} for code, fault in found]

    def _heard(self, stage: str) -> Callable[[int], None]:
        def heard(position: int) -> None:
            now = time.monotonic()
            if now - self.said_at >= PROGRESS_S:
                self.said_at = now
                self.progress(min(position, self.source.size), self.source.size, stage)

        return heard

    def _wrote(self, records: int) -> None:
        self.progress(records, None, "writing records")


# --- the job and the command line


def run_job(service: Service, workspace: str, arguments: dict[str, Any], progress: Progress) -> dict[str, Any]:
    """The job ``import``. Arguments: ``files`` (path, name), ``mapping`` (name or YAML), ``on_error``, ``dry_run``, ``import_id``, ``who``.

    One that was cut off goes on: what it wrote is there already, under the same ``import_id``, and counts as what it was then.
    """
    arguments = {"import_id": secrets.token_hex(8)} | arguments
    import_id = arguments["import_id"]
    begun = None if arguments.get("dry_run") else _begun(service, workspace, import_id)
    if begun is not None and begun["state"] == "done":
        return begun | {"preview": []}
    if arguments.get("dry_run"):
        return _run(service, workspace, arguments, progress)
    service.catalog.put_thing(workspace, "import", import_id, {"import_id": import_id, "state": "writing"})
    try:
        result = _run(service, workspace, arguments, progress)
    except InvalidInput:
        if begun is None:  # nothing was written
            service.catalog.remove_thing(workspace, "import", import_id)
        raise
    except JobCancelled:
        service.catalog.put_thing(workspace, "import", import_id, {"import_id": import_id, "state": "cancelled"})
        raise
    if begun is not None:
        result |= _with_earlier(service.store(workspace), result)
    service.catalog.put_thing(workspace, "import", import_id, {"state": "done"} | {name: result[name] for name in result if name != "preview"})
    return result


def _begun(service: Service, workspace: str, import_id: str) -> dict[str, Any] | None:
    """What is known of an import that was begun before; ``None`` for a new one."""
    try:
        return service.catalog.thing(workspace, "import", import_id)
    except NotFound:
        return None


def _with_earlier(store: Store, result: dict[str, Any]) -> dict[str, int]:
    """The counts of an import that went on after it was cut off: what it wrote before is not unchanged, it was created or updated."""
    created = updated = 0
    for revision in every_revision(store):
        if revision.import_id == result["import_id"]:
            created += revision.counts.get("created", 0)
            updated += revision.counts.get("updated", 0)
    return {"created": created, "updated": updated, "unchanged": result["accepted"] - created - updated}


def _run(service: Service, workspace: str, arguments: dict[str, Any], progress: Progress) -> dict[str, Any]:
    files = [FileOfSet(Path(file["path"]), file["name"]) for file in arguments["files"]]
    plan = ImportPlan(
        files, _mapping_for(service, workspace, files, arguments), arguments.get("on_error", "abort"),
        bool(arguments.get("dry_run")), arguments["import_id"], arguments.get("who"), arguments.get("encoding"),
        None if (upload := arguments.get("upload")) is None else Path(upload),
    )  # fmt: skip
    return import_files(service.store(workspace), service.vocabulary(workspace), plan, progress, lambda: service.terms_coming(workspace))


def _mapping_for(service: Service, workspace: str, files: Sequence[FileOfSet], arguments: dict[str, Any]) -> Written | None:
    """The mapping that was named; that of the template where all files were made from it; none for files of records."""
    if (mapping := arguments.get("mapping")) is not None:
        return named_mapping(service, workspace, mapping)
    if not files or not all(map(is_template, files)):
        return None
    focal = service.workspace(workspace).focal_party_id
    is_there = focal is not None and any(row.body is not None for row in service.store(workspace).get("party", [focal], At()))
    if focal is None and not arguments.get("dry_run"):
        service.change_workspace(workspace, {"focal_party_id": "firm"})
    return template_mapping(files, service.vocabulary(workspace), focal, is_there=is_there)


def named_mapping(service: Service, workspace: str, mapping: str) -> Written:
    """A mapping by its YAML, or by the name under which the workspace keeps it."""
    if "\n" in mapping or ":" in mapping:
        return read_mapping(mapping)
    return read_mapping(service.catalog.version(workspace, "mapping", mapping).body.decode())


def save_mapping(service: Service, workspace: str, name: str, text: str) -> dict[str, Any]:
    """Keep a mapping under its name; a new version where its text changed. Raises ``InvalidInput`` with field and line."""
    written = read_mapping(text)
    if written.model.name != name:
        raise InvalidInput.of("invalid", f"the mapping calls itself {written.model.name!r}, not {name!r}", "name", written.lines.of(("name",)))
    kept = service.catalog.put_version(workspace, "mapping", name, text.encode())
    return {"name": name, "version": kept.version, "recorded_at": kept.recorded_at}


def workspace_for(service: Service, workspace_id: str, mapping: Written | None) -> Workspace:
    """The workspace; made as the mapping says (name, focal party, currency, language, day) where it is absent."""
    try:
        return service.workspace(workspace_id)
    except NotFound:
        hints = msgspec.to_builtins(mapping.model.workspace) if mapping is not None and mapping.model.workspace is not None else {}
        return service.create_workspace({"id": workspace_id, "name": workspace_id, **hints})


def _placed(fault: FieldError, files: Sequence[FileOfSet]) -> FieldError:
    """The fault with the line of its file, and the file where there are several."""
    message = _PLACE.sub(lambda match: _said_of(int(match[1]), files), fault.message)
    if fault.line is None or fault.line < FILE_STEP:
        return fault._replace(message=message if len(files) == 1 or fault.line is None else f"{files[0].name}: {message}")
    number, line = divmod(fault.line, FILE_STEP)
    name = "the mapping" if number == CONSTANTS else files[number].name
    return fault._replace(message=f"{name}: {message}", line=line)


def _said_of(place: int, files: Sequence[FileOfSet]) -> str:
    number, line = divmod(place, FILE_STEP)
    return f"line {line} of {'the mapping' if number == CONSTANTS else files[number].name}"


def _left_out(errors: Sequence[FieldError]) -> dict[str, Any]:
    if len(errors) <= SHOWN_ERRORS:
        return {}
    return {"truncated": {"shown": SHOWN_ERRORS, "left_out": len(errors) - SHOWN_ERRORS, "why": f"at most {SHOWN_ERRORS} errors are shown"}}
