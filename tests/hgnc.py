"""A small gene table in the format of HGNC's complete set: a few dozen real genes with their ids and older names."""

COLUMNS = """
hgnc_id symbol name locus_group locus_type status location location_sortable alias_symbol alias_name prev_symbol
prev_name gene_group gene_group_id date_approved_reserved date_symbol_changed date_name_changed date_modified
entrez_id ensembl_gene_id vega_id ucsc_id ena refseq_accession ccds_id uniprot_ids pubmed_id mgd_id rgd_id lsdb
cosmic omim_id mirbase homeodb snornabase bioparadigms_slc orphanet pseudogene.org horde_id merops imgt iuphar
kznf_gene_catalog mamit-trnadb cd lncrnadb enzyme_id intermediate_filament_db rna_central_ids lncipedia gtrnadb agr
mane_select gencc
""".split()  # noqa: SIM905

# HGNC id, symbol, Entrez id, Ensembl id, previous symbols, aliases
GENES = """
3603 FBN1 2200 ENSG00000166147 FBN,MFS1,WMS MASS,OCTD,SGS
7133 KMT2D 8085 ENSG00000167548 TNRC21,MLL2 ALR,MLL4,CAGL114
15840 KMT2B 9757 ENSG00000272333 - KIAA0304,MLL2,TRX2,HRX2,WBP7,MLL1B,MLL4
6636 LMNA 4000 ENSG00000160789 LMN1,CMD1A,PRO1,LGMD1B HGPS
1100 BRCA1 672 ENSG00000012048 - RNF53,BRCC1,PPP1R53,FANCS
1101 BRCA2 675 ENSG00000139618 FANCD1,FACD,FANCD FAD,FAD1,BRCC2,XRCC11
11998 TP53 7157 ENSG00000141510 - p53,LFS1
1884 CFTR 1080 ENSG00000001626 CF MRP7,ABC35,TNR-CFTR,ABCC7
29021 CEP290 80184 ENSG00000198707 - KIAA0373,FLJ13615,rd16,NPHP6,JBTS5,SLSN6,LCA10,MKS4,BBS14,CT87,POC3
25018 TMEM216 51259 ENSG00000187049 - MGC13379,JBTS2,CORS2,MKS2
10585 SCN1A 6323 ENSG00000144285 SCN1 Nav1.1,GEFSP2,HBSCI,NAC1,SMEI
3236 EGFR 1956 ENSG00000146648 ERBB ERBB1,ERRP
28337 C9orf72 203228 ENSG00000147894 - MGC23980
9644 PTPN11 5781 ENSG00000179295 NS1 BPTP3,SH-PTP2,SHP-2,PTP2C,SHP2
2600 CYP21A2 1589 ENSG00000231852 CYP21,CYP21B CA21H,CPS1,P450c21B
11773 TGFBR2 7048 ENSG00000163513 MFS2 -
6769 SMAD3 4088 ENSG00000166949 MADH3 JV15-2,HsT17436
6768 SMAD2 4087 ENSG00000175387 MADH2 MADR2,JV18-1
7883 NOTCH3 4854 ENSG00000074181 CADASIL CASIL
28862 NIPBL 25836 ENSG00000164190 - IDN3,FLJ11203,Scc2
2201 COL3A1 1281 ENSG00000168542 EDS4A -
11604 TBX5 6910 ENSG00000089225 - HOS
4392 GNAS 2778 ENSG00000087460 GNAS1 NESP55,NESP,GNASXL,GPSA,SCG6,SgVI
12559 UMOD 7369 ENSG00000169344 - FJHN,HNFJ,MCKD2,ADMCKD2
6742 LZTR1 8216 ENSG00000099949 - LZTR-1,BTBD29
10257 ROR2 4920 ENSG00000169071 BDB,BDB1,NTRKR2 -
12799 WWOX 51741 ENSG00000186153 - FOR,WOX1,SDR41C1
17646 NGLY1 55768 ENSG00000151092 - FLJ11005,PNG1
6481 LAMA1 284217 ENSG00000101680 LAMA S-laminin
11153 SNRPB 6628 ENSG00000125835 - COD,SmB/SmB',Sm-B/B'
7323 SEPTIN9 10801 ENSG00000184640 MSF,SEPT9 MSF1,KIAA0991,PNUTL4,AF17q25,SeptD1
"""


def line(**said: str) -> str:
    """One line of the file; several values of a cell given as "A,B" are written as HGNC writes them."""
    cells = [said.get(column.replace(".", "_").replace("-", "_"), "") for column in COLUMNS]
    return "\t".join(f'"{cell.replace(",", "|")}"' if "," in cell else cell for cell in cells)


def table(*more: str) -> str:
    """The file, with further lines at its end."""
    rows = ["\t".join(COLUMNS)]
    for one in GENES.strip().splitlines():
        hgnc_id, symbol, entrez_id, ensembl_gene_id, previous, aliases = one.split()
        rows.append(
            line(
                hgnc_id=f"HGNC:{hgnc_id}",
                symbol=symbol,
                name=f"gene {symbol}",
                locus_group="protein-coding gene",
                status="Approved",
                entrez_id=entrez_id,
                ensembl_gene_id=ensembl_gene_id,
                prev_symbol=previous.strip("-"),
                alias_symbol=aliases.strip("-"),
            )
        )
    return "\n".join([*rows, *more]) + "\n"
