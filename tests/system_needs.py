"""What the whole of the tests needs from the system, and how it is installed on Debian."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from network.commands import SETTING, find
from network.errors import NetworkError
from tests.postgres_fixture import find_binaries

LOCALES = Path("/usr/share/i18n/locales")
GO_OLDEST = (1, 20)


class _WouldBuildError(Exception):
    pass


def missing(environment: Mapping[str, str]) -> list[str]:
    """Return a line for each thing that is not there; empty when nothing is missing."""
    path = environment.get("PATH", "")
    lines = []
    if find_binaries() is None:
        lines.append("PostgreSQL's server (initdb, pg_ctl): apt-get install postgresql")
    if shutil.which("chromium", path=path) is None:
        lines.append("Chromium (chromium): apt-get install chromium")
    lines += [
        f"Node ({command}): apt-get install nodejs npm"
        for command in ("node", "npm")
        if shutil.which(command, path=path) is None
    ]
    return [*lines, *missing_of_locales(environment), *_missing_of_fabric(environment)]


def missing_of_locales(environment: Mapping[str, str]) -> list[str]:
    """Look for what a test compiles Japanese and Turkish from, whichever the host has installed."""
    compiler = shutil.which("localedef", path=environment.get("PATH", ""))
    if compiler and (LOCALES / "ja_JP").is_file():
        return []
    return [f"Sources of locales (localedef, {LOCALES}): apt-get install locales"]


def _missing_of_fabric(environment: Mapping[str, str]) -> list[str]:
    try:
        found = find(environment, _refuse_to_build)
    except _WouldBuildError:
        return _missing_of_go(environment)
    except NetworkError as error:
        return [f"Hyperledger Fabric 2.5: {error.diagnostics()}"]
    if found.line != (2, 5):
        version = ".".join(map(str, found.version))
        remedy = f"let {SETTING} or PATH lead to 2.5, and MINORI_FABRIC3_BIN to 3.x"
        return [f"Hyperledger Fabric 2.5: {found.folder} holds {version}; {remedy}"]
    return []


def _refuse_to_build(_what: str) -> None:
    raise _WouldBuildError


def _missing_of_go(environment: Mapping[str, str]) -> list[str]:
    """Look at Go's age where it is about to build Fabric; that it is there is known."""
    path = os.pathsep.join([environment.get("PATH", ""), str(Path(sys.executable).parent)])
    go = shutil.which("go", path=path)
    said = subprocess.run(
        [go, "version"], env=dict(environment), check=False, capture_output=True, text=True
    ).stdout
    version = re.search(r"go(\d+)\.(\d+)", said)
    if version and tuple(map(int, version.groups())) >= GO_OLDEST:
        return []
    return [f"Go 1.20 or newer, to build Hyperledger Fabric 2.5: {go} says {said.strip()!r}"]
