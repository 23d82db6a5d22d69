"""What every rule stands on: bytes to records and back, state as one transaction sees it, answers.

envelope   the signed envelope, from bytes to Command    overlay      state within a batch
canonical  strict JSON in, canonical JSON out            times        text to seconds and back
shapes     records described by dataclasses              derived_ids  ids that follow from a nonce
errors     every answer, in the order of the checks      stub         what a ledger offers
signed_texts  all that any device's key signs, and what tells each from the others
"""
