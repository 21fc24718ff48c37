"""The site: every page, lesson and quiz of the course as HTML that needs no network."""
