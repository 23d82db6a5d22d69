"""Which commands are the same entry: signed by two keys, such as a lost phone's and a new one's."""

from gateway.intake.items import Item


class Twins:
    """Commands by the nonce of their entry."""

    def __init__(self) -> None:
        self._by_nonce: dict[str, list[Item]] = {}

    def add(self, item: Item) -> None:
        """Add a command."""
        self._by_nonce.setdefault(item.nonce, []).append(item)

    def remove(self, item: Item) -> None:
        """Remove a command that was added."""
        same = self._by_nonce[item.nonce]
        same.remove(item)
        if not same:
            del self._by_nonce[item.nonce]

    def of(self, item: Item) -> list[Item]:
        """Return the other commands of an entry: of its nonce, by the same party or for the same.

        Another party's is no twin: a nonce that stands in public can be copied.
        """
        return [
            one
            for one in self._by_nonce.get(item.nonce, ())
            if one.id != item.id
            and (one.principal == item.principal or _is_of_one_party(one, item))
        ]


def _is_of_one_party(one: Item, other: Item) -> bool:
    return one.party is not None and one.party == other.party
