"""The terms that bound whoever generated a dataset.

What it does: for a dataset that a model generated, tells which terms its makers had accepted and what these say of
training, and asks, as a question of its own, whether they reach somebody who only downloaded the data.
Why: terms of service bind who accepted them. That the makers were bound is a fact; that you are is disputed, and no
tool can settle it.
Example: an instruction dataset generated through a provider's API, used to train a model.
Use instead: data without that origin, or a decision by your counsel, recorded as an exception with name and date.
References: clause `anti-distillation`.
"""

from __future__ import annotations

from collections.abc import Iterator

from licheck.model.binding import BoundUse, Layer
from licheck.model.evidence import Grade
from licheck.model.finding import Finding, Severity, State
from licheck.policy.case import Case, Context
from licheck.policy.outputs import CLAUSE, DECIDE, judge, rule_of

ID = "generator-terms"
REACH = "generator-reach"
_CLEAR = ("allowed", "flow-down", "none-found")
# Clauses that a text can lay on outputs, whatever it says of training on them.
_ON_OUTPUTS = ("non-commercial", "research-only")


def check(case: Case) -> Iterator[Finding]:
    """Tell what bound the makers, and ask whether it reaches the project."""
    rule = rule_of(case)
    how = {"train", "evaluate"}.intersection(case.bound.use.how)
    if case.layer.binds != "generator" or not how:
        return
    yield from _restricted(case)
    if rule.value in _CLEAR:
        return
    name, title, maker = case.bound.use.of.name, case.document.title, case.layer.maker
    reported = "" if case.document.sources else " (by report; its text is not held)"
    says = f"{rule.summary}{reported}" if rule.summary else f"its rule on outputs is {rule.value}{reported}"
    told = f"{maker} generated {name}, so {title} binds whoever had it do so: {says}"
    gap = f" ({case.layer.gap})" if case.layer.gap else ""
    yield case.finding(ID, rule, State.NOT_APPLICABLE, told + gap, clause=CLAUSE, severity=Severity.INFO, grade=Grade.A)
    if "train" not in how:
        return
    apart = "competing" in rule.value and case.project.competes == "no"
    clear = apart or (rule.value != "unknown" and judge(case, rule).state is State.SATISFIED)
    # Versions that are not held may say more than those that are.
    if clear and not case.layer.gap:
        return
    asked = f"whether {title} reaches those who only downloaded {name} is disputed: contracts bind who accepted them"
    yield case.finding(REACH, rule, State.UNDETERMINED, asked, f"{DECIDE}; or leave the data out", clause=CLAUSE)


def _restricted(case: Case) -> Iterator[Finding]:
    """Outputs that a text keeps to some purposes: the makers are bound, and whether that reaches others is asked."""
    name, title, maker = case.bound.use.of.name, case.document.title, case.layer.maker
    for clause in _ON_OUTPUTS if "train" in case.bound.use.how and case.project.commercial is not False else ():
        term = case.document.terms.get(clause)
        if term and "outputs" in term.reach:
            told = f"{maker} generated {name}, and {title} keeps outputs to some purposes: {term.summary}"
            yield case.finding(ID, term, State.NOT_APPLICABLE, told, severity=Severity.INFO)
            asked = f"whether {title}, which keeps outputs to some purposes, reaches those who only downloaded {name}"
            yield case.finding(
                REACH, term, State.UNDETERMINED, f"{asked} is disputed", f"{DECIDE}; or leave the data out"
            )


def unknown(context: Context, bound: BoundUse, layer: Layer) -> Iterator[Finding]:
    """The same where no text of the makers' terms is held for the days of generation."""
    name, maker = bound.use.of.name, layer.maker
    line = context.manifest.evidence(f"uses[{bound.use.place}].how", ", ".join(bound.use.how))
    told = f"{maker} generated {name}, so its terms bind whoever had it do so; no text is held: {layer.gap}"
    asked = f"whether the terms of {maker} reach those who only downloaded {name} is disputed, and no text is held"
    for rule, state, severity, message, remedy in (
        (ID, State.NOT_APPLICABLE, Severity.INFO, told, ""),
        (REACH, State.UNDETERMINED, Severity.REVIEW, asked, f"{DECIDE}; or leave the data out"),
    ):
        yield Finding(
            rule=rule,
            clause=CLAUSE,
            license=None,
            subject=bound.use.of.text,
            state=state,
            severity=severity,
            message=message,
            remedy=remedy,
            grade=Grade.D,
            evidence=(*layer.evidence, line),
            via=layer.via,
        )
