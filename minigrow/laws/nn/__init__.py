"""Laws of the fixed network."""
