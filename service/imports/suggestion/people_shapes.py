"""Tables of people and of what was said: surveys, contacts, services between departments, employees and alumni."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from service.imports.suggestion.column_meanings import Column, bare, known_values
from service.imports.suggestion.draft import Draft
from service.imports.suggestion.questions import choice, one_of
from service.imports.suggestion.record_shapes import only_first

_MEASURES = {"nps": "nps", "csat": "csat"}


def survey(draft: Draft) -> None:
    """A line is the answers of one party, perhaps to several questions."""
    party = draft.get("customer", "company", "end_customer", "short")
    assert party is not None
    if draft.new_names_of(party):
        draft.add_party(party)
    _answers(draft, party, draft.party(party), draft.context.firm)


def _answers(draft: Draft, party: Column, source: str, target: str) -> None:
    day, text = draft.get("date"), draft.get("text")
    for meaning, measure in _MEASURES.items():
        if (column := draft.by.get(meaning)) is None:
            continue
        answer: dict[str, Any] = {"type": "touchpoint"}
        if "" in column.cells:
            answer["when"] = {"column": column.name, "present": True}
        answer |= {
            "id": draft.line_id(measure, party, draft.by.get("receiver"), text if party.meaning == "provider" else None, day),
            "source": source,
            "target": target,
        }
        answer |= {"kind": "survey_answer", "measure": measure, "value": draft.value(column)}
        answer |= {"text": draft.value(text)} if text is not None else {}
        if day is None:
            draft.ask(
                "day",
                column,
                "On which day were these answers given (YYYY-MM-DD)?",
                "这些回答是哪一天的（YYYY-MM-DD）？",
            )
        said = draft.day(day) if day is not None else draft.context.questions.answer(draft.question_id("day"))
        if said is not None:
            draft.records.append(answer | {"occurred_at": said})


def services(draft: Draft) -> None:
    """A line is what one department does for another, with how content that one is."""
    provider, receiver = draft.by["provider"], draft.by["receiver"]
    for column in (provider, receiver):
        draft.add_party(column, "unit", prefix="dept:")
    source, target = draft.party(provider, "dept:"), draft.party(receiver, "dept:")
    role = {"type": "role", "duplicates": "first"}
    draft.records.append(role | {"id": f"{source}/department", "source": source, "target": draft.context.firm, "role": "department"})
    draft.records.append(role | {"id": f"{target}/customer-of/{source}", "source": target, "target": source, "role": "customer"})
    what = draft.get("text", "product")
    period = draft.ask("service_year", provider, "Of which year are these services? Until you say, no service is made of them",
                       "这些服务是哪一年的？没有回答之前不生成服务")  # fmt: skip
    if period is not None and what is not None:
        flow = {"type": "value_flow", "id": f"serve:{source}/{target}/{draft.value(what)}", "source": source, "target": target, "kind": "service"}
        draft.records.append(flow | {"product": draft.value(what), "valid_from": period, "duplicates": "first"})
    _answers(draft, provider, target, source)


def contacts(draft: Draft) -> None:
    """A line is one contact with a party, which a column calls media, authority ..."""
    party, category = draft.by["object"], draft.get("category", "role")
    known = known_values("person") | {"意见领袖": "person", "opinion leader": "person", "influencer": "person", "blogger": "person", "kol": "person"}
    people = [] if category is None else [text for text in dict.fromkeys(category.values) if known.get(bare(text)) == "person"]
    kind = draft.cell(category, values=dict.fromkeys(people, "person"), otherwise={"constant": "organization"}) if category is not None and people else None
    draft.add_party(party, kind)
    if category is not None:
        roles = draft.read_values(category, "role")
        if any(roles.values()):
            part = draft.own("role")
            draft.records.append({
                "type": "role", "each": draft.cell(category, **{"as": part, "split": "、", "values": roles}), "id": f"{draft.party(party)}/{{{part}}}",
                "source": draft.party(party), "target": draft.context.firm, "role": f"{{{part}}}", "duplicates": "first",
            })  # fmt: skip
    _contact(draft, party)


def _contact(draft: Draft, party: Column) -> None:
    entries = draft.context.vocabulary.touchpoint_kinds.values()
    kind = draft.ask("contact", party, "What kind of contact is a line? Until you say, no contacts are made of them",
                     "一行是哪种接触？没有回答之前不生成接触", one_of(entries))  # fmt: skip
    if kind in (None, "none"):
        return
    contact: dict[str, Any] = {"type": "touchpoint", "id": draft.line_id("contact", party, draft.get("text"), draft.by["date"]), "source": draft.party(party)}
    contact |= {"target": draft.context.firm, "kind": kind, "occurred_at": draft.day(draft.by["date"])}
    if (text := draft.get("text")) is not None:
        contact["text"] = draft.value(text)
    if (attitude := draft.get("attitude")) is not None:
        values = {text: float(value) for text in dict.fromkeys(attitude.values) if (value := known_values("sentiment").get(bare(text))) is not None}
        contact["sentiment"] = draft.cell(attitude, values={text: str(int(value)) for text, value in values.items()}, otherwise=None)
    if (channel := draft.get("channel")) is not None:
        known = known_values("channel", draft.labels("channel"))
        values_of = {text: known[bare(text)] for text in dict.fromkeys(channel.values) if bare(text) in known}
        contact["channel"] = draft.cell(channel, values=values_of, otherwise=None)
    draft.records.append(contact)


def alumni(draft: Draft) -> None:
    """A line is a person who has left the firm, and where they are now."""
    person = draft.by["person"]
    draft.add_party(person, "person")
    ends = {"source": draft.party(person), "target": draft.context.firm}
    left = draft.day(draft.by["left"])
    if (joined := draft.get("joined")) is not None:
        draft.records.append(
            {"type": "role", "id": f"{draft.party(person)}/employee", **ends, "role": "employee", "valid_from": draft.day(joined), "valid_to": left}
        )
    draft.records.append({"type": "role", "id": f"{draft.party(person)}/alumni", **ends, "role": "alumni", "valid_from": left})
    if (employer := draft.get("employer", "company")) is not None:
        _employer(draft, person, employer)


def _employer(draft: Draft, person: Column, employer: Column) -> None:
    draft.add_party(employer, "organization")
    works = draft.ask("works_at", employer, f"Do they work at {employer.name!r} since they left? Until you say, it is not taken for so",
                      f"离职后一直在「{employer.name}」工作吗？没有回答之前不作此认定", [choice("yes", "yes", "是"), choice("no", "no", "不是")])  # fmt: skip
    present = {"when": {"column": employer.name, "present": True}} if "" in employer.cells else {}
    if works == "yes":
        relation = {"id": f"{draft.party(person)}/works-at", "source": draft.party(person), "target": draft.party(employer), "kind": "part_of"}
        draft.records.append({"type": "relationship"} | present | relation | {"valid_from": draft.day(draft.by["left"])})
    if (column := draft.get("relation", "role")) is None:
        return
    roles = {text: value for text, value in draft.known_roles(column).items() if value is not None}
    choices = [choice("organization", f"of {employer.name}", f"「{employer.name}」"), choice("person", "of the person", "本人")]
    choices.append(choice("none", "leave it out", "不用"))
    whose = draft.ask("relation_of", column, f"Of whom does {column.name!r} speak?", f"「{column.name}」说的是谁？", choices)
    if roles and whose in ("organization", "person"):
        who = draft.party(employer if whose == "organization" else person)
        new = {text: value for text, value in roles.items() if value != "customer" or not draft.context.has_orders}
        record = {"id": f"{who}/{{{column.name}}}", "source": who, "target": draft.context.firm, "role": draft.cell(column, values=new)}
        draft.records.append({"type": "role", "when": {"column": column.name, "in": list(new)}} | record | {"duplicates": "first"})


def employees(draft: Draft) -> None:
    """A line is a person who works for the firm, perhaps in a department."""
    person = draft.by["person"]
    draft.add_party(person, "person")
    role = {"type": "role", "id": f"{draft.party(person)}/employee", "source": draft.party(person), "target": draft.context.firm, "role": "employee"}
    if (joined := draft.get("joined")) is not None:
        role["valid_from"] = draft.day(joined)  # type: ignore[assignment]
    draft.records.append(role | ({"when": found} if (found := only_first(draft, person)) else {}))
    if (department := draft.get("department")) is not None:
        draft.add_party(department, "unit", prefix="dept:")
        unit = draft.party(department, "dept:")
        draft.records.append(
            {"type": "role", "id": f"{unit}/department", "source": unit, "target": draft.context.firm, "role": "department", "duplicates": "first"}
        )
        draft.records.append(
            {
                "type": "relationship",
                "id": f"{draft.party(person)}/in/{unit}",
                "source": draft.party(person),
                "target": unit,
                "kind": "part_of",
                "duplicates": "first",
            }
        )


PEOPLE: dict[str, Callable[[Draft], None]] = {"survey": survey, "services": services, "contacts": contacts, "alumni": alumni, "employees": employees}
"""What makes records of a table of each of these shapes."""
