"""One submission, marked: `grader` runs it and adds up what `judge` says of it."""
