"""What was handed in: `reading` it, `restore` the instructor's cells in it."""
