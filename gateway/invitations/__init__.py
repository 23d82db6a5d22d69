"""Invitations: how a person whose own device makes the key comes to the ledger.

code      four lines to type, and the address that a QR code has
issued    what a registrar's computer remembers of those it gave out
slip      the sheet of paper to hand over, as a page and as text

An invitation is for one person and one device, until a day. Who issued it remembers that day and
the nonce; the nonce is a digest of all of it, so a changed invitation is an unknown one.
"""

from gateway.invitations.code import Invitation, InvitationError

__all__ = ["Invitation", "InvitationError"]
