"""The simulated twin of each port: shipped, used by the demo and the tests."""
