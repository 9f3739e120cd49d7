"""Long tests by force: power cuts, and every point of the exchange cut. `make torture` runs them in full."""
