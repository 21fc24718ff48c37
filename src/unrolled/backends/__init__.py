"""The two backends: one public API, one module for each framework."""
