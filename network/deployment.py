"""What should run of the contract: `deployment.json`, read again after a crash.

`next` is written before the first step of a deployment. It becomes `current` when the channel has
it, which may be after the crash of whoever was bringing it: so it is kept until then.
"""

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from network.lifecycle import Definition
from network.topology import write_atomically


@dataclass(frozen=True, slots=True, kw_only=True)
class Deployment:
    """The contract's definition that runs, the one being brought, and how each is started.

    Attributes:
        current: The definition on the channel, or `None` before the first.
        current_command: The program and arguments of its processes.
        next: The definition that was brought last and may yet reach the channel, or `None`.
        next_command: The program and arguments of its processes.
    """

    current: Definition | None = None
    current_command: tuple[str, ...] = ()
    next: Definition | None = None
    next_command: tuple[str, ...] = ()

    @classmethod
    def load(cls, directory: Path) -> "Deployment":
        """Return what was saved in the network's directory; empty when nothing was."""
        try:
            values: dict[str, Any] = json.loads((directory / "deployment.json").read_text())
        except FileNotFoundError:
            return cls()
        return cls(
            current=Definition(**values["current"]) if values["current"] else None,
            current_command=tuple(values["current_command"]),
            next=Definition(**values["next"]) if values["next"] else None,
            next_command=tuple(values["next_command"]),
        )

    def save(self, directory: Path) -> None:
        """Write it into the network's directory."""
        write_atomically(directory / "deployment.json", json.dumps(asdict(self), indent=2) + "\n")

    def promoted(self) -> "Deployment":
        """Return it with the next definition become the current one."""
        return Deployment(current=self.next, current_command=self.next_command)

    def settled(self, actual: Definition | None) -> "Deployment":
        """Return it after a crash, given the newest definition that was found on the channel.

        The channel is right, but for what it has not heard of yet. One that is neither the current
        definition nor the next is an earlier try's, brought by a command that is not known any
        more: the latest stands for it.
        """
        if actual is None or (self.current and actual.sequence <= self.current.sequence):
            return self
        return Deployment(current=actual, current_command=self.next_command or self.current_command)
