"""The sources of the units: which tracks there are, what files are called, cells."""
