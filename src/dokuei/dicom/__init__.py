"""PURE: bytes or datasets in and out; no storage, no network, no settings."""
