"""Reports: sections that are built from answers of the API, rendered to one file. All kinds and sections stand in the lists below."""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import msgspec

from graph_models.decoding import decode_request
from graph_models.errors import InvalidInput, NotFound
from graph_models.records.closed_lists import unknown_value
from graph_models.records.dates import now_text
from graph_models.records.vocabulary import Text
from service.analysis import results as analysis
from service.facts.instants import day_asked
from service.jobs.job import Progress
from service.reports.content.blocks import Block, PartyName, Phrase
from service.reports.content.texts import Locale
from service.reports.renderers.html import Document, Part, html
from service.reports.sections.data_quality import data_quality
from service.reports.sections.give_get import give_get
from service.reports.sections.method import method, stamp
from service.reports.sections.report_data import NEEDED, Answers, shown
from service.reports.sections.summary import summary
from service.reports.sections.value_loops import value_loops
from service.reports.sections.value_origin import value_origin
from service.reports.sections.who_matters import who_matters
from service.workspaces.context import UNFINISHED, Service


class Section(NamedTuple):
    """One section: its name (the anchor in the page), the key of its heading, what it says, and the function that builds it."""

    name: str
    heading: str
    description: str
    build: Callable[[Answers], Sequence[Block]]


class Kind(NamedTuple):
    """One kind of report: its title, the question it answers, its sections in order."""

    name: str
    title: Text
    question: str
    sections: Sequence[str]
    formats: Sequence[str] = ("html",)

    def as_json(self) -> dict[str, Any]:
        """An item of ``GET W/reports/kinds``."""
        sections = [{"name": name, "description": SECTIONS[name].description} for name in self.sections]
        return {"kind": self.name, "title": msgspec.to_builtins(self.title), "question": self.question, "formats": list(self.formats), "sections": sections}


class Request(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The body of ``POST W/reports``. ``as_of``, where it is given, must be the day of the analysis."""

    kind: str
    format: str = "html"
    locale: Locale | None = None
    as_of: str | None = None
    analysis: str = "latest"


class Report(NamedTuple):
    """A report that was made: its file and how it is to be sent."""

    path: Path
    media_type: str


SECTIONS: dict[str, Section] = {
    section.name: section
    for section in (
        Section("summary", "summary.heading", "Five sentences made from the numbers of the report.", summary),
        Section("who_matters", "who.heading", "Both rankings with rank, rank range, points by part, coverage, the strongest path and what to do.", who_matters),
        Section("value_origin", "value.heading", "Who adds the value in what is sold, who uses it in the end, and what nobody can attribute.", value_origin),
        Section("give_get", "give.heading", "What the ten parties with the strongest ties give and get, by kind of value.", give_get),
        Section("value_loops", "loops.heading", "The ten strongest loops of value through the focal party, each with its weakest link.", value_loops),
        Section(
            "data_quality",
            "quality.heading",
            "Undefined values with reasons, warnings, facts without evidence, amounts without a rate, net refunds, stale states.",
            data_quality,
        ),
        Section("method", "method.heading", "Dates, snapshot, parameters, weights and versions behind every number.", method),
    )
}
KINDS: dict[str, Kind] = {
    kind.name: kind
    for kind in (
        Kind(
            "strategy",
            Text(en="Strategy report", zh="战略报告"),
            "Who matters and why, where value comes from and ends up, and how far the data can be trusted?",
            tuple(SECTIONS),
        ),
    )
}
MEDIA_TYPES = {"html": "text/html; charset=utf-8"}


def check_request(fields: Any) -> Request:
    """``InvalidInput`` with the field of what is wrong with a request."""
    request = decode_request(fields, Request)
    if request.kind not in KINDS:
        raise InvalidInput(f"there is no report {request.kind!r}", errors=[unknown_value(request.kind, KINDS, "kind")])
    if request.format not in KINDS[request.kind].formats:
        raise InvalidInput(f"this report is not made as {request.format!r}", errors=[unknown_value(request.format, KINDS[request.kind].formats, "format")])
    if request.as_of is not None:
        day_asked(request.as_of)
    return request


def run_job(service: Service, workspace_id: str, arguments: dict[str, Any], progress: Progress) -> dict[str, Any]:
    """The handler of report jobs: ``arguments`` is the request's body; the result names the report."""
    request = check_request(arguments)
    text, about = made(service, workspace_id, request, progress)
    report_id = f"{time.time_ns():x}{secrets.token_hex(4)}"
    path = service.directory(workspace_id, "reports") / f"{report_id}.{request.format}"
    making = path.with_suffix(UNFINISHED)
    making.write_text(text, "utf-8")
    making.rename(path)
    service.catalog.put_thing(workspace_id, "report", report_id, {"report_id": report_id, **about, "recorded_at": now_text()})
    return {"report_id": report_id, **about}


def made(service: Service, workspace_id: str, request: Request, progress: Progress) -> tuple[str, dict[str, Any]]:
    """The text of a report, and what is to be known of it."""
    kind = KINDS[request.kind]
    progress(0, len(kind.sections) + 1, "analysis")
    answers = Answers(service, workspace_id, _analysis(service, workspace_id, request), request.locale)
    parts = []
    for done, name in enumerate(kind.sections, 1):
        progress(done, len(kind.sections) + 1, name)
        parts.append(Part(name, Phrase(SECTIONS[name].heading), SECTIONS[name].build(answers)))
    document = Document(
        Phrase(f"report.{kind.name}"),
        Phrase("report.of", {"focal": PartyName(answers.focal)}),
        Phrase("report.as_of", {"as_of": shown(answers.analysis(), "plain", "as_of")}),
        parts,
        stamp(answers),
    )
    about = {
        "kind": kind.name,
        "format": request.format,
        "locale": answers.page.locale,
        "as_of": answers.analysis().at("as_of"),
        "analysis_id": answers.analysis_id,
    }
    return html(document, answers.page), about


def _analysis(service: Service, workspace_id: str, request: Request) -> str:
    """The analysis that was named; with a day the newest of that day."""
    if request.as_of is None:
        return request.analysis
    if request.analysis == "latest":
        return str(analysis.latest(service, workspace_id, NEEDED, day=request.as_of)["analysis_id"])
    about = analysis.analysis(service, workspace_id, request.analysis)
    if about["as_of"] == request.as_of and not about["filter"] and set(NEEDED) <= about["metrics"].keys():
        return request.analysis
    raise NotFound(f"There is no analysis as of {request.as_of} with {', '.join(NEEDED)}; POST one first")


def report_file(service: Service, workspace_id: str, report_id: str) -> Report:
    """The file of a report; ``NotFound`` where there is none of that id."""
    about = service.catalog.thing(workspace_id, "report", report_id)
    return Report(service.directory(workspace_id, "reports") / f"{report_id}.{about['format']}", MEDIA_TYPES[about["format"]])
