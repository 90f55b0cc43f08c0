"""What a manifest points at: `hf:org/name`, `api:provider/model`, `host:provider/org/name` and so on."""

from __future__ import annotations

from typing import NamedTuple

# scheme → (route, form, needs a provider first)
SCHEMES: dict[str, tuple[str, str, bool]] = {
    "hf": ("weights", "hf:org/name", False),
    "path": ("weights", "path:folder/with/the/model", False),
    "dataset": ("dataset", "dataset:org/name", False),
    "api": ("api", "api:provider/model", True),
    "chat": ("chat", "chat:provider/model", True),
    "enterprise": ("enterprise", "enterprise:provider/model", True),
    "host": ("host", "host:provider/org/name", True),
    "aggregator": ("aggregator", "aggregator:provider/model", True),
    "tool": ("tool", "tool:provider/model", True),
    "scrape": ("scrape", "scrape:site", False),
}
_FORMS = ", ".join(form for _, form, _ in SCHEMES.values())


class Reference(NamedTuple):
    """A thing that is used and the route by which it came.

    `name` is the repo id, model or path; `provider` is who is contracted with, if anybody.
    """

    text: str
    scheme: str
    route: str
    provider: str | None
    name: str
    revision: str | None = None

    @classmethod
    def parse(cls, text: str) -> Reference:
        """Read a reference; raises ValueError that says which form to write.

        >>> Reference.parse("host:together/deepseek-ai/DeepSeek-R1").name
        'deepseek-ai/DeepSeek-R1'
        >>> Reference.parse("hf:org/name@v1.0").revision
        'v1.0'
        >>> Reference.parse("meta-llama/Llama-3.1-8B")
        Traceback (most recent call last):
        ValueError: no route; write hf:meta-llama/Llama-3.1-8B or dataset:meta-llama/Llama-3.1-8B
        """
        scheme, colon, rest = text.strip().partition(":")
        if not colon:
            raise ValueError(f"no route; write hf:{text.strip()} or dataset:{text.strip()}")
        if scheme not in SCHEMES:
            raise ValueError(f"unknown route {scheme!r}; write one of {_FORMS}")
        route, form, provided = SCHEMES[scheme]
        rest = rest.strip()
        if not rest or any(c.isspace() for c in rest):
            raise ValueError(f"incomplete; write {form}")
        if scheme == "path":
            return cls(text.strip(), scheme, route, None, rest)
        rest, _, revision = rest.partition("@")
        provider: str | None = None
        if provided:
            provider, _, rest = rest.partition("/")
            if not provider or not rest:
                raise ValueError(f"incomplete; write {form}")
        elif scheme in ("hf", "dataset") and (".." in revision or not _is_repo_id(rest)):
            raise ValueError(f"{rest!r} is not a repo id; write {form}")
        return cls(text.strip(), scheme, route, provider.lower() if provider else None, rest, revision or None)


def _is_repo_id(text: str) -> bool:
    # Old Hub repos have no organisation (`gpt2`), none has more than one slash.
    parts = text.split("/")
    return len(parts) <= 2 and all(part and part not in (".", "..") for part in parts)
