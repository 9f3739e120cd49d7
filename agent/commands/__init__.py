"""What the command line does besides running the kiosk, one file a command."""
