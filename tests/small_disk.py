"""A real small disk, to be filled and freed: a file system in memory, mounted for one test.

Mounting needs the capability CAP_SYS_ADMIN, which root has but in some containers. Without it a
test is skipped, which `tests.no_silent_skips` allows for this reason alone; with it, never.
"""

import contextlib
import subprocess
from pathlib import Path

import pytest

MAY_NOT_MOUNT = "mounting a small disk needs CAP_SYS_ADMIN"
_CAP_SYS_ADMIN = 21  # linux/capability.h
_PIECE = 4096


class SmallDisk:
    """A folder on a disk of its own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._ballast = folder / "ballast"

    def fill(self, *, but: int = 0) -> None:
        """Leave no room, or so many bytes."""
        with self._ballast.open("ab", buffering=0) as file, contextlib.suppress(OSError):
            while True:
                file.write(bytes(_PIECE))
        with self._ballast.open("r+b") as file:
            file.truncate(self._ballast.stat().st_size - but)

    def free(self) -> None:
        """Make room again."""
        self._ballast.unlink()


@contextlib.contextmanager
def small_disk(folder: Path, *, size_mb: int = 8):
    """Mount a disk at a folder, which is made."""
    if not _may_mount():
        pytest.skip(MAY_NOT_MOUNT)
    folder.mkdir()
    options = f"size={size_mb}m,mode=700"
    subprocess.run(["mount", "-t", "tmpfs", "-o", options, "minori-test", folder], check=True)
    try:
        yield SmallDisk(folder)
    finally:
        subprocess.run(["umount", "--lazy", folder], check=True)


def _may_mount() -> bool:
    status = Path("/proc/self/status").read_text(encoding="ascii")
    (effective,) = (line.split()[1] for line in status.splitlines() if line.startswith("CapEff:"))
    return bool(int(effective, 16) >> _CAP_SYS_ADMIN & 1)
