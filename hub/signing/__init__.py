"""Signatures and seals: CAdES validated against the national profiles, and made; trust, evidence, receipts."""
