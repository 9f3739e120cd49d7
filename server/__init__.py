"""The fleet server: facts in, receipts out, visits added up."""
