"""Laws of nimble networks."""
