"""Real processes: Mosquitto with mutual TLS, the server, the agent with its camera child, real card pictures."""
