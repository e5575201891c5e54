"""Displays on which images are read: a register, their calibrations, and which of them somebody sits at (JRS-09)."""
