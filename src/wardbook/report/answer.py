"""The answer to a question before the trip, as lines of plain text."""

from __future__ import annotations

from wardbook.policy.ask import Answer

_YES_NO = {"yes": "yes", "no": "no", None: "cannot be determined"}


def answer_lines(answer: Answer) -> list[str]:
    """Allowed or not, was it security, who pays which cost, what to write down, the rule's words."""
    outcomes = answer.outcomes
    lines = [
        f"permitted:       {_YES_NO.get(outcomes.get('permitted'), 'cannot be determined')}",
        f"security reason: {_YES_NO.get(outcomes.get('security_reason'), 'cannot be determined')}",
        f"purpose:         {outcomes.get('purpose') or 'cannot be determined'}",
    ]
    lines += _section("who pays", [payment.words for payment in answer.payments] or _open_costs(answer))
    lines += _section("why", [f"{part}." for part in answer.reasons])
    lines += _section("not known yet", _open(answer))
    lines += _section("write down", list(answer.write_down))
    lines += ["", f"rules: {', '.join(answer.rules) or 'none'}"]
    for cited in answer.cites:
        lines += ["", f"{cited.title} [{cited.anchor}]", *(f"  {line}" for line in cited.text.splitlines())]
    return lines


def _open(answer: Answer) -> list[str]:
    """The facts that keep the answer open, the option that gives each, and the records that settle it."""
    asked = {missing.settled_by for missing in answer.missing}
    options = [
        f"{m.question} --{m.fact.replace('_', '-').replace(' ', '-')} (settled by {m.settled_by})"
        for m in answer.missing
    ]
    return options + [f"settled by {record}" for record in answer.settled_by if record not in asked]


def _open_costs(answer: Answer) -> list[str]:
    if answer.outcomes.get("costs") is None:
        return ["cannot be determined"]
    return ["no cost of that class under this rule"]


def _section(title: str, items: list[str]) -> list[str]:
    return ["", f"{title}:", *(f"  {item}" for item in items)] if items else []
