"""Sales from a shop's existing till: its CSV file becomes signed `lot.sell` commands.

    mapping      which column means what, and which item code means which goods; saved once
    guessing     a mapping to begin with, from the headings of a file
    decoding     the file's bytes -> text; UTF-8, UTF-16, CP932, or EUC-JP if that is said
    table        text -> rows and cells, strictly
    entries      a row -> what it says
    amounts      dates, counts and weights, as the workbook takes them
    codes        item codes and receipt numbers as they are compared
    settling     entries -> lines; which cancel which, and which are the same line
    reading      a file -> every row once
    allocation   lines and stock -> how much of which lot was sold, oldest first where unknown
    refusals     why a row is not booked, in both languages

All pure. Nothing is booked twice: every line has a receipt hash, which its command carries; and
nothing is lost: every row is booked, refused, passed over or for a person to enter, and told.
"""

from gateway.pos.allocation import Allocation, Booked, Sale, Stock, allocate, day_end, receipts_of
from gateway.pos.mapping import Item, MappingError, PosMapping
from gateway.pos.reading import Reading, read_file
from gateway.pos.refusals import WORDS, FileError, Told
from gateway.pos.settling import Line

__all__ = [
    "WORDS",
    "Allocation",
    "Booked",
    "FileError",
    "Item",
    "Line",
    "MappingError",
    "PosMapping",
    "Reading",
    "Sale",
    "Stock",
    "Told",
    "allocate",
    "day_end",
    "read_file",
    "receipts_of",
]
