"""Which column of a corpus plays which role, by the names that published corpora use."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from difflib import get_close_matches

from licheck.errors import InputError, Problem
from licheck.model.audit import ALSO, Columns

# Role → columns that play it, the surest first, and a corpus that has the column. All may lie in a field of `_INSIDE`.
CONVENTIONS: dict[str, tuple[str, ...]] = {
    "source": (
        "source",  # Dolma, Common Pile, Tulu 3, SmolTalk, UltraFeedback, OpenHermes 2.5
        "dataset",  # Tulu 2
        *("dataset_name", "source_dataset", "data_source"),  # the last: LLaVA-OneVision
        *("pile_set_name", "redpajama_set_name", "red_pajama_subset"),  # The Pile, SlimPajama, RedPajama
        *("subset", "collection"),  # collections made of several sets, Common Corpus
        *("repo_name", "max_stars_repo_name"),  # The Stack v2 and GitHub Code, The Stack v1
        "dump",  # FineWeb
        *("dataset_id", "name"),  # what lists of datasets call it
    ),
    "license": (
        *("license", "licence", "licenses", "licences"),  # Common Pile (in metadata), GitHub Code, Common Corpus
        *("detected_licenses", "gha_license_id"),  # The Stack v2: the files' own, then GitHub's guess for the whole
        *("max_stars_repo_licenses", "max_issues_repo_licenses", "max_forks_repo_licenses"),  # The Stack v1
        *("license_id", "license_name", "license_abbr", "license_url"),  # the last two: CommonCrawl-CreativeCommons
        "license_type",  # The Stack v2: permissive, non_permissive or no_license, so the last resort
    ),
    "generator": (
        *("generator", "generators", "generated_by"),  # Nemotron post-training data
        *("generation_models", "generation_model"),  # distilabel, where model_name beside it can be the judge
        *("model_name", "model", "models"),  # distilabel; Magpie, WildChat, OpenHermes 2.5; UltraFeedback
        *("model_names", "model_id", "generator_model", "model_generated"),  # the last: the audit of the DPI
        *("completions[].model", "response.body.model", "body.model"),  # UltraFeedback, OpenAI batches
        *("chosen_model", "rejected_model", "model_a", "model_b"),  # preferences of Tulu 3, Chatbot Arena
    ),
    "route": (
        *("route", "provider", "api", "api_provider"),  # OpenRouter's answers have `provider`
        *("model_provider", "inference_provider", "custom_llm_provider"),  # the last: LiteLLM
    ),
    "date": (
        *("generated_at", "generation_date", "date", "created"),  # date: FineWeb, Common Corpus; created: Dolma
        *("created_at", "created_date", "creation_date", "timestamp"),  # created_date: OASST; timestamp: WildChat, C4
    ),
    "id": (
        *("id", "uid", "uuid", "custom_id", "row_id"),  # Dolma, -, Magpie and Nemotron, OpenAI batches, -
        *("doc_id", "identifier", "blob_id", "hexsha"),  # RedPajama-V2, Common Corpus, The Stack v2, v1
        *("message_id", "conversation_id", "conversation_hash", "prompt_id"),  # OASST, LMSYS, WildChat, UltraChat
    ),
    "tokens": (
        *("tokens", "token_count", "num_tokens", "n_tokens"),  # token_count: FineWeb, Common Corpus
        *("text_token_length", "token_length"),  # Cosmopedia
    ),
    "bytes": (
        *("bytes", "num_bytes", "n_bytes", "size_bytes", "byte_length"),
        *("length_bytes", "size", "file_size"),  # The Stack v2, The Stack v1 and GitHub Code, -
    ),
}
_INSIDE = ("metadata.", "meta.", "extrainfo.")
# What a role's column can be; JSON is what holds values of several kinds, of which each row's is looked at.
_TEXT, _INTEGER = r"JSON|VARCHAR|ENUM\(.*\)", "U?(TINY|SMALL|BIG|HUGE)?INT(EGER)?"
_TYPES = {
    **dict.fromkeys(("source", "route"), _TEXT),
    **dict.fromkeys(("license", "generator"), rf"({_TEXT})(\[\d*\])?"),
    "date": r"JSON|VARCHAR|DATE|TIMESTAMP.*",
    "id": f"JSON|VARCHAR|UUID|{_INTEGER}",
    **dict.fromkeys(("tokens", "bytes"), f"JSON|DOUBLE|{_INTEGER}"),
}
HOLDS = {
    **dict.fromkeys(("source", "route"), "text"),
    **dict.fromkeys(("license", "generator"), "text or a list of texts"),
    "date": "a date (`--columns date=` does without)",
    "id": "text or a whole number",
    **dict.fromkeys(("tokens", "bytes"), "a number"),
}
_RELEVANT = re.compile("licen|model|source|gener|provider")
_SHOWN = 8


def detect(schema: Mapping[str, str], wanted: Mapping[str, str] = {}) -> tuple[Columns, tuple[str, ...]]:
    """Choose a column for each role, and say what was left out; `wanted` (role → column, or "") is what the user named.

    `schema` holds types as DuckDB spells them, by path: `metadata.license`, `completions[].model`. Raises InputError
    for a role or column that does not exist and for a column that the user named and whose type cannot play the role.

    >>> columns, notes = detect({"id": "VARCHAR", "model": "VARCHAR", "license": "BIGINT", "length": "BIGINT"})
    >>> columns.id, columns.generator, columns.tokens
    ('id', 'model', '')
    >>> notes
    ('license: license is not taken, it is BIGINT and not text or a list of texts',)
    """
    if problems := list(_complaints(schema, wanted)):
        raise InputError(problems)
    chosen = {role: _named(schema, column) if column else "" for role, column in wanted.items()}
    named = set(chosen.values())
    notes: list[str] = []
    for role in (role for role in CONVENTIONS if role not in chosen):
        found = _candidates(schema, role)
        named.update(found)
        fit = [column for column in found if _fits(schema, role, column)]
        if fit:
            chosen[role] = fit[0]
        if role == "generator" and fit[1:] and not any(ALSO in column for column in fit):
            # Each may name a model that the others do not.
            chosen[role] = ALSO.join(fit)
            notes.append(f"generator: {_list(fit)} are read together")
        elif fit[1:]:
            notes.append(f"{role}: {fit[0]} is taken, {_list(fit[1:])} left aside")
        if fit and _plain(fit[0]).endswith("licensetype"):
            notes.append(f"license: {fit[0]} is taken for want of a better one, and names kinds rather than licences")
        wrong = [f"{c} is not taken, it is {schema[c][:80]}" for c in found if c not in fit]
        notes += [f"{role}: {what} and not {HOLDS[role]}" for what in wrong[:_SHOWN]]
    if rest := [c for c in schema if c not in named and _RELEVANT.search(c.rpartition(".")[2].lower())]:
        notes.append(f"not used, though the name may matter: {_list(rest)}")
    return Columns(**chosen), tuple(notes)


def _candidates(schema: Mapping[str, str], role: str) -> list[str]:
    """The columns that a role's conventions name, the surest first, at equal names the one that is not nested."""
    order = {_plain(name): place for place, name in enumerate(CONVENTIONS[role])}
    found: list[tuple[int, bool, str]] = []
    for column in schema:
        plain = _plain(column)
        inside = next((field for field in _INSIDE if plain.startswith(field)), "")
        if (place := order.get(plain.removeprefix(inside))) is not None:
            found.append((place, bool(inside), column))
    return [column for _, _, column in sorted(found, key=lambda f: f[:2])]


