"""Minori's gateway: takes signed commands, orders them on a ledger, answers from a projection."""
