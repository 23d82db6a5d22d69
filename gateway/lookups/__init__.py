"""What the API and the pages ask the projection's tables: whole records, not yet cut for a reader.

    lots        a lot, one party's holdings of it
    books       one party's lists of lots: its lot book, its stock, its goods at others
    history     how a lot's record came about, as everyone may know
    public      which commands everyone may read
    lineage     ancestors and descendants, with grams
    origins     the same for everyone: where a lot's parts grew, without grams
    recalls     recalls, how far one reaches, how one came about
    selling     what a shop can sell, which lines of a till's file are booked
    shipments   one party's shipments
    commands    which commands one party may see
    evidence    the rows around some entries, for the rules of plausibility
    flags       what those rules raise, page by page
    growers     who has harvested or made anything, and plots
    people      devices, parties, the constitution
    places      where a page of a list ends

Nothing here decides who may see a field (`gateway.answers` does), but what one party asks for is
 bounded to that party already in the query.
"""