def _fits(schema: Mapping[str, str], role: str, column: str, named: bool = False) -> bool:
    # A field in a list of structs has several values in a row.
    kind = schema[column].strip().upper() + "[]" * ("[]" in column and not schema[column].endswith("]"))
    # In text files numbers are text: what is meant as one has to be named.
    text = named and kind == "VARCHAR"
    return text or re.fullmatch(_TYPES[role], kind, re.S) is not None


def _complaints(schema: Mapping[str, str], wanted: Mapping[str, str]) -> Iterator[Problem]:
    for role, written in wanted.items():
        if role not in CONVENTIONS:
            close = get_close_matches(role.lower(), CONVENTIONS, 1)
            help_ = f"{f'did you mean {close[0]}? ' if close else ''}roles are {', '.join(CONVENTIONS)}"
            yield Problem("--columns", None, "", f"unknown role {role!r}", help_)
        elif written and not (column := _named(schema, written)):
            plain = {_plain(name): name for name in schema}
            near = [plain[name] for name in get_close_matches(_plain(written), plain, 3, 0.5)]
            help_ = f"did you mean {' or '.join(near)}?" if near else f"the columns are {_list(list(schema))}"
            yield Problem("--columns", None, role, f"there is no column {written!r}", help_)
        elif written and not _fits(schema, role, column, named=True):
            what = f"column {column!r} is {schema[column][:80]}"
            yield Problem("--columns", None, role, what, f"name one that holds {HOLDS[role]}")


def _named(schema: Mapping[str, str], written: str) -> str:
    """The column that somebody wrote, exactly or but for case, `_` and `-`; empty if there is none or several."""
    if written in schema:
        return written
    same = [column for column in schema if _plain(column) == _plain(written)]
    return same[0] if len(same) == 1 else ""


def _plain(column: str) -> str:
    return re.sub(r"[_\s-]", "", column).lower()


def _list(names: list[str]) -> str:
    more = f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else ""
    return ", ".join(names[:_SHOWN]) + more
