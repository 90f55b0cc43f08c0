"""Runs the rules over everything that binds the project, and applies what the project decided about findings."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import groupby

from licheck.model.binding import BoundUse, Layer
from licheck.model.evidence import Grade
from licheck.model.finding import Finding, Severity, State
from licheck.policy.case import Case, Context
from licheck.policy.exceptions import apply
from licheck.policy.rules import DOCUMENT_RULES, PROJECT_RULES, generator_terms


def judge(context: Context) -> tuple[tuple[Finding, ...], tuple[Finding, ...]]:
    """Return findings and obligations, each sorted; a duty that is met is an obligation and no finding."""
    found = [f for bound in context.uses for f in _document_findings(context, bound)]
    found += [f for rule in PROJECT_RULES for f in rule.check(context)]
    duties = tuple(ordered(f for f in found if f.is_duty))
    open_ = [f for f in found if not (f.is_duty and f.state is State.SATISFIED)]
    findings = apply(context, open_)
    excepted = {_identity(f): f.excepted_by for f in findings if f.excepted_by}
    duties = tuple(replace(duty, excepted_by=excepted.get(_identity(duty))) for duty in duties)
    return tuple(ordered(findings)), duties


def _document_findings(context: Context, bound: BoundUse) -> Iterator[Finding]:
    for layer in bound.layers:
        if not layer.candidates:
            yield from _nothing_held(context, bound, layer)
            continue
        cases = [Case.of(context, bound, layer, document) for document in layer.candidates]
        for rule in DOCUMENT_RULES:
            yield from _agreed([list(rule.check(case)) for case in cases])


def _agreed(by_version: list[list[Finding]]) -> Iterator[Finding]:
    """One finding where all versions that may apply say the same, an open question where they differ."""
    if len(by_version) == 1:
        yield from by_version[0]
        return
    everything = sorted((f for findings in by_version for f in findings), key=_topic)
    for _, group in groupby(everything, key=_topic):
        same = list(group)
        heaviest = min(same, key=lambda f: f.severity.rank)
        together = replace(
            heaviest,
            license=" / ".join(dict.fromkeys(str(f.license) for f in same)),
            evidence=tuple(dict.fromkeys(e for f in same for e in f.evidence)),
            grade=Grade.weakest(*(f.grade for f in same)),
        )
        if len(same) == len(by_version) and len({f.state for f in same}) == 1:
            yield together
        elif heaviest.severity is Severity.INFO:
            yield replace(together, message=f"in some of the versions that may apply, {together.message}")
        else:
            yield replace(
                together,
                state=State.UNDETERMINED,
                severity=Severity.REVIEW,
                message=f"versions that may apply differ (multiple_versions): {heaviest.license}: {heaviest.message}",
                remedy=f"write `when:` on the use, the day it was obtained or generated; otherwise {heaviest.remedy}",
            )


def _nothing_held(context: Context, bound: BoundUse, layer: Layer) -> Iterator[Finding]:
    """A place in the stack for which no version is at hand leaves the question of outputs open."""
    learns = {"distill", "generate-training-data", "judge", "train"}.intersection(bound.use.how)
    mine = bool(layer.maker) and layer.binds == "user"
    if not layer.main or not (learns or mine):
        return
    if layer.binds == "generator":
        yield from generator_terms.unknown(context, bound, layer)
        return
    yield Finding(
        rule="output-training",
        clause="anti-distillation",
        license=None,
        subject=bound.use.of.text,
        state=State.UNDETERMINED,
        severity=Severity.REVIEW,
        message=f"what {' / '.join(layer.via)} allowed for outputs is not known (unknown_version): {layer.gap}",
        remedy="read the version then in force and record the decision as an exception",
        grade=Grade.D,
        evidence=(*layer.evidence, context.manifest.evidence(f"uses[{bound.use.place}].how", ", ".join(bound.use.how))),
        via=layer.via,
    )


def _topic(finding: Finding) -> tuple[str, str, str]:
    return finding.rule, finding.clause or "", finding.subject


def _identity(finding: Finding) -> tuple[str, str, str, str]:
    return finding.rule, finding.clause or "", finding.subject, finding.license or ""


def ordered(findings: Iterable[Finding]) -> list[Finding]:
    """Findings as reports list them, heaviest first."""
    return sorted(
        findings, key=lambda f: (f.severity.rank, f.subject, f.rule, f.clause or "", f.license or "", f.message)
    )
