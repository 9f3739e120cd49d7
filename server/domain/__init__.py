"""What the server decides, pure: cards, visits, time, fleet state."""
