"""Every published total of the documents beside the node's own figure, each with its rows and its source."""
