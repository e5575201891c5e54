"""FHIR R4 (JP Core) for hospitals' systems: orders in, reports out."""
