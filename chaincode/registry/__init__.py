"""Who may do what: constitution, organisations, parties, actors, devices, mandates.

`records` is the state; `founding`, `people` and `mandates` are the commands that change it.
"""
