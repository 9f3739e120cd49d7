"""Every decision of the kiosk, pure: no clock, file, pin or socket."""
