"""From nothing to a working kiosk: identities, broker, units, and the demo fleet."""
