"""What came of awards: identifiers, writing, counting, reading files, and goals counted from it."""
