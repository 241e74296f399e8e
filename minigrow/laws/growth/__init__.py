"""Laws of the change of basis, and training across changes."""
