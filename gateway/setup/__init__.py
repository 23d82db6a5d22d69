"""A town set up from one Excel workbook; the demo town is such a workbook, too.

    faults       every way in which a cell, a row or a workbook can be wrong, in two languages
    shown        what a cell shows, wherever it is from
    values       what a person types into a cell, read and normalised
    sheets       the workbook's sheets and columns, and the rows they become
    excel        what stands in an .xlsx file, as Excel shows it
    cells        from such a file to plain cells
    reading      from cells to rows, with every error at once
    checking     what only several rows together can get wrong
    template     an empty workbook with headings, drop-downs, help and examples
    register     who is behind which pseudonym: private, off the ledger
    places       the files of a town
    wishes       from rows to the records that the ledger shall have
    planning     what would be created, what changes, what is there already
    founding     the bootstraps
    applying     signs and submits what is missing, and publishes names and catalogue

Applying compares what the workbook wants with what the ledger has, so it can be repeated, also
after a crash. Of the workbook, only codes, roles, dates and the titles of town and organisations
reach the ledger.
"""
