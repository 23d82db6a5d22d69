"""A Docker engine for the tests, and stand-ins for the images that a registry would serve.

The engine that the environment names is taken, else one is started that keeps its images in the
cache folder, and is stopped with the tests. Images that can be pulled are not: the stand-ins have
the official images' names, paths and programs, and the Fabric that the other tests use, so what is
tested is the same everywhere.
"""

import contextlib
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from network.commands import Commands, cache_folder

ROOTS = Path("/etc/ssl/certs/ca-certificates.crt")
BASE = "debian:bookworm-slim"
SUITE = "bookworm"
START_PATIENCE_S = 60

# What the images of Hyperledger Fabric hold: their programs, and the command that they run.
# Source: fabric v2.5 `images/{peer,orderer,tools}/Dockerfile`.
FABRIC_IMAGES = {
    "peer": (("peer",), ["peer", "node", "start"]),
    "orderer": (("orderer",), ["orderer"]),
    "tools": (("peer", "configtxgen", "osnadmin"), ["bash"]),
}


class EngineError(Exception):
    """There is no Docker engine, and none can be started."""


@dataclass(frozen=True, slots=True)
class Engine:
    """A Docker engine: how its commands are called."""

    environment: Mapping[str, str]

    def docker(self, *arguments: str, stdin: bytes | None = None) -> str:
        """Run `docker` and return what it printed; what it said fails the test with it."""
        done = subprocess.run(
            ["docker", *arguments],
            input=stdin,
            env=self.environment,
            capture_output=True,
            check=False,
        )
        assert done.returncode == 0, f"docker {' '.join(arguments)}: {done.stderr.decode()}"
        return done.stdout.decode().strip()

    def has_image(self, name: str) -> bool:
        """Whether it has an image of that name."""
        return bool(self.docker("images", "-q", name))


@contextlib.contextmanager
def running(environment: Mapping[str, str]) -> Iterator[Engine]:
    """Give an engine: the one that is there, or one that is started for as long as this."""
    given = Engine({**environment, "DOCKER_BUILDKIT": "0"})
    probe = subprocess.run(
        ["docker", "version"], env=given.environment, capture_output=True, check=False
    )
    if probe.returncode == 0:
        yield given
        return
    data = cache_folder(environment) / "docker"
    data.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="minori-docker-") as name:
        folder = Path(name)
        socket = f"unix://{folder}/docker.sock"
        command = [
            *("dockerd", "--host", socket, "--data-root", str(data)),
            *("--exec-root", str(folder / "exec"), "--pidfile", str(folder / "pid")),
        ]
        with (folder / "log").open("wb") as log:
            daemon = subprocess.Popen(command, stdout=log, stderr=log)
        engine = Engine({**given.environment, "DOCKER_HOST": socket})
        try:
            _wait(engine, daemon, folder / "log")
            yield engine
        finally:
            daemon.terminate()
            daemon.wait(START_PATIENCE_S)


def _wait(engine: Engine, daemon: subprocess.Popen, log: Path) -> None:
    deadline = time.monotonic() + START_PATIENCE_S
    while True:
        probe = subprocess.run(
            ["docker", "version"], env=engine.environment, capture_output=True, check=False
        )
        if probe.returncode == 0:
            return
        if daemon.poll() is not None or time.monotonic() > deadline:
            said = "\n".join(log.read_text().splitlines()[-5:])
            raise EngineError(f"no Docker engine, and dockerd does not start:\n{said}")
        time.sleep(0.2)


def make_images(engine: Engine, commands: Commands) -> None:
    """Make the base image and Fabric's, unless the engine has them, of that version."""
    if not engine.has_image(BASE):
        _import_base(engine)
    tag = "{}.{}".format(*commands.line)
    for kind, (programs, entry) in FABRIC_IMAGES.items():
        name = f"hyperledger/fabric-{kind}:{tag}"
        if engine.has_image(name):
            continue
        with tempfile.TemporaryDirectory() as folder:
            for program in programs:
                shutil.copy(commands.path(program), folder)
            words = ", ".join(f'"{word}"' for word in entry)
            Path(folder, "Dockerfile").write_text(
                f"FROM {BASE}\nCOPY {' '.join(programs)} /usr/local/bin/\n"
                f"ENV FABRIC_CFG_PATH=/etc/hyperledger/fabric\nCMD [{words}]\n"
            )
            engine.docker("build", "-q", "-t", name, folder)


def _import_base(engine: Engine) -> None:
    """Make a minimal Debian, which trusts whom this machine trusts."""
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder, "root")
        command = ["debootstrap", "--variant=minbase", SUITE, str(root)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        assert done.returncode == 0, f"{' '.join(command)}: {done.stdout[-2000:]}"
        trusted = root / "usr/local/share/minori-roots.crt"
        trusted.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOTS, trusted)
        inside = f"/{trusted.relative_to(root)}"
        archive = Path(folder, "root.tar")
        subprocess.run(["tar", "-C", str(root), "-cf", str(archive), "."], check=True)
        variables = [f"ENV {name}={inside}" for name in ("SSL_CERT_FILE", "PIP_CERT")]
        changes = [word for one in variables for word in ("--change", one)]
        engine.docker("import", *changes, str(archive), BASE)
