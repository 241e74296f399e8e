"""Skip this folder at first reading: compiled passes, memory set aside once, precomputed products, sums in a fixed order."""
