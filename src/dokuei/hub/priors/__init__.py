"""Earlier studies of a patient, as the hospital's PACS tells of them and as far as they have come."""
