"""The commands accepted and not done, who waits for each, and how much room there is for more."""

import asyncio
from collections import Counter
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from typing import Any

from chaincode.base.errors import Code
from gateway.intake import metrics
from gateway.intake.answers import Answer
from gateway.intake.errors import DeviceBusyError, OverloadedError
from gateway.intake.items import Item
from gateway.intake.settings import IntakeSettings
from gateway.intake.twins import Twins


def _new_future() -> "asyncio.Future[Any]":
    return asyncio.get_running_loop().create_future()


@dataclass(eq=False, slots=True, kw_only=True)
class Entry:
    """A command that is not done.

    Attributes:
        item: The command.
        saved: Done when it is on disk.
        answer: Its final answer, as soon as it may be told.
    """

    item: Item
    saved: "asyncio.Future[None]" = field(default_factory=_new_future)
    answer: "asyncio.Future[Answer]" = field(default_factory=_new_future)

    @property
    def answer_now(self) -> Answer | None:
        """The final answer, if it is there."""
        is_there = self.answer.done() and not self.answer.cancelled()
        return self.answer.result() if is_there else None

    def tell(self, answer: Answer) -> None:
        """Tell the final answer, unless it was told before."""
        if not self.answer.done():
            self.answer.set_result(answer)


class Entries:
    """The entries by command id, within the limits of the settings."""

    def __init__(self, settings: IntakeSettings) -> None:
        self._settings = settings
        self._by_id: dict[str, Entry] = {}
        self._bytes = 0
        self._by_device: Counter[str] = Counter()
        self._twins = Twins()

    def __len__(self) -> int:
        return len(self._by_id)

    def __contains__(self, command_id: object) -> bool:
        return command_id in self._by_id

    def __iter__(self) -> Iterator[Entry]:
        return iter(self._by_id.values())

    def get(self, command_id: str) -> Entry | None:
        """Return the entry of a command, or `None` if it is done or was never here."""
        return self._by_id.get(command_id)

    def is_waiting_elsewhere(self, item: Item) -> bool:
        """Whether another device's command waits that is the same entry, and may be accepted.

        A device's own may: it was signed anew after one before it was dropped, and of the two the
        sequence lets in one alone.
        """
        twins = [self._by_id[one.id] for one in self._twins.of(item) if one.kid != item.kid]
        answers = [entry.answer_now for entry in twins]
        return any(answer is None or answer.code == Code.ACCEPTED for answer in answers)

    def check_room(self, items: Collection[Item]) -> None:
        """Check that all of these may be added.

        Raises:
            OverloadedError: Too much is waiting; `DeviceBusyError`: of one device.
        """
        limits = self._settings
        size = self._bytes + sum(len(item.wire) for item in items)
        is_full = len(self) + len(items) > limits.queue_commands_max
        if items and (is_full or size > limits.queue_bytes_max):
            metrics.OVERLOADED.labels(whose="gateway").inc()
            raise OverloadedError(
                f"{len(self)} commands are waiting", retry_after_s=limits.retry_after_s
            )
        for kid, count in Counter(item.kid for item in items).items():
            if self._by_device[kid] + count > limits.device_commands_max:
                metrics.OVERLOADED.labels(whose="device").inc()
                raise DeviceBusyError(
                    f"{self._by_device[kid]} commands of one device are waiting",
                    retry_after_s=limits.retry_after_s,
                )

    def add(self, item: Item) -> Entry:
        """Add a command."""
        entry = Entry(item=item)
        self._by_id[item.id] = entry
        self._bytes += len(item.wire)
        self._by_device[item.kid] += 1
        self._twins.add(item)
        metrics.WAITING.set(len(self))
        return entry

    def remove(self, entry: Entry) -> None:
        """Remove a command that is done, or that could not be saved."""
        item = entry.item
        del self._by_id[item.id]
        self._bytes -= len(item.wire)
        self._twins.remove(item)
        self._by_device[item.kid] -= 1
        if not self._by_device[item.kid]:
            del self._by_device[item.kid]
        metrics.WAITING.set(len(self))
