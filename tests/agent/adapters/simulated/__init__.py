"""Tests of what only a simulated twin has."""
