"""What the API and the pages ask the projection's tables: whole records, not yet cut for a reader.

    lots        a lot, its public entries, one party's share of it
    shipments   one party's shipments
    commands    which commands one party may see
    people      devices, parties, the constitution
    places      where a page of a list ends

Nothing here decides who may see a field (`gateway.api.visibility` does), but what one party asks
for is bounded to that party already in the query.
"""
