"""From Lambda events to values, from errors to answers."""
