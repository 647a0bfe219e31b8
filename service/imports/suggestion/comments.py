"""The comments of a suggested mapping, in one language: what each table is taken for, what each column is read as, what is still to be answered."""

from __future__ import annotations

from collections.abc import Sequence

from graph_models.records.vocabulary import Text
from service.imports.suggestion.column_meanings import label
from service.imports.suggestion.draft import Draft
from service.imports.suggestion.questions import Question

TAKEN_FOR = {
    "list": Text(en="a list of parties", zh="往来单位名单"), "suppliers": Text(en="a list of suppliers", zh="供应商名单"),
    "orders": Text(en="payments or orders, one a line", zh="订单或付款，一行一笔"),
    "through": Text(en="what distributors sold on to end customers", zh="经销商卖给终端客户的流向"),
    "payments": Text(en="what one party pays another", zh="双方之间的付款"), "holders": Text(en="shareholders", zh="股东"),
    "survey": Text(en="answers to a survey", zh="满意度调查"),
    "services": Text(en="services between departments", zh="部门之间的服务"), "contacts": Text(en="contacts with stakeholders", zh="与利益相关方的接触"),
    "alumni": Text(en="people who have left the firm", zh="离职员工"), "employees": Text(en="employees", zh="员工"),
    "nothing": Text(en="nothing that is known; nothing is made of it", zh="不认识的表，不生成任何记录"),
}  # fmt: skip
_HEAD = Text(en="A suggestion, to be read and edited before it is used. What it rests on:", zh="这是建议，使用前请阅读并修改。依据如下：")
_USED, _UNUSED = Text(en="read as", zh="读作"), Text(en="not used", zh="未使用")
_OPEN = Text(en="What only you can say (send the answers by these ids):", zh="只有您能回答的问题（按编号回答）：")
_LEFT = Text(en="lines are left out as sums or means:", zh="以下各行是合计或平均，不算：")


def comments(drafts: Sequence[tuple[Draft, str]], questions: Sequence[Question], locale: str) -> str:
    """All comments, as they stand above the mapping."""
    lines = [f"# {_HEAD.in_locale(locale)}"]
    for draft, shape in drafts:
        taken = TAKEN_FOR[shape if draft.records or shape == "nothing" else "nothing"]
        lines.append(f"#\n# {_plain(draft.sample.name)}: {taken.in_locale(locale)}")
        for column in draft.sample.columns:
            what = f"{_USED.in_locale(locale)} {label(column.meaning, locale)}" if column.name in draft.used and column.meaning else _UNUSED.in_locale(locale)
            lines.append(f"#   {_plain(column.name)}: {what} ({_plain(column.reason.in_locale(locale))})")
        if totals := [str(line) for line, why, _ in draft.sample.left_out if why == "total"]:
            lines.append(f"#   {_LEFT.in_locale(locale)} {', '.join(totals[:20])}")
    if questions:
        lines.append(f"#\n# {_OPEN.in_locale(locale)}")
    for question in questions:
        choices = " / ".join(f"{choice.value}" for choice in question.choices[:12])
        lines.append(f"# ? {_plain(question.id)}: {_plain(question.text.in_locale(locale))}" + (f" [{_plain(choices)}]" if choices else ""))
    return "\n".join(lines) + "\n"


def _plain(text: str) -> str:
    return "".join(char if char.isprintable() else " " for char in text)[:200]
