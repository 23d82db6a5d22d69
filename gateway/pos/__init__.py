"""Sales from a shop's existing till: its CSV file becomes signed `lot.sell` commands.

    mapping      which column means what, and which item code means which goods; saved once
    reading      the file's bytes -> lines and row errors; UTF-8 or CP932
    allocation   lines and stock -> how much of which lot was sold, oldest first where unknown

All pure. Nothing is booked twice: every line has a receipt hash, which its command carries.
"""

from gateway.pos.allocation import Sale, Stock, allocate, receipt_of
from gateway.pos.mapping import Item, MappingError, PosMapping
from gateway.pos.reading import Line, RowError, read_lines

__all__ = [
    "Item",
    "Line",
    "MappingError",
    "PosMapping",
    "RowError",
    "Sale",
    "Stock",
    "allocate",
    "read_lines",
    "receipt_of",
]
