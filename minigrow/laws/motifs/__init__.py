"""Laws of counting patterns and chance."""
