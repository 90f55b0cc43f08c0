"""Which model a name in a data set means: a reference as licheck.yaml writes it, or nothing where it cannot be told.

A name is read as what it is the id of: `command-r-plus` is a model of Cohere's API, `c4ai-command-r-plus` weights.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from licheck.model.reference import SCHEMES, Reference

_NOBODY = {"none", "human", "humans", "human-written", "human-annotated", "template", "templates"}
# Every word of a closed model's id has to be known: open models borrow the names (gpt4all, gpt4-x-alpaca).
_TAIL = (
    "(?:[-@](?:gpt|chatgpt|turbo|preview|vision|omni|mini|nano|pro|chat|latest|audio|realtime|search|instruct|instant|"
    "opus|sonnet|haiku|thinking|reasoning|flash|ultra|lite|exp|experimental|image|high|medium|low|codex|max|fast|beta|"
    r"api|text|code|davinci|curie|babbage|ada|\d+k|8b|175b|v?\d+(?:\.\d+)*o?))*"
)
_CLOSED = [
    (of, re.compile(ids.replace("…", _TAIL)))
    for of, ids in (
        (
            "api:openai",
            r"gpt-?(?:3\.?5|3|4\.[15]|4[ov]?|5(?:\.\d)?)…|chat-?gpt…|o[134]…|instruct-?gpt|(?:openai-)?codex",
        ),
        ("api:openai", r"(?:text|code)-(?:davinci|curie|babbage|ada|cushman)-(?:edit-)?\d{3}|openai-playground"),
        (
            "api:openai",
            r"davinci(?:-00[23]|-instruct-beta)?|text-embedding-(?:ada-002|3-small|3-large)|dall-?e(?:-[23])?",
        ),
        ("api:anthropic", r"claude(?:-?v?\d(?:\.\d)?)?…"),
        ("api:google", r"gemini…|palm-?2…|(?:text|chat|code)-(?:bison|unicorn)…"),
        ("chat:google", r"(?:google-)?bard"),
        ("api:xai", r"grok-(?:beta|[2-9](?:\.\d)?)…"),
        ("api:deepseek", r"deepseek-(?:chat|coder|reasoner)"),
        ("api:mistral", r"mistral-(?:tiny|small|medium|large)(?:-latest|-\d{4})?|codestral-latest|open-mi[sx]tral-\w+"),
        ("api:cohere", r"command(?:-light|-nightly|-xlarge)*|command-(?:r|r-plus|r7b|a)(?:-\d\d-\d{4})?"),
        ("api:alibaba", r"qwen-(?:max|plus|turbo|long)…"),
        ("api:moonshot", r"moonshot-v1…|kimi-latest"),
        ("api:google-cloud", r"google-(?:cloud-)?translat(?:e|ion)(?:-api)?"),
        ("api:deepl", r"deepl"),
        ("api:gretel", r"gretel-navigator"),
        ("chat:microsoft", r"bing-chat"),
        ("chat:character-ai", r"character-ai"),
    )
]
# What the catalogue calls the one model of a provider.
_CALLED = {"google-cloud": "translation", "deepl": "translate", "gretel": "navigator"}
# Open weights that go by a bare name, with the one repository that it can be.
_OPEN = [
    (re.compile(ids), repo)
    for ids, repo in (
        (r"gpt-?2(?:-small)?", "openai-community/gpt2"),
        (r"gpt-?2-(medium|large|xl)", r"openai-community/gpt2-\1"),
        (r"gpt-?1|openai-gpt", "openai-community/openai-gpt"),
        (r"gpt-oss-(20|120)b", r"openai/gpt-oss-\1b"),
        (r"gpt-?j(?:-6b)?", "EleutherAI/gpt-j-6b"),
        (r"gpt-?neox(?:-20b)?", "EleutherAI/gpt-neox-20b"),
        (r"gpt-?neo-(1\.3b|2\.7b|125m)", r"EleutherAI/gpt-neo-\1"),
        (r"llama-?2-(7|13|70)b(?:-hf)?", r"meta-llama/Llama-2-\1b-hf"),
        (r"llama-?2-(7|13|70)b-chat(?:-hf)?", r"meta-llama/Llama-2-\1b-chat-hf"),
        (r"llama-?2-chat-(7|13|70)b(?:-hf)?", r"meta-llama/Llama-2-\1b-chat-hf"),
        (r"(?:meta-)?llama-?3-(8|70)b", r"meta-llama/Meta-Llama-3-\1B"),
        (r"(?:meta-)?llama-?3-(8|70)b-instruct", r"meta-llama/Meta-Llama-3-\1B-Instruct"),
        (r"(?:meta-)?llama-?3\.1-(8|70|405)b", r"meta-llama/Llama-3.1-\1B"),
        (r"(?:meta-)?llama-?3\.1-(8|70|405)b-instruct", r"meta-llama/Llama-3.1-\1B-Instruct"),
        (r"llama-?3\.3-70b-instruct", "meta-llama/Llama-3.3-70B-Instruct"),
        (r"mistral-7b-v0\.([13])", r"mistralai/Mistral-7B-v0.\1"),
        (r"mistral-7b-instruct-v0\.([123])", r"mistralai/Mistral-7B-Instruct-v0.\1"),
        (r"mixtral-8x(7|22)b(?:-v0\.1)?", r"mistralai/Mixtral-8x\1B-v0.1"),
        (r"mixtral-8x(7|22)b-instruct(?:-v0\.1)?", r"mistralai/Mixtral-8x\1B-Instruct-v0.1"),
        (r"qwen2\.5-(0\.5|1\.5|3|7|14|32|72)b-instruct", r"Qwen/Qwen2.5-\1B-Instruct"),
        (r"gemma-2-(2|9|27)b-it", r"google/gemma-2-\1b-it"),
        (r"deepseek-r1", "deepseek-ai/DeepSeek-R1"),
        (r"deepseek-v3", "deepseek-ai/DeepSeek-V3"),
        (r"c4ai-command-r-plus|command-r\+", "CohereForAI/c4ai-command-r-plus"),
        (r"nous-hermes-2-yi-34b", "NousResearch/Nous-Hermes-2-Yi-34B"),
        (r"starcoder", "bigcode/starcoder"),
    )
]


def _pairs(text: str) -> dict[str, str]:
    return dict(pair.split("=") for pair in text.split())


# Organisations, before a slash or a name, that sell an API; the first ones keep no weights on the Hub by that name.
_NO_HUB = _pairs("anthropic=anthropic cohere=cohere x-ai=xai deepseek=deepseek z-ai=zhipu")
_MAKERS = _NO_HUB | _pairs(
    "openai=openai google=google mistralai=mistral mistral-ai=mistral xai=xai xai-org=xai cohereforai=cohere "
    "coherelabs=cohere deepseek-ai=deepseek qwen=alibaba moonshotai=moonshot zai-org=zhipu thudm=zhipu"
)
_PROVIDERS = "openai anthropic google mistral cohere deepseek xai zhipu moonshot perplexity stability azure"
_HOSTS = "together fireworks groq deepinfra replicate nvidia cerebras sambanova aws huggingface github-models fal"
# What a route is called → scheme and, unless the name of the model has to tell it, provider.
_ROUTES = {
    **dict.fromkeys(("hf", "weights", "local", "self-hosted", "vllm", "transformers", "tgi"), "hf:"),
    **{way: f"{way}:" for way in ("api", "chat", "enterprise")},
    **{name: f"api:{name}" for name in _PROVIDERS.split()},
    **{name: f"host:{name}" for name in _HOSTS.split()},
    **_pairs("openrouter=aggregator:openrouter chatgpt=chat:openai azure-openai=api:azure x-ai=api:xai"),
    **_pairs("together-ai=host:together togetherai=host:together fireworks-ai=host:fireworks"),
    **_pairs("bedrock=host:aws aws-bedrock=host:aws amazon-bedrock=host:aws"),
}
# Routes before a slash, as LiteLLM writes them; the others are also organisations on the Hub.
_PREFIXES = {"azure", "openrouter", "together-ai", "fireworks-ai", "deepinfra", "bedrock"}
_REPO = re.compile(r"([a-z0-9][\w.-]+/[a-z0-9][\w.-]*)(?::\w+)?", re.I)  # OpenRouter puts `:free` behind it
# What stands before a slash in paths of local folders.
_FOLDERS = {"model", "models", "checkpoint", "checkpoints", "ckpt", "ckpts", "output", "outputs", "data", "home", "tmp"}


def reference(name: str, route: str | None = None, known: Callable[[str], bool] = lambda _: False) -> str | None:
    """Say what a generator's name refers to: empty if no model wrote the rows, None where it cannot be told.

    `route` is how the model was reached, as the rows say: `api`, `openrouter`, `azure`, `vllm`; with one that is not
    known nothing can be told. `known` says whether a repository is known to hold weights.

    >>> [reference(n) for n in ("OpenAI ChatGPT", "gpt2", "meta-llama/Llama-2-7b-hf", "human", "gpt4all")]
    ['api:openai/chatgpt', 'hf:openai-community/gpt2', 'hf:meta-llama/Llama-2-7b-hf', '', None]
    >>> [reference("openai/gpt-4o", route) for route in (None, "openrouter", "azure", "a friend")]
    ['api:openai/gpt-4o', 'aggregator:openrouter/openai/gpt-4o', 'api:azure/gpt-4o', None]
    """
    text = " ".join(name.split())
    if not text or _hyphens(text) in _NOBODY:
        return ""
    if len(text) > 200:
        return None
    if text.partition(":")[0] in SCHEMES:
        return _sound(text)
    head, _, rest = text.partition("/")
    if not route and rest and _hyphens(head) in _PREFIXES:
        route, text = head, rest
    scheme, provider = _route(route)
    told = _Told(text)
    if scheme == "unknown":
        return None
    if scheme in ("host", "aggregator"):
        return _sound(f"{scheme}:{provider}/{told.full}")
    if scheme in ("", "hf"):
        return _sound(_by_name(told, known, bool(scheme)))
    if provider == "azure" and told.maker != "openai":
        return _sound(f"host:azure/{text}") if told.org else None
    # Nobody sells GPT-2, and no provider but Azure the models of another.
    if told.open.startswith("openai") or (provider not in ("", "azure", told.maker) and (told.maker or told.org)):
        return None
    maker = provider or told.maker
    return _sound(f"{scheme}:{maker}/{told.model}") if maker and (told.maker or not told.open) else None


class _Told:
    """What a name alone tells: whose model it is, under which id, and where the weights are if they are open."""

    def __init__(self, text: str) -> None:
        org, slash, model = text.rpartition("/")
        self.text, self.org = text, org.lower()
        maker = _MAKERS.get(self.org, "")
        bare = _hyphens(model.removeprefix("ft:").partition(":")[0])
        ours = not slash or maker
        of, closed = _closed(bare, maker) if ours else ("", "")
        self.open = _open(bare) if ours and not of else ""
        self.closed = f"{of}/{closed}" if of else ""
        self.maker = of.partition(":")[2] or maker or _MAKERS.get(self.open.partition("/")[0].lower(), "")
        self.model = closed or model
        slug = next((slug for slug, made in _MAKERS.items() if of and made == self.maker), "")
        # As hosts and aggregators write it.
        self.full = self.open or (f"{slug}/{closed}" if slug and not slash else text)


def _by_name(told: _Told, known: Callable[[str], bool], weights: bool) -> str | None:
    """What a name means of which no provider is told; with `weights` only those."""
    if told.open:
        return f"hf:{told.open}"
    if known(told.text):
        return f"hf:{told.text}"
    if told.closed or told.org in _NO_HUB:
        return None if weights else told.closed or f"api:{told.maker}/{told.model}"
    # OpenAI has models of like names on the Hub and behind its API. Two names with a slash are no repository.
    repo = _REPO.fullmatch(told.text)
    if not repo or told.org in ("openai", *_FOLDERS) or reference(told.org) is not None:
        return None
    return f"hf:{repo[1]}"


def _closed(bare: str, maker: str) -> tuple[str, str]:
    """Provider and id of a closed model, of one maker if that is told; empty if it is none."""
    for slug, provider in {"": maker, **_MAKERS}.items():
        part = bare.removeprefix(f"{slug}-") if slug else bare
        for of, ids in _CLOSED if part != bare or not slug else ():
            made = of.partition(":")[2]
            if provider in ("", made) and maker in ("", made) and ids.fullmatch(part):
                return of, _CALLED.get(made) or _spelled(part)
    return "", ""


def _spelled(model: str) -> str:
    """One spelling for the ids of OpenAI: `gpt-4` for `gpt4`, `gpt-3.5` for Azure's `gpt-35`."""
    model = re.sub(r"^(?:openai|google)-", "", model).replace("chat-gpt", "chatgpt")
    return re.sub(r"^gpt-?(?:(3)\.?5|(\d))", lambda m: "gpt-3.5" if m[1] else f"gpt-{m[2]}", model)


def _open(bare: str) -> str:
    """The repository of open weights that go by a bare name; empty if it cannot be told."""
    for slug in ("", *_MAKERS):
        part = bare.removeprefix(f"{slug}-") if slug else bare
        for ids, repo in _OPEN:
            if found := ids.fullmatch(part):
                return found.expand(repo)
    return ""


def _route(route: str | None) -> tuple[str, str]:
    """Scheme and provider; the scheme may stand before the provider, as in `host:together`."""
    name = _hyphens(route or "").replace(".ai", "-ai")
    scheme, colon, provider = name.partition(":")
    own, _, held = _ROUTES.get((provider if colon else name).removesuffix("-api"), "").partition(":")
    if colon:
        return (scheme, held) if held and scheme in SCHEMES else ("unknown", "")
    return (own or "unknown", held) if name else ("", "")


def _hyphens(text: str) -> str:
    return re.sub(r"[\s_()-]+", "-", text.lower()).strip("-")


def _sound(text: str | None) -> str | None:
    try:
        return text and Reference.parse(text).text
    except ValueError:
        return None
