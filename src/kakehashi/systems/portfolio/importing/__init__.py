"""Reading awards from files: by a map that says what is where, all or nothing, with a report of what does not agree."""
