"""Real processes: Mosquitto with mutual TLS, server, agent with its camera child, real card pictures."""
