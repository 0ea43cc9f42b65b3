"""What is known of phenotypes and diseases, and what follows from it for a patient. No Django; arrays throughout.

    from kakehashi.engines.phenotype.knowledge import load
    from kakehashi.engines.phenotype.search import Search

    known = load()                                       # compiled on first use, then memory-mapped
    term = Search(known).terms("くも状指")[0]               # HP:0001166 Arachnodactyly
    known.ontology.ancestors(term.index)                 # its line of descent, itself included
    marfan = known.diseases.index("OMIM:154700")
    known.diseases.row_term[known.diseases.rows(marfan)] # the findings phenotype.hpoa lists for it

Files in:      obo.py hpoa.py genetable.py babelon.py wordings_ja.py, all on textfile.py, errors in problems.py
Compiled:      compile.py compile_diseases.py searchindex.py misspelling.py wording.py → cachefolder.py
Kept:          sources.py (where files lie) compiledcache.py (which folder is right) install.py download.py
Read:          knowledge.py (the way in) → ontology.py diseases.py, search.py, synthetic.py with onsets.py
On top of it:  ranking/ (which disease) and caseindex/ (which similar patient)
"""
