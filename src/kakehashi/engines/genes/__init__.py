"""Which gene a name means: HGNC's complete set, compiled once and memory-mapped. No Django, no network.

    from kakehashi.engines.genes.installed import install, load

    install("hgnc_complete_set.txt")     # whole or not at all; the table before is kept
    table = load()                       # None where no table is installed
    table.read("MLL2").gene.symbol       # "KMT2D": a previous symbol
    table.read("ENSG00000166147").gene   # FBN1, by its Ensembl id

hgnc.py reads the file, table.py answers, installed.py keeps it under KAKEHASHI_HOME/genes.
"""
