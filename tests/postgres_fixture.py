"""A real PostgreSQL server for tests, started once per session from the installed commands.

    @pytest.mark.postgres
    async def test_something(postgres_url):
        projection = await Projection.open(postgres_url)

Each test gets an empty database of its own. The server listens on a socket in pytest's temporary
folder only, without fsync. Where PostgreSQL is not installed, tests are skipped, which
tests/no_silent_skips.py makes a failure under `make test` and in CI.
"""

import contextlib
import itertools
import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

# A collation that does not compare bytes, as on many a real server.
COLLATION = ("--locale-provider=icu", "--icu-locale=ja-JP")
INITDB = ("--encoding=UTF8", "--locale=C.UTF-8", "--auth=trust", "--username=minori", "--no-sync")
OPTIONS = "-c listen_addresses= -c fsync=off -c shared_buffers=32MB -c max_connections=50"
_NUMBERS = itertools.count(1)


class Server:
    """A server in `folder`, run by an ordinary user: PostgreSQL refuses to run as root."""

    def __init__(self, binaries: Path, folder: Path, user: str | None) -> None:
        self.binaries = binaries
        self.folder = folder
        self.user = user

    def run(self, command: str, *arguments: str) -> None:
        """Run one of PostgreSQL's commands, as the server's user."""
        subprocess.run(
            [str(self.binaries / command), *arguments],
            user=self.user,
            cwd=self.folder,
            env={"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8"},
            check=True,
            stdout=subprocess.DEVNULL,
            timeout=60,
        )

    def start(self) -> None:
        """Make the cluster if need be, and start the server."""
        data = str(self.folder / "data")
        if not Path(data).exists():
            self.run("initdb", f"--pgdata={data}", *INITDB, *COLLATION)
        log = str(self.folder / "log")
        options = f"{OPTIONS} -c unix_socket_directories={self.folder}"
        self.run("pg_ctl", "start", "--wait", f"--pgdata={data}", f"--log={log}", "-o", options)

    def stop(self, mode: str = "fast") -> None:
        """Stop the server; mode `immediate` is as good as a crash."""
        data = str(self.folder / "data")
        self.run("pg_ctl", "stop", "--wait", f"--pgdata={data}", f"--mode={mode}")

    def prepare(self) -> None:
        """Give the server's user its folder."""
        if self.user:
            shutil.chown(self.folder, self.user)

    def remove(self) -> None:
        """Stop the server, if it runs, and remove its files."""
        with contextlib.suppress(subprocess.SubprocessError):
            self.stop("immediate")
        shutil.rmtree(self.folder, ignore_errors=True)

    def create_database(self) -> str:
        """Make an empty database and return its URL."""
        name = f"test{next(_NUMBERS)}"
        self.run("createdb", f"--host={self.folder}", "--username=minori", name)
        return f"postgresql://minori@/{name}?host={self.folder}"


def find_binaries() -> Path | None:
    """Return the folder of PostgreSQL's server commands: Debian's newest, else by PATH."""
    debian = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=_version)
    if debian:
        return debian[-1].parent
    found = shutil.which("initdb")
    return Path(found).parent if found else None


def _version(initdb: Path) -> int:
    name = initdb.parent.parent.name
    return int(name) if name.isdigit() else 0


def _server_user() -> str | None:
    """Return who runs the server: this user, or for root somebody with fewer rights."""
    if os.getuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        with contextlib.suppress(KeyError):
            return pwd.getpwnam(name).pw_name
    raise AssertionError("root needs another user to run PostgreSQL as")


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[Server]:
    binaries = find_binaries()
    if binaries is None:
        pytest.skip("PostgreSQL's server commands are not installed")
    # Not pytest's own temporary folder: only its owner may enter it, and socket paths are short.
    folder = Path(tempfile.mkdtemp(prefix="minori-postgres-"))
    server = Server(binaries, folder, _server_user())
    server.prepare()
    try:
        server.start()
        yield server
    finally:
        server.remove()


@pytest.fixture
def postgres_url(postgres_server: Server) -> str:
    return postgres_server.create_database()
