"""DICOM objects: kept, proved, served."""
