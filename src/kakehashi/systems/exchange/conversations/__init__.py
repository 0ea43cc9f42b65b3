"""What the two sides of a match write each other inside this node, unnamed until both have agreed to be named."""
