"""The summary: five sentences made from the numbers of the other sections, and from nothing else."""

from __future__ import annotations

from collections.abc import Sequence

from service.reports.content.blocks import Block, Inline, PartyName, Phrase, RankRange, Sentences, Several
from service.reports.sections.report_data import Answers, place_of, shown


def summary(answers: Answers) -> Sequence[Block]:
    """Who has influence on us, through whom value flows, where it comes from, where it ends, what the numbers rest on."""
    return [Sentences([_influence(answers), _value_flow(answers), _origin(answers), _sinks(answers), _quality(answers)])]


def _influence(answers: Answers) -> Phrase:
    scores = answers.top("influence")
    focal = PartyName(answers.focal)
    if scores.at("items", 0, "value") is None:
        return Phrase("summary.influence.none", {"focal": focal})
    first, *others = [item["party_id"] for item in scores.items() if item["value"] is not None][:3]
    values: dict[str, Inline] = {
        "first": PartyName(first),
        "focal": focal,
        "score": shown(scores, "score", "items", 0, "value"),
        "range": RankRange(scores.figure("items", 0, "rank_range", 0), scores.figure("items", 0, "rank_range", 1)),
    }
    if not others:
        return Phrase("summary.influence.alone", values)
    return Phrase("summary.influence", values | {"others": Several([PartyName(other) for other in others])})


def _value_flow(answers: Answers) -> Phrase:
    scores = answers.top("value_flow")
    if scores.at("items", 0, "value") is None:
        return Phrase("summary.value_flow.none", {"focal": PartyName(answers.focal)})
    first = scores.at("items", 0, "party_id")
    explained = answers.explain(first, "value_flow")
    places = {part["part"]: place for place, part in enumerate(explained.items("parts")) if part["raw"]}
    values: dict[str, Inline] = {"first": PartyName(first), "score": shown(scores, "score", "items", 0, "value")}
    if "pass_through" not in places:
        return Phrase("summary.value_flow.first", values)
    values["passes"] = shown(explained, "percent", "parts", places["pass_through"], "raw")
    if "criticality" not in places:
        return Phrase("summary.value_flow.passes", values)
    return Phrase("summary.value_flow", values | {"critical": shown(explained, "percent", "parts", places["criticality"], "raw")})


def _origin(answers: Answers) -> Phrase:
    added = answers.scores("embodied_value_added")
    own = place_of(added, answers.focal)
    other = next((place for place, item in enumerate(added.items()) if item["value"] and item["party_id"] != answers.focal), None)
    if own is None or added.at("items", own, "value") is None:
        return Phrase("summary.origin.none")
    values: dict[str, Inline] = {"own": shown(added, "percent", "items", own, "value"), "focal": PartyName(answers.focal)}
    if other is None:
        return Phrase("summary.origin.alone", values)
    first: dict[str, Inline] = {"first": PartyName(added.at("items", other, "party_id")), "share": shown(added, "percent", "items", other, "value")}
    return Phrase("summary.origin", values | first)


def _sinks(answers: Answers) -> Phrase:
    sinks = answers.view("sinks")
    values: dict[str, Inline] = {"unattributed": shown(sinks, "percent", "unattributed", "share")}
    if not sinks.items():
        return Phrase("summary.sinks.none", values)
    values |= {"first": PartyName(sinks.at("items", 0, "party_id")), "share": shown(sinks, "percent", "items", 0, "share")}
    if not sinks.at("unattributed", "share"):
        return Phrase("summary.sinks.attributed", values)
    through = sinks.items("unattributed", "through")
    if not through:
        return Phrase("summary.sinks", values)
    return Phrase("summary.sinks.through", values | {"through": PartyName(through[0]["party_id"])})


def _quality(answers: Answers) -> Phrase:
    quality = answers.view("data-quality")
    return Phrase(
        "summary.quality",
        {
            "facts": shown(quality, "count", "total", "facts"),
            "parties": shown(quality, "count", "total", "parties"),
            "unproven": shown(quality, "count", "total", "without_evidence"),
            "inferred": shown(quality, "count", "total", "inferred"),
            "warnings": shown(answers.analysis(), "count", "warnings", counted=True),
        },
    )
