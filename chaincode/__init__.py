"""Minori's rules: a contract that is pure Python over a small `Stub`, and runs on two ledgers.

Read in this order: `README.md` (the specification), `contract` (the functions a transaction can
call), `commands` (how a batch is taken), then the rules: `registry`, `lots`.
"""
