"""Requests as files in a watched folder, for hospitals whose systems speak no HL7."""
