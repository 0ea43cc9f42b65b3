"""One folder, one Django app, one purpose people have a word for."""
