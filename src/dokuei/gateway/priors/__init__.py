"""Earlier studies of a patient, asked of the hospital's PACS and brought before anybody asks (PS3.4 C, IMG-12)."""
