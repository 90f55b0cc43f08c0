"""Finds the clauses of any text, known or not, by the phrases of the clause records.

A sentence holds a clause when one of its phrases stands in it and none of what speaks against it does. What is found
this way is a reading by rule (grade D), never a record: it says which words to look at, and what they seem to ask.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any, NamedTuple

from licheck.identify.phrases import Lexicon, Match, Phrase, Reading
from licheck.identify.places import place_names
from licheck.identify.sentences import Sentence, sentences
from licheck.identify.values import Values
from licheck.words import Words

MANY = 3000  # sentences; no licence has so many, so a text that has repeats itself
MOST = 100  # sentences that are noted for a clause; no licence says a thing so often
NEARBY = 4  # sentences to either side that `in: nearby` looks at


class Detected(NamedTuple):
    """A clause, the sentence that holds it best, what was read out of it, and all sentences that hold it."""

    clause: str
    sentence: Sentence
    params: dict[str, Any]
    places: tuple[Sentence, ...]


class _Rule(NamedTuple):
    """One phrase of one clause: what must not stand beside it, and parameters that it settles."""

    clause: str
    order: int
    phrase: Phrase
    unless: tuple[Phrase, ...]
    elsewhere: tuple[int, ...]
    params: Mapping[str, Any]


class _Hit(NamedTuple):
    rule: _Rule
    at: int
    match: Match


class Detector:
    """The phrases of all clauses, ready to be looked for; `table` is what `licheck.phrases.compiled` makes of them."""

    def __init__(self, table: Mapping[str, Any], territories: Mapping[str, list[str]] | None = None) -> None:
        self._values = Values(place_names(territories or {}))
        self._lexicon = Lexicon(table)
        self._phrases = [Phrase(elements) for elements in table["phrases"]]
        self._read: Mapping[str, Any] = table["read"]
        rules = [
            _Rule(
                clause, order, self._phrases[phrase], tuple(self._phrases[p] for p in unless), tuple(elsewhere), params
            )
            for clause, order, phrase, unless, elsewhere, params in table["rules"]
        ]
        self._by_rarest = _by_rarest(rules)
        self._rarest = frozenset(self._by_rarest)

    def detect(self, found: Words, spans: Sequence[tuple[int, int]] | None = None) -> list[Detected]:
        """Every clause that a text, or some spans of its words, hold, in the order of the sentences."""
        parts = [part for span in ([(0, len(found))] if spans is None else spans) for part in sentences(found, *span)]
        text = _Text(found, parts, self._values, self._lexicon, self._phrases)
        hits: dict[str, list[_Hit]] = {}
        full: set[str] = set()
        for at in range(len(text.parts)):
            for hit in self._hits(text, at, full):
                places = hits.setdefault(hit.rule.clause, [])
                places.append(hit)
                if len(places) == MOST:
                    full.add(hit.rule.clause)
        return sorted(
            (self._detected(clause, text, found_) for clause, found_ in hits.items()),
            key=lambda detected: (detected.sentence.start, detected.clause),
        )

    def _hits(self, text: _Text, at: int, full: set[str]) -> Iterator[_Hit]:
        for rule, match in text.same(at, self._matching):
            if rule.clause not in full and not any(map(text.holds, rule.elsewhere)):
                yield _Hit(rule, at, match)

    def _matching(self, text: _Text, at: int) -> list[tuple[_Rule, Match]]:
        """Rules whose phrase stands in a sentence, and none of what speaks against it."""
        sets = text.sets(at)
        rules = [r for rarest in sets & self._rarest for needs, r in self._by_rarest[rarest] if needs <= sets]
        if not rules:
            return []
        reading = text.reading(at)
        reading.prepare(set().union(*(rule.phrase.sets for rule in rules)))
        found = []
        for rule in rules:
            match = rule.phrase.match(reading)
            # Words that only lead in say nothing new: the sentence that they belong to was read already.
            if match and match.end > text.led(at) and not any(phrase.match(reading) for phrase in rule.unless):
                found.append((rule, match))
        return found

    def _detected(self, clause: str, text: _Text, hits: list[_Hit]) -> Detected:
        hits = sorted(hits, key=lambda hit: (hit.rule.order, hit.at))
        params: dict[str, Any] = {}
        for hit in hits:
            for name, value in {**self._settled(clause, text, hit), **hit.rule.params}.items():
                if isinstance(value, list) and name in params:
                    params[name] += [item for item in value if item not in params[name]]
                elif value is not None and value != []:
                    params.setdefault(name, list(value) if isinstance(value, list) else value)
        places = sorted({hit.at for hit in hits})
        return Detected(clause, text.parts[hits[0].at], params, tuple(text.parts[at] for at in places))

    def _settled(self, clause: str, text: _Text, hit: _Hit) -> dict[str, Any]:
        settled = {}
        for name, how in self._read[clause].items():
            settled[name] = next((v for rule in how if (v := self._by(rule, text, hit)) not in (None, [])), None)
        return settled

    def _by(self, rule: Mapping[str, Any], text: _Text, hit: _Hit) -> Any:
        """What one rule of `read` says: a value it takes, values that hold together, or a value under a condition."""
        if "each" in rule:
            return [v for one in rule["each"] if (v := self._by(one, text, hit)) is not None]
        readings = text.around(hit.at, rule.get("in", "sentence"), [self._phrases[p] for p in rule.get("where", ())])
        matches: list[tuple[Reading, Match | None]] = [(r, None) for r in readings]
        if "where" in rule:
            many = rule.get("all", False)
            matches = [(r, m) for r in readings for p in rule["where"] for m in self._matches(p, r, many)]
        if not matches:
            return None
        if "take" not in rule:
            return rule["value"]
        found = self._take(rule, hit, matches)
        part = rule.get("part")
        found = [value[part] for value in found] if part else found
        return found if rule.get("all") else (found[0] if found else None)

    def _take(self, rule: Mapping[str, Any], hit: _Hit, matches: list[tuple[Reading, Match | None]]) -> list[Any]:
        """Values of one kind: out of the slots of the condition or the phrase if they have some, else of the words."""
        slot, found = rule["take"], []
        for reading, match in matches:
            match = match or (hit.match if "where" not in rule and rule.get("in", "sentence") == "sentence" else None)
            spans: Sequence[tuple[int, int] | None] = [
                (start, end) for name, start, end in (match.slots if match else ()) if name == slot
            ] or [None]
            for span in spans:
                found += [value for value in self._values.read(slot, reading, span) if value not in found]
        return found

    def _matches(self, phrase: int, reading: Reading, many: bool) -> list[Match]:
        """Where a condition holds: the first place, or each for a rule that takes all values."""
        matches = self._phrases[phrase].matches(reading)
        return matches if many else sorted(matches)[:1]


def _by_rarest(rules: Sequence[_Rule]) -> dict[int, list[tuple[frozenset[int], _Rule]]]:
    """Rules by the set of words that the fewest of them need: most sentences hold none of these words."""
    uses = Counter(number for rule in rules for number in rule.phrase.needs)
    grouped: dict[int, list[tuple[frozenset[int], _Rule]]] = {}
    for rule in rules:
        rarest = min(rule.phrase.needs, key=lambda number: (uses[number], number))
        grouped.setdefault(rarest, []).append((rule.phrase.needs, rule))
    return grouped


class _Text:
    """The sentences of a text: the sets of words they hold, and their readings as they are asked for."""

    def __init__(
        self, found: Words, parts: list[Sentence], values: Values, lexicon: Lexicon, phrases: Sequence[Phrase]
    ) -> None:
        self.found, self.parts = found, parts
        self._values, self._lexicon, self._phrases = values, lexicon, phrases
        self._sets: dict[int, set[int]] = {}
        self._stretch_sets = lru_cache(maxsize=4096)(self._of_stretch)
        self._matched: dict[tuple[str, ...], Any] = {}
        self._readings: dict[int, Reading] = {}
        self._held: dict[int, bool] = {}

    def sets(self, at: int) -> set[int]:
        """The sets of words that a sentence and what leads into it hold."""
        if at not in self._sets:
            part = self.parts[at]
            self._sets[at] = self._stretch_sets(part.start, part.end).union(
                *(self._stretch_sets(start, end) for start, end in part.leads)
            )
        return self._sets[at]

    def _of_stretch(self, start: int, end: int) -> set[int]:
        return self._lexicon.sets(self.found.tokens[start:end])

    def same(self, at: int, work: Callable[[_Text, int], Any]) -> Any:
        """What `work` says of a sentence; in a very long text, of the first sentence with the same words."""
        if len(self.parts) < MANY:
            return work(self, at)
        part = self.parts[at]
        key = tuple(t for start, end in (*part.leads, (part.start, part.end)) for t in self.found.tokens[start:end])
        if key not in self._matched:
            self._matched[key] = work(self, at)
        return self._matched[key]

    def reading(self, at: int) -> Reading:
        if at not in self._readings:
            part = self.parts[at]
            stretches = (*part.leads, (part.start, part.end))
            self._readings[at] = Reading(self.found, stretches, self.sets(at), self._lexicon, self._values)
        return self._readings[at]

    def holds(self, phrase: int) -> bool:
        """Whether a phrase stands anywhere in the text."""
        if phrase not in self._held:
            sought = self._phrases[phrase]
            self._held[phrase] = any(sought.match(self.reading(at)) for at in self._may_hold([sought]))
        return self._held[phrase]

    def led(self, at: int) -> int:
        return sum(end - start for start, end in self.parts[at].leads)

    def around(self, at: int, where: str, phrases: Sequence[Phrase]) -> list[Reading]:
        """The sentence itself, it and its neighbours (it first, then what follows), or all that may hold a phrase."""
        if where == "sentence":
            return [self.reading(at)]
        if where == "nearby":
            last = len(self.parts)
            near = [*range(at, min(last, at + NEARBY + 1)), *range(max(0, at - NEARBY), at)]
            return [self.reading(i) for i in near]
        return [self.reading(i) for i in self._may_hold(phrases)]

    def _may_hold(self, phrases: Sequence[Phrase]) -> Iterator[int]:
        needs = [phrase.needs for phrase in phrases]
        for at in range(len(self.parts)):
            if not needs or any(need <= self.sets(at) for need in needs):
                yield at
