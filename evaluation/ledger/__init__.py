"""The ledger of a desk with an archive."""
