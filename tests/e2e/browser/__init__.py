"""A package of its own, so that its fixtures end with it: the browser, and what the tests leave behind."""
