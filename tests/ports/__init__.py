"""Contract suites: each passes on every adapter of its port."""
