"""Build hook: compiles license_db into the one file that the wheel ships.

An editable install gets the same file beside the sources; the reader sees when it is older than the YAML.
"""

import sys
from pathlib import Path
from shutil import copyfile
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class CompileDatabase(BuildHookInterface):
    """Writes licheck/db/compiled.json before the wheel is put together."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        root = Path(self.root)
        sys.path.insert(0, str(root))
        try:
            from licheck.db.compile import write

            write(root / "license_db", root / "licheck" / "db" / "compiled.json")
            for name in ("runs.bin", "sketch.bin"):
                copyfile(root / "license_db" / "fingerprints" / name, root / "licheck" / "db" / name)
        finally:
            sys.path.remove(str(root))
