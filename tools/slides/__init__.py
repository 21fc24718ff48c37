"""The slides: a deck a unit for a lecture, whose facts are pulled from the unit."""
