"""Skip this folder at first reading: the layer as compiled loops, and memory set aside once."""
