"""The ports of the kiosk on real technology, one file each."""
