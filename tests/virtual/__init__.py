"""A venue in virtual time: the kiosk's own shells and the server's own store, days in seconds."""
