"""Small VCF files: what is read of a line, assembly from the header, annotations, hostile and real files."""

import gzip

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kakehashi.protocols import vcf
from kakehashi.protocols.vcf import VcfError, read

TOP = "##fileformat=VCFv4.2\n"
HEAD = "#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO"
CONTIG = "##contig=<ID=chr7,length=159345973>\n"


def file(*lines, top=TOP + CONTIG, samples=("P", "F")):
    head = HEAD + ("\tFORMAT\t" + "\t".join(samples) if samples else "")
    return (top + head + "\n" + "".join(f"{line}\n" for line in lines)).encode()


def line(chrom="chr7", pos=100, ref="A", alt="G", info=".", genotypes=("0/1", "0/0"), filters="PASS"):
    return "\t".join([chrom, str(pos), ".", ref, alt, "50", filters, info, "GT:DP", *(f"{one}:9" for one in genotypes)])


@pytest.mark.parametrize(
    ("genotype", "zygosity", "carried"),
    [
        ("0/1", "heterozygous", True),
        ("1|0", "heterozygous", True),
        ("1/1", "homozygous", True),
        ("1", "hemizygous", True),
        ("0/0", "unknown", False),
        ("./.", "unknown", None),
        ("./1", "unknown", True),
        ("x", "unknown", None),
    ],
)
def test_genotype_of_the_sample_becomes_zygosity(genotype, zygosity, carried):
    found = read(file(line(genotypes=(genotype, "0/0"))))
    assert (found.sample, found.candidates[0].zygosity, found.candidates[0].carried) == ("P", zygosity, carried)
    other = read(file(line(genotypes=("0/0", genotype))), "F")
    assert (other.sample, other.candidates[0].zygosity) == ("F", zygosity)


def test_each_alternate_allele_is_a_candidate_and_no_allele_none():
    found = read(file(line(alt="G,T,*", genotypes=("1/2", "0/0")))).candidates
    assert [(one.alternate, one.zygosity, one.carried) for one in found] == [
        ("G", "heterozygous", True),
        ("T", "heterozygous", True),
    ]
    assert read(file(line(alt="."))).candidates == ()
    assert read(file(line(chrom="chrM", alt="G", genotypes=("1", "0")))).candidates[0].zygosity == "unknown"


@pytest.mark.parametrize(
    ("top", "assembly"),
    [
        (CONTIG, "GRCh38"),
        ("##contig=<ID=7,length=159138663>\n", "GRCh37"),
        ("##contig=<ID=7,length=159138663>\n##contig=<ID=chr8,length=145138636>\n", ""),
        ("##reference=file:///refs/hg19.fa\n", "GRCh37"),
        ("##reference=GRCh38_full_analysis_set\n", "GRCh38"),
        ("##reference=hg19\n" + CONTIG, ""),
        ("##reference=unknown.fa\n", ""),
        ("", ""),
    ],
)
def test_assembly_is_read_from_the_header_or_left_open(top, assembly):
    assert read(file(line(), top=TOP + top)).assembly == assembly


CSQ = (
    '##INFO=<ID=CSQ,Number=.,Type=String,Description="VEP. Format: Allele|Consequence|SYMBOL|HGVSc|HGVSp|CANONICAL">\n'
)


@pytest.mark.parametrize(
    ("info", "gene", "hgvs"),
    [
        ("CSQ=G|missense|BRAF|NM_1.1:c.2A>G|NP_1:p.V600E|,G|intron|KIT|NM_9.1:c.1A>G||YES", "KIT", "NM_9.1:c.1A>G"),
        ("CSQ=G|synonymous|BRAF|NM_004333.6:c.3A%3D||", "BRAF", "NM_004333.6:c.3A="),
        ("ANN=G|missense|MODERATE|BRAF|ENSG1|transcript|NM_1.1|coding|15/18|c.2A>G|p.V600E", "BRAF", "NM_1.1:c.2A>G"),
        ("GENE=BRAF;DP=3", "BRAF", ""),
        ("GENEINFO=BRAF:673|X:1", "BRAF", ""),
        ("Gene.refGene=BRAF\\x3bX", "BRAF", ""),
        ("GENE=<script>", "", ""),
        ("DP=3", "", ""),
    ],
)  # fmt: skip
def test_gene_and_hgvs_come_from_what_the_annotator_left(info, gene, hgvs):
    found = read(file(line(info=info), top=TOP + CONTIG + CSQ)).candidates[0]
    assert (found.gene, found.hgvs) == (gene, hgvs)


