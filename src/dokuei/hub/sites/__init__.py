"""Hospitals and what was agreed with each."""
