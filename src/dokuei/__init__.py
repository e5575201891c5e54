"""Remote reading of breast imaging: gateway, hub and viewer."""

__version__ = "0.1.0"