def test_annotation_of_a_deletion_is_found_by_its_trimmed_allele():
    info = "CSQ=-|frameshift|BRAF|NM_1.1:c.2del||,T|missense|KIT|NM_2.1:c.1A>T||"
    found = read(file(line(ref="AG", alt="A,TG", info=info), top=TOP + CONTIG + CSQ)).candidates
    assert [one.gene for one in found] == ["BRAF", ""]


@pytest.mark.parametrize(
    ("bad", "code"),
    [
        ("chr7\t1", "columns"),
        (line(chrom="chr 7"), "chromosome"),
        (line(pos=0), "position"),
        (line(pos="1e3"), "position"),
        (line(pos=159345974), "beyond-chromosome"),
        (line(ref="AX"), "reference"),
        (line(alt="A;DROP"), "alternate"),
        (line(ref="A" * 5001), "too-long"),
        (line(genotypes=("0/2", "0/0")), "genotype"),
    ],
)
def test_bad_line_is_left_out_and_told_by_number_in_both_languages(bad, code):
    found = read(file(line(), bad, line(pos=200)))
    assert [one.position for one in found.candidates] == [100, 200]
    (problem,) = found.problems
    assert (problem.code, problem.line) == (code, 5)
    assert problem.en
    assert problem.ja
    assert problem.hint_ja


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "not-vcf"),
        (b"chr7\t1\n", "not-vcf"),
        (TOP.encode(), "no-heading"),
        ((TOP + HEAD.replace("POS", "BP") + "\n").encode(), "no-heading"),
        (file(samples=("P", "P")), "no-heading"),
        (b"\x1f\x8bnonsense", "bad-gzip"),
        (TOP.encode() + b"\xff\xfe", "not-text"),
        (file(*[line()] * 2001), "too-many-records"),
        (gzip.compress(b"##fileformat=VCFv4.2\n" + b"#" * (33 * 2**20)), "too-large"),
    ],
)
def test_file_that_cannot_be_read_is_refused_whole(data, code):
    with pytest.raises(VcfError) as refused:
        read(data)
    assert [one.code for one in refused.value.problems] == [code]


def test_unknown_sample_is_named_with_those_there_are():
    with pytest.raises(VcfError, match="P, F"):
        read(file(line()), "Q")


@given(st.binary(max_size=400))
def test_no_bytes_break_the_reader(data):
    for start in (b"", TOP.encode(), file()):
        try:
            found = read(start + data)
        except VcfError:
            continue
        assert len(found.problems) <= vcf.MAX_PROBLEMS


cells = st.text(st.characters(blacklist_characters="\n\r", blacklist_categories=("Cs",)), max_size=12)


@given(st.lists(cells, min_size=1, max_size=14), st.lists(cells, max_size=4))
def test_no_line_breaks_the_reader(parts, values):
    read(file("\t".join(parts), line(info=";".join(values) or ".")))


@given(st.lists(st.tuples(st.integers(1, 10**8), *[st.text("ACGT", min_size=1, max_size=5)] * 2), max_size=20))
def test_what_stands_in_a_file_is_read_plain_and_packed(records):
    data = file(*(line(pos=pos, ref=ref, alt=alt) for pos, ref, alt in records))
    found = read(data)
    assert [(one.position, one.reference, one.alternate) for one in found.candidates] == records
    assert read(gzip.compress(data)) == found


def test_real_file_is_read_for_a_sample(shared_data):
    whole = gzip.decompress((shared_data / "vcf" / "1000G_chr22_GRCh38.vcf.gz").read_bytes())
    with pytest.raises(VcfError, match="2,000"):
        read(whole)
    few = b"\n".join(whole.split(b"\n")[:120])
    found = read(few, "HG00097")
    assert (found.assembly, found.sample, found.problems) == ("GRCh38", "HG00097", ())
    assert len(found.samples) == 2548
    assert len(found.candidates) >= 90
    assert {one.carried for one in found.candidates} <= {True, False, None}
