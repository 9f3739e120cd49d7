"""One file a step, in order. A released step is never edited."""
