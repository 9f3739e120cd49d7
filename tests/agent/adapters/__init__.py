"""Tests of the ports on real technology."""
