"""A learner's own copy of the course, and JupyterLab on it."""
