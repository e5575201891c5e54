"""The only SQL engine and the only bytes on disk."""
