"""HL7 v2.5 as bytes and values: no socket, no database."""
