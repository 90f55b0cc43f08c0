"""What a rule is given: one document, on one use, of one project, with the release at hand."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any, NamedTuple

from licheck.model.binding import BoundUse, Layer
from licheck.model.document import Document, OutputRule, Term
from licheck.model.evidence import Evidence, Grade
from licheck.model.finding import SEVERITY_OF, Finding, Severity, State
from licheck.model.lookup import Lookup
from licheck.model.project import Manifest, Project
from licheck.model.release import Release
from licheck.policy.acts import Pair, bites, pairs
from licheck.policy.quote import cite


class Context(NamedTuple):
    """Everything that holds for the whole run."""

    manifest: Manifest
    release: Release
    uses: tuple[BoundUse, ...]
    lookup: Lookup
    vocabulary: Mapping[str, Any]
    today: date

    @property
    def project(self) -> Project:
        """The project under check."""
        return self.manifest.project


class Case(NamedTuple):
    """One document that may bind one use."""

    context: Context
    bound: BoundUse
    layer: Layer
    document: Document
    pairs: frozenset[Pair]

    @classmethod
    def of(cls, context: Context, bound: BoundUse, layer: Layer, document: Document) -> Case:
        """Make a case and work out what the use amounts to under the document."""
        return cls(context, bound, layer, document, pairs(bound, context.project, document))

    @property
    def project(self) -> Project:
        """The project under check."""
        return self.context.project

    @property
    def release(self) -> Release:
        """The texts of the release."""
        return self.context.release

    @property
    def versions(self) -> tuple[str, ...]:
        """Ids of the versions of this document that may apply; a copy of any of them will do."""
        return tuple(document.id for document in self.layer.candidates)

    def term(self, clause: str) -> Term | None:
        """The document's term for a clause, if it bites here."""
        term = self.document.terms.get(clause)
        if term is None or self.layer.binds != "user" or not bites(term, self.pairs):
            return None
        return term

    def finding(
        self,
        rule: str,
        term: Term | OutputRule | None,
        state: State,
        message: str,
        remedy: str = "",
        *more: Evidence,
        clause: str | None = None,
        severity: Severity | None = None,
        grade: Grade = Grade.A,
    ) -> Finding:
        """Build a finding on this document; the words, the link to it and the manifest line come with it."""
        if isinstance(term, Term) and term.ambiguous and state is State.VIOLATED:
            state, message = State.UNDETERMINED, f"{message}; but {term.ambiguous} of the same text reads otherwise"
        use = self.context.manifest.evidence(f"uses[{self.bound.use.place}].how", ", ".join(self.bound.use.how))
        words = cite(self.release, self.document, term)
        evidence = (words, *self.layer.evidence, *more, use)
        weakest = Grade.weakest(self.document.grade, self.layer.grade, grade)
        weight = severity or SEVERITY_OF[state]
        if weakest is Grade.D and not severity and weight.reaches(Severity.REVIEW):
            weight = Severity.REVIEW  # an inference informs, it does not decide
        return Finding(
            rule=rule,
            clause=clause or (term.clause if isinstance(term, Term) else None),
            license=self.document.id,
            subject=self.bound.use.of.text,
            state=state,
            severity=weight,
            message=message,
            remedy=remedy,
            grade=weakest,
            evidence=tuple(dict.fromkeys(evidence)),
            via=self.layer.via,
        )
