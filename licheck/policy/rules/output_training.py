"""Training on the outputs of a model.

What it does: for outputs that train another model, or score or filter its data, holds the output rule of every document
on the route, in the version in force when they were generated, against the project.
Why: the answer differs by route, date and kind of model, not by brand; only words that allow it clear it.
Example: conversations generated through a provider's API, used to train a model that competes with the provider.
Use instead: outputs of a model whose terms allow it, an exception that the text lists, or the provider's permission.
References: clause `anti-distillation`.
"""

from __future__ import annotations

from collections.abc import Iterator

from licheck.model.finding import Finding, State
from licheck.policy.acts import LEARNING
from licheck.policy.case import Case
from licheck.policy.outputs import CLAUSE, DECIDE, Answer, judge, rule_of

ID = "output-training"
# What these values ask is told by the rules for the name, the display and the use policy.
_TOLD_ELSEWHERE = ("allowed-with-conditions", "allowed-student-is-derivative")


def check(case: Case) -> Iterator[Finding]:
    """Judge the use of outputs under one document."""
    rule = rule_of(case)
    if _measured(case) and rule.value.startswith("forbidden") and judge(case, rule).state is not State.SATISFIED:
        why = f"{judge(case, rule).why}; whether measuring a model on such outputs is part of that it does not say"
        yield case.finding(ID, rule, State.UNDETERMINED, why, DECIDE, clause=CLAUSE)
    if case.layer.binds != "user" or not _learns(case) & rule.uses:
        return
    beside = not case.layer.main or case.document.layer in ("use-policy", "statement")
    if rule.value in _TOLD_ELSEWHERE or (beside and rule.value in ("none-found", "unknown")):
        return
    answer = _gap(case) if case.layer.gap else judge(case, rule)
    competes = case.context.manifest.evidence("project.competes", case.project.competes)
    more = [competes] if "competing" in rule.value else []
    why = answer.why + _last_seen(case)
    yield case.finding(ID, rule, answer.state, why, answer.remedy, *more, clause=CLAUSE)


def _learns(case: Case) -> frozenset[str]:
    how = LEARNING.intersection(case.bound.use.how)
    if "train" in case.bound.use.how and case.bound.use.obtained_by == "self" and case.layer.via:
        return how | {"generate-training-data"}  # the project itself generated the dataset
    return how


def _measured(case: Case) -> bool:
    """Whether outputs that the project itself generated are what it evaluates on."""
    use = case.bound.use
    mine = use.obtained_by == "self" and case.layer.binds == "user" and bool(case.layer.maker)
    return mine and "evaluate" in use.how


def _gap(case: Case) -> Answer:
    """Days for which no version is held leave the question open, whatever the held versions say."""
    held = "; ".join(dict.fromkeys(f"{d.title}: {d.output_rule.value}" for d in case.layer.candidates))
    return Answer(
        State.UNDETERMINED,
        f"which version applied is not known (unknown_version): {case.layer.gap}. Held: {held}",
        "write `when:` with the day or month of generation, or read the version then in force",
    )


def _last_seen(case: Case) -> str:
    seen, days = case.document.last_seen, case.bound.use.when
    newer = seen and days and days.end and days.end > seen
    return f" (this version was last seen on {seen})" if newer and not case.layer.gap else ""
