"""Minori's gateway: takes signed commands, orders them on a ledger, and answers from a projection."""
