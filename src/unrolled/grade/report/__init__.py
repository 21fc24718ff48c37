"""What a learner and an instructor get back: `pages`, and the other `files`."""
