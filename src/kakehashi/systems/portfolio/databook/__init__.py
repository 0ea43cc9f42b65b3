"""The data book: awards and money of any year, cut by any two dimensions."""
