"""What the kiosk needs of the world, in its own words: one file a port."""
