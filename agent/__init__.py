"""The device: camera → code → decision → written down → light and tone → reported."""
