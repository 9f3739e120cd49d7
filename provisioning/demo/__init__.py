"""A fleet on one machine, to be looked at: broker, server, kiosks, and visitors who come by."""
