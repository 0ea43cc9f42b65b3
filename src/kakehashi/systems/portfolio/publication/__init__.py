"""What everybody may see of awards: they are published, taken from public view and shown again."""
