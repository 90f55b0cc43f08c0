"""The report for people: by what is used, most severe first, each finding with where, the words and what to do."""

from __future__ import annotations

from itertools import groupby

from licheck.model.evidence import Evidence
from licheck.model.finding import Finding, Severity
from licheck.model.report import ArtifactReport, Report

NOT_ADVICE = "This is a comparison of texts with what you declared, not legal advice."


def render(report: Report) -> str:
    """Write a report as plain text with a final newline."""
    blocks = [_group(report, subject, list(group)) for subject, group in _groups(report)]
    blocks.append(_end(report))
    return "\n\n".join(blocks) + "\n"


def _groups(report: Report) -> list[tuple[str, list[Finding]]]:
    """Findings by subject: the subject with the heaviest finding first, then in the order of the manifest."""
    order = {artifact.id: place for place, artifact in enumerate(report.artifacts)}
    by_subject = sorted(report.findings, key=lambda f: (order.get(f.subject, len(order)), f.subject))
    groups = [(subject, list(group)) for subject, group in groupby(by_subject, key=lambda f: f.subject)]
    return sorted(groups, key=lambda g: min(_weight(f) for f in g[1]))


def _weight(finding: Finding) -> int:
    return finding.severity.rank + (len(Severity) if finding.excepted_by else 0)


def _group(report: Report, subject: str, findings: list[Finding]) -> str:
    artifact = next((a for a in report.artifacts if a.id == subject), None)
    lines = [subject]
    if artifact and artifact.route:
        lines += _about(artifact)
    for finding in sorted(findings, key=lambda f: (_weight(f), f.rule, f.clause or "")):
        lines += ["", *finding_lines(finding)]
    return "\n".join(lines)


def _about(artifact: ArtifactReport) -> list[str]:
    concluded = artifact.concluded or "unknown"
    return [f"  under {concluded}", f"  because {artifact.why}"]


def finding_lines(finding: Finding) -> list[str]:
    """One finding: what, where, in which words, what to do."""
    topic = finding.clause or finding.rule
    head = "excepted" if finding.excepted_by else finding.severity.value
    lines = [f"  {head}[{topic}] {finding.message}"]
    lines += [f"    --> {place}" for place in _places(finding)]
    lines += [f"    {words}" for words in _words(finding)]
    if finding.remedy:
        lines.append(f"    help: {finding.remedy}")
    if finding.excepted_by:
        lines.append(f"    excepted: {finding.excepted_by}")
    return lines


def _places(finding: Finding) -> list[str]:
    """Where at the user's side: manifest and release files."""
    own = [e for e in finding.evidence if e.path and e.source in ("manifest", "release", "model card")]
    return list(dict.fromkeys(f"{_line(e)} {e.locator or ''}".rstrip() for e in own))


def _words(finding: Finding) -> list[str]:
    """The texts that say it: document, section, words; and what links them to the subject."""
    lines = []
    for evidence in finding.evidence:
        if evidence.source in ("manifest", "release", "model card"):
            continue
        section = f" {_section(evidence.locator)}" if evidence.locator else ""
        quote = f": “{evidence.quote}”" if evidence.quote else ""
        cut = f" ({_line(evidence)})" if evidence.path and evidence.line else ""
        lines.append(f"= {evidence.source}{section}{quote}{cut}")
    grade = f"= evidence grade {finding.grade.value}"
    return [*dict.fromkeys(lines), grade]


def _section(locator: str) -> str:
    return f"§ {locator}" if locator[:1].isdigit() else locator


def _line(evidence: Evidence) -> str:
    if evidence.line is None:
        return str(evidence.path)
    end = f"-{evidence.end_line}" if evidence.end_line and evidence.end_line != evidence.line else ""
    return f"{evidence.path}:{evidence.line}{end}"


def _end(report: Report) -> str:
    counts = report.summary
    parts = [f"{counts[s.value]} {s.value}" for s in Severity]
    met = sum(duty.state == "satisfied" for duty in report.obligations)
    lines = [
        f"{report.subject}: {report.verdict} ({', '.join(parts)}; {counts['excepted']} excepted; {met} duties met)"
    ]
    lines += [f"  met: {duty.message} [{duty.subject}]" for duty in report.obligations if duty.state == "satisfied"]
    lines += [f"  not read: {skipped}" for skipped in report.skipped]
    lines += [f"  lock {report.lock.state}: {note}" for note in report.lock.notes]
    lines.append(f"database {report.database_version}, {report.database_sha256[:12]}. {NOT_ADVICE}")
    return "\n".join(lines)
