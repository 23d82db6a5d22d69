"""What stands in an .xlsx file, as Excel shows it; ISO/IEC 29500-1, transitional and strict.

    package    the zip: limits, other files by name, workbook, strings, styles
    formats    what a number's format makes of it: a date, or the digits that are shown
    sheet      one sheet's cells, merges and what is hidden, read as a stream

Nothing is repaired: a cell is told as it is shown, and `gateway.setup.values` decides what it may
mean in its column.
"""
