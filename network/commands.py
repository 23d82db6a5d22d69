"""Where Fabric's own commands come from, and of which version they are.

The first of these that holds all of `COMMANDS`, of 2.5 or later: the folder named by the setting
MINORI_FABRIC_BIN (older ones there are an error), the newest of the cache folders
`minori/fabric-<version>/bin`, the folder of `peer` on PATH. Else v2.5.0 is built, once, from the Go
module that `fabric25/` pins, into the cache.
"""

import fcntl
import os
import re
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from network.building import Build, Progress
from network.errors import CommandFailedError, CommandsMissingError
from network.speaking import WORDS, said
from network.toolchain import candidates, find_go, oldest
from network.topology import Consensus

COMMANDS = ("peer", "orderer", "osnadmin", "configtxgen")
OLDEST = (2, 5)
SETTING = "MINORI_FABRIC_BIN"

BUILT_VERSION = "2.5.0"
BUILT_COMMIT = "bd8e248"
MODULE = "github.com/hyperledger/fabric"
MODULE_FOLDER = Path(__file__).parent / "fabric25"


@dataclass(frozen=True, slots=True, kw_only=True)
class Commands:
    """A folder with Fabric's commands, all of one version.

    Attributes:
        folder: Where they are.
        version: Major, minor, patch; as `peer version` says.
    """

    folder: Path
    version: tuple[int, int, int]

    @property
    def line(self) -> tuple[int, int]:
        """Major and minor."""
        return self.version[:2]

    @property
    def consensus(self) -> Consensus:
        """What a new network made with these commands orders by."""
        return Consensus.BFT if self.version >= (3, 0, 0) else Consensus.RAFT

    def path(self, command: str) -> str:
        """Return the absolute path of one of `COMMANDS`."""
        return str(self.folder / command)

    def run(
        self,
        command: str,
        arguments: Sequence[str],
        *,
        environment: Mapping[str, str] | None = None,
        timeout_s: float = 60,
    ) -> str:
        """Run one of them to its end and return what it printed, output and error together.

        Raises:
            CommandFailedError: Its exit code was not 0, or it took longer than `timeout_s`.
        """
        return _run([self.path(command), *arguments], environment, timeout_s)


def find(environment: Mapping[str, str], progress: Progress) -> Commands:
    """Return Fabric's commands; build them when there are none.

    Args:
        environment: Where PATH, HOME, XDG_CACHE_HOME and MINORI_FABRIC_BIN are looked up.
        progress: Told what happens when it takes long.

    Raises:
        CommandsMissingError: There are none and Go is not there, or what was named is not usable.
        CommandFailedError: The build failed.
    """
    named = environment.get(SETTING)
    if named:
        return _named(Path(named))
    cache = cache_folder(environment)
    for folder in sorted(cache.glob("fabric-*/bin"), key=_version_in_path, reverse=True):
        if _complete(folder) and (cached := inspect(folder)).line >= OLDEST:
            return cached
    peer = shutil.which("peer", path=environment.get("PATH", ""))
    if peer is not None and _complete(Path(peer).parent):
        commands = inspect(Path(peer).parent)
        if commands.line >= OLDEST:
            return commands
    return _build(cache / f"fabric-{BUILT_VERSION}" / "bin", environment, progress)


def cache_folder(environment: Mapping[str, str]) -> Path:
    """Return the folder that holds a `fabric-<version>/bin` per version.

    Source: XDG Base Directory Specification, `$XDG_CACHE_HOME`.
    """
    home = environment.get("HOME") or str(Path.home())
    return Path(environment.get("XDG_CACHE_HOME") or f"{home}/.cache") / "minori"


def _named(folder: Path) -> Commands:
    missing = [command for command in COMMANDS if not os.access(folder / command, os.X_OK)]
    if missing:
        raise CommandsMissingError(
            WORDS["commands.not_there"],
            hint=WORDS["commands.name_folder"],
            setting=SETTING,
            folder=folder,
            missing=", ".join(missing),
        )
    commands = inspect(folder)
    if commands.line < OLDEST:
        raise CommandsMissingError(
            WORDS["commands.named_too_old"],
            hint=WORDS["commands.oldest"],
            setting=SETTING,
            version=".".join(map(str, commands.version)),
        )
    return commands


