"""Skip this folder at first reading: a chunk, an update and the decision about structure, compiled; the memory that they work on."""
