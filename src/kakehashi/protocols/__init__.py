"""The field's standards as typed shapes: no Django."""