def _complete(folder: Path) -> bool:
    return all(os.access(folder / command, os.X_OK) for command in COMMANDS)


def inspect(folder: Path) -> Commands:
    """Ask `peer` for its version."""
    folder = folder.absolute()
    output = _run([str(folder / "peer"), "version"], None, 20)
    found = re.search(r"Version: v?(\d+)\.(\d+)\.(\d+)", output)
    if found is None:
        raise CommandsMissingError(WORDS["commands.no_version"], folder=folder, output=output)
    major, minor, patch = (int(number) for number in found.groups())
    return Commands(folder=folder, version=(major, minor, patch))


def _build(target: Path, environment: Mapping[str, str], progress: Progress) -> Commands:
    go = _go(target, environment)
    target.parent.mkdir(parents=True, exist_ok=True)
    with (target.parent / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # whoever comes second finds the work done
        if not _complete(target):
            progress(said("commands.building", version=BUILT_VERSION))
            partial = target.with_name("bin.partial")
            shutil.rmtree(partial, ignore_errors=True)
            partial.mkdir()
            _go_build(go, partial, environment, progress)
            shutil.rmtree(target, ignore_errors=True)
            partial.rename(target)
    commands = inspect(target)
    if commands.line < OLDEST:
        raise CommandsMissingError(
            WORDS["commands.too_old"],
            hint=WORDS["commands.build_again"],
            folder=target,
            version=".".join(map(str, commands.version)),
        )
    return commands


def _go(target: Path, environment: Mapping[str, str]) -> str:
    """Return the path of Go's command, one that can build Fabric."""
    go = find_go(MODULE_FOLDER, environment)
    if go is not None:
        return go
    found = candidates(environment)
    raise CommandsMissingError(
        WORDS["commands.old_go" if found else "commands.no_go"],
        hint=WORDS["commands.ways"],
        go=next(iter(found), None),
        setting=SETTING,
        commands=", ".join(COMMANDS),
        target=target,
        go_version=oldest(MODULE_FOLDER),
    )


def _go_build(go: str, target: Path, environment: Mapping[str, str], progress: Progress) -> None:
    metadata = f"{MODULE}/common/metadata"
    flags = f"-s -w -X {metadata}.Version=v{BUILT_VERSION} -X {metadata}.CommitSHA={BUILT_COMMIT}"
    build = Build(
        go=go,
        module=MODULE_FOLDER,
        packages=[f"{MODULE}/cmd/{command}" for command in COMMANDS],
        flags=["-mod=readonly", "-trimpath", "-ldflags", flags],
        environment={**environment, "CGO_ENABLED": "0", "GOWORK": "off"},
    )
    build.run(target, progress)


def _version_in_path(folder: Path) -> tuple[int, ...]:
    return tuple(int(number) for number in re.findall(r"\d+", folder.parent.name))


def _run(command: Sequence[str], environment: Mapping[str, str] | None, timeout_s: float) -> str:
    try:
        done = subprocess.run(  # noqa: S603 - a list of our own making, no shell
            command,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            timeout=timeout_s,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        output = (error.output or b"").decode(errors="replace")
        raise CommandFailedError(
            WORDS["commands.slow"],
            output=output,
            hint=output,
            title=_title(command),
            seconds=timeout_s,
        ) from error
    except OSError as error:
        raise CommandFailedError(
            WORDS["commands.not_run"],
            output="",
            hint=WORDS["commands.other_computer"],
            program=command[0],
            what=error.strerror,
        ) from error
    output = done.stdout.decode(errors="replace")
    if done.returncode != 0:
        raise CommandFailedError(
            WORDS["commands.failed"],
            title=_title(command),
            code=done.returncode,
            output=output,
            hint="\n".join(output.splitlines()[-15:]),
        )
    return output


def _title(command: Sequence[str]) -> str:
    """Return the program's name and its leading words, which say enough: `peer channel join`."""
    words = [Path(command[0]).name]
    for argument in command[1:]:
        if argument.startswith("-") or "/" in argument:
            break
        words.append(argument)
    return " ".join(words)
