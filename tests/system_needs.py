"""What the whole of the tests needs from the system, and how Debian and Ubuntu install it.

The one list of packages. Python with `venv`, without which this can not run, the Makefile sees to,
and Go and Node, which are too old in some systems.
"""

import os
import shlex
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from network.commands import SETTING, find
from network.errors import NetworkError
from tests.node import driver
from tests.postgres_fixture import find_binaries

LOCALES = Path("/usr/share/i18n/locales")
CONTAINERS = (  # command, what it is, package
    ("dockerd", "Docker's engine", "docker.io"),
    ("docker", "Docker's command", "docker.io"),
    ("docker-compose", "Compose", "docker-compose"),
    ("debootstrap", "What makes a minimal Debian, the base of the images", "debootstrap"),
)
UPDATE = ("apt-get", "update", "-qq")
INSTALL = ("apt-get", "install", "-y", "-qq", "--no-install-recommends")


@dataclass(frozen=True, slots=True)
class Need:
    """One thing that is not there.

    Attributes:
        what: It, and how one sees that it is not there.
        packages: Debian packages that bring it; none: `what` says what to do.
    """

    what: str
    packages: tuple[str, ...] = ()

    def __str__(self) -> str:
        """Return it with its remedy."""
        if not self.packages:
            return self.what
        return f"{self.what}: {shlex.join([*INSTALL[:2], *self.packages])}"


class _WouldBuildError(Exception):
    pass


def missing(environment: Mapping[str, str]) -> list[Need]:
    """Return each thing that is not there."""
    path = environment.get("PATH", "")
    needs = []
    if find_binaries() is None:
        needs.append(Need("PostgreSQL's server (initdb, pg_ctl)", ("postgresql",)))
    if shutil.which("git", path=path) is None:
        needs.append(Need("Git (git)", ("git",)))
    if not driver.is_there(environment):
        needs.append(Need(f"Node {driver.oldest()} or later, with npm, on PATH"))
    for command, what, package in CONTAINERS:
        if shutil.which(command, path=path) is None:
            needs.append(Need(f"{what} ({command})", (package,)))
    return [*needs, *missing_of_locales(environment), *_missing_of_fabric(environment)]


def missing_of_locales(environment: Mapping[str, str]) -> list[Need]:
    """Look for what a test compiles Japanese and Turkish from, whichever the host has installed."""
    compiler = shutil.which("localedef", path=environment.get("PATH", ""))
    if compiler and (LOCALES / "ja_JP").is_file():
        return []
    return [Need(f"Sources of locales (localedef, {LOCALES})", ("locales",))]


def provide(environment: Mapping[str, str]) -> list[Need]:
    """Install what is missing where this user may, saying what; return what is missing still."""
    needs = missing(environment)
    packages = packages_of(needs)
    if not packages or not _may_install(environment):
        return needs
    print(f"installing from the system's packages, for the tests: {' '.join(packages)}", flush=True)
    quiet = {**environment, "DEBIAN_FRONTEND": "noninteractive"}
    for command in (UPDATE, (*INSTALL, *packages)):
        if subprocess.run(command, env=quiet, check=False, stdout=subprocess.DEVNULL).returncode:
            print(f"failed: {shlex.join(command)}", flush=True)
            break
    return missing(environment)


def told(needs: Sequence[Need]) -> str:
    """Return what is missing, and the one command that installs all that packages bring."""
    lines = ["these are missing here, and tests need them:", *(f"  - {need}" for need in needs)]
    packages = packages_of(needs)
    if packages:
        lines.append("on Debian or Ubuntu, this installs them:")
        lines.append(f"  sudo apt-get update && sudo {shlex.join([*INSTALL[:2], *packages])}")
    return "\n".join(lines)


def packages_of(needs: Sequence[Need]) -> list[str]:
    """Return the packages that bring what is missing, each once."""
    return sorted({package for need in needs for package in need.packages})


def _may_install(environment: Mapping[str, str]) -> bool:
    return os.geteuid() == 0 and shutil.which("apt-get", path=environment.get("PATH")) is not None


def _missing_of_fabric(environment: Mapping[str, str]) -> list[Need]:
    try:
        found = find(environment, _refuse_to_build)
    except _WouldBuildError:
        return []  # it can be built
    except NetworkError as error:
        return [Need(f"Hyperledger Fabric 2.5: {error.diagnostics()}")]
    if found.line != (2, 5):
        version = ".".join(map(str, found.version))
        remedy = f"let {SETTING} or PATH lead to 2.5, and MINORI_FABRIC3_BIN to 3.x"
        return [Need(f"Hyperledger Fabric 2.5: {found.folder} holds {version}; {remedy}")]
    return []


def _refuse_to_build(_what: str) -> None:
    raise _WouldBuildError
