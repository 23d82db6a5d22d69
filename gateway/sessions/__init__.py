"""Readers prove who they are by signing a challenge with their device's key.

device  POST /api/sessions/challenge {kid}        -> a challenge that names the kid and expires
device  signs {audience, challenge, kid, ledger}     (proof)
device  POST /api/sessions {jws}                  -> a token, kept here only as its SHA-256

challenge   made and recognised without keeping anything: who has no key can't fill a disk
proof       what is signed, read strictly
store       the SQLite file: sessions, and challenges that were used
sessions    the three together
"""

from gateway.sessions.errors import SessionError
from gateway.sessions.sessions import Challenge, Opened, Sessions

__all__ = ["Challenge", "Opened", "SessionError", "Sessions"]
