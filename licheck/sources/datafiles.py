"""Data files of a dataset of the Hub: which there are at a commit, and local copies of some of them."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from pathlib import Path, PurePosixPath

from licheck.errors import Problem, UnreadableError
from licheck.sources.cache import Cache, folder
from licheck.sources.http import Web
from licheck.sources.hub import Hub, default_endpoint

SECONDS = 60  # for the list of files
_HELP = {
    "gated": "ask for access on the Hub and set HF_TOKEN",
    "missing": "correct the name, or set HF_TOKEN if it is private",
    "offline": "run it once without --offline",
}


class Files:
    """The files of one dataset at one commit; raises UnreadableError where they cannot be listed or fetched."""

    def __init__(
        self, repo: str, revision: str | None, offline: bool, cache: Path | None, say: Callable[[str], None]
    ) -> None:
        endpoint = default_endpoint()
        web = None if offline else Web(endpoint, time.monotonic() + SECONDS, say)
        info = Hub(endpoint, Cache(cache or folder(), endpoint), web).info("dataset", repo, revision)
        self._name = f"hf://datasets/{repo}{f'@{revision}' if revision else ''}"
        if info.state != "read":
            raise self._unreadable("", info.state, info.why)
        if info.commit is None or info.files is None:
            raise self._unreadable("", "truncated", info.partial)
        self._repo, self._commit, self._endpoint, self._offline = str(info.body["id"]), info.commit, endpoint, offline
        # Names that would lead out of the folder of copies are none of a git repository.
        self.names = [n for n in info.files if not n.startswith("/") and ".." not in PurePosixPath(n).parts]

    def fetch(self, names: Sequence[str], tell: Callable[[int, int], None]) -> list[str]:
        """Paths of local copies, in the cache of `huggingface_hub`, in the same order."""
        paths = []
        for done, name in enumerate(names, 1):  # one at a time: threads would hold up Ctrl-C until their files are here
            paths.append(self._one(name))
            tell(done, len(names))
        return paths

    def _one(self, name: str) -> str:
        from huggingface_hub import errors, hf_hub_download

        try:
            return hf_hub_download(
                self._repo,
                name,
                repo_type="dataset",
                revision=self._commit,
                endpoint=self._endpoint,
                library_name="licheck",
                local_files_only=self._offline,
            )
        except errors.GatedRepoError as error:
            raise self._unreadable(name, "gated", "access has to be asked for on the Hub") from error
        except (errors.RemoteEntryNotFoundError, errors.RepositoryNotFoundError) as error:
            raise self._unreadable(name, "missing", "no such file, or it is private") from error
        except errors.LocalEntryNotFoundError as error:
            state = "offline" if self._offline else "unreachable"
            raise self._unreadable(name, state, "it was not fetched before, and the Hub did not give it") from error
        except Exception as error:  # the HTTP library's errors have no base that could be named without importing it
            raise self._unreadable(name, "unreachable", type(error).__name__) from error

    def _unreadable(self, name: str, state: str, why: str) -> UnreadableError:
        place = f"{self._name}/{name}" if name else self._name
        return UnreadableError(
            Problem(place, None, "", f"was not read ({state}): {why}", _HELP.get(state, "try again"))
        )
