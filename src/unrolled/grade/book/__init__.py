"""The class book: a row for each student, of attempts, days late, overrides."""
