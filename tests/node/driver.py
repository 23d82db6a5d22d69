"""Runs `client.js`, whose head says what can be asked of it; installs what that needs first."""

import fcntl
import json
import subprocess
from pathlib import Path

FOLDER = Path(__file__).parent
INSTALL = ("npm", "ci", "--ignore-scripts", "--omit=optional", "--no-audit", "--no-fund")


def install():
    """Install exactly what package-lock.json names, unless that is there already."""
    with (FOLDER / "package-lock.json").open() as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        marker = FOLDER / "node_modules/.installed"
        wanted = (FOLDER / "package-lock.json").read_text()
        if marker.exists() and marker.read_text() == wanted:
            return
        subprocess.run(INSTALL, cwd=FOLDER, check=True, timeout=300, stdout=subprocess.DEVNULL)
        marker.write_text(wanted)


def ask(connection: Path, request: dict, *, timeout_s: float = 300) -> dict:
    """Run one request as the organisation of that connection.json; return what was printed."""
    install()
    done = subprocess.run(
        ["node", "client.js", str(connection.absolute())],
        cwd=FOLDER,
        input=json.dumps(request),
        capture_output=True,
        text=True,
        timeout=timeout_s,
        check=False,
    )
    if done.returncode:
        raise RuntimeError(done.stderr)
    return json.loads(done.stdout)
