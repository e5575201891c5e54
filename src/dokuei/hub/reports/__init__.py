"""Reports: draft, signature, seal, versions."""
