"""The books that a careful bookkeeper would keep of lots: what the ledger is compared with.

    books = Books()
    books.answer(books.sell, lot, party, owner, quantity_g)      # the code the ledger must give

Plain Python, written from the specification and not from the contract. Each act checks, in the
order of the specification, and raises `RefusalError` before it books anything.

    entries    rows, harvest, outflow, stock        consigning    arrivals, claims, denials
    shipping   hand-over and disputes               lineage       runs, ancestors
    claiming   consignments, and goods without one
    recalls    who recalled what, and who confirms it
    sorting    runs over several commands
"""

from copy import deepcopy
from dataclasses import dataclass

from tests.chaincode.books.claiming import Claiming
from tests.chaincode.books.entries import RefusalError
from tests.chaincode.books.recalls import Recalls
from tests.chaincode.books.shipping import Shipping
from tests.chaincode.books.sorting import Sorting


@dataclass
class Books(Shipping, Claiming, Sorting, Recalls):
    """All of it."""

    def answer(self, act, *arguments, **named) -> str:
        """Book an act, and return the code that it must be answered with; `flags` are its own."""
        self.flags = set()
        saved = deepcopy(self.__dict__) if any(one.run for one in self.holdings.values()) else {}
        try:
            act(*arguments, **named)
        except RefusalError as refusal:
            self.flags = set()
            return refusal.code
        if saved and self.moves_what_is_being_sorted(saved["holdings"], saved["sorts"]):
            self.__dict__.update(saved)
            return "RUN_OPEN"
        return "ACCEPTED"
