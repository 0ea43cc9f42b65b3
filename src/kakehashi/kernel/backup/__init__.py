"""Back-ups of a node and their restoration: one file of all that the node cannot make anew, and what it says of itself.

A back-up is a ZIP archive: ``manifest.json`` (manifest.py) and the parts that it names with size and SHA-256: the
database as it stood at one moment, uploaded files, installed ontology releases and labels, and, when asked for, the
keys. Reading an archive needs no Django, so that ``restore`` can judge one before it touches the node.
"""
