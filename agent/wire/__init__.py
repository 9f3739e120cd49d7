"""What kiosk and server say to each other over MQTT 5; a leaf that imports nothing else of ours."""
