"""``make bench``: the figures of README, each beside its floor, in one run on one machine."""
