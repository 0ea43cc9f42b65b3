"""The pipeline: awards that aim at a product as assets on the way to approval, and the approvals to expect of them."""
