"""Suggested terms from free text: precision and recall on sentences made of labels and synonyms, with negations.

    python -m tests.bench.mentions

For every patient of ../shared/data/phenopackets a short note is written in English and one in Japanese: her observed
findings by a wording drawn from the tables (label or exact synonym; Japanese where there is one), her excluded
findings negated, in the sentence patterns below. A finding counts as found when its term is mentioned; of those found,
the negation must be as written. The wordings come from the tables the reader uses, so this measures how it cuts, joins
and negates, not how real notes are worded: figures on real notes will be lower. Seeded.
"""

import random
import time
from collections import Counter

from kakehashi.engines.phenotype.knowledge import load
from kakehashi.engines.phenotype.mentions import Reader
from tests.bench.published_patients import read_published

EN = {
    False: ["The patient has {}.", "{} were noted.", "Examination showed {}.", "She presented with {} at birth."],
    True: ["No {}.", "There was no evidence of {}.", "{} were not observed.", "He denies {}.", "Without {}."],
}
JA = {
    False: ["{}を認める。", "{}あり。", "患者は{}を呈していた。", "{}がみられた。"],
    True: ["{}は認めない。", "{}なし。", "{}は認められなかった。", "{}(-)。", "{}の既往なし。"],
}


def wordings(knowledge, term, language):
    """The ways to write a term: its label and exact synonyms in a language."""
    ontology = knowledge.ontology
    found = [ontology.label(term, language)] if language == "en" or ontology.has_japanese(term) else []
    found += [one.text for one in ontology.synonyms(term) if one.language == language and one.scope == "EXACT"]
    return [text for text in found if text]


def note(draw, knowledge, findings, language):
    """A note of findings (term, excluded) → its text and what was written: {(term, excluded)}."""
    patterns, between, last = (EN, ", ", " or ") if language == "en" else (JA, "、", "、")
    sentences, written = [], {}
    for excluded in (False, True):
        usable = [(t, ws) for t, x in findings if x == excluded and (ws := wordings(knowledge, t, language))]
        draw.shuffle(usable)
        while usable:
            part, usable = usable[: draw.randint(1, 3)], usable[3:]
            texts = [draw.choice(ws) for _t, ws in part]
            written |= {text.casefold(): (term, excluded) for text, (term, _ws) in zip(texts, part, strict=True)}
            joined = between.join(texts[:-1]) + (last if len(texts) > 1 else "") + texts[-1]
            if language == "en" and not excluded:
                joined = joined.replace(" or ", " and ")
            sentences.append(draw.choice(patterns[excluded]).format(joined))
    return " ".join(sentences), written


def main():
    knowledge = load()
    reader = Reader(knowledge)
    published = read_published(knowledge)
    for language in ("en", "ja"):
        draw, counts, characters, spent = random.Random(7), Counter(), 0, 0.0
        for patient in published:
            findings = [(t, False) for t in patient.patient.observed] + [(t, True) for t in patient.patient.excluded]
            text, written = note(draw, knowledge, findings[:40], language)
            started = time.process_time()
            reading = reader.read(text)
            spent += time.process_time() - started
            characters += len(text)
            expected = Counter(term for term, _x in written.values())
            negation = dict(written.values())
            for one in reading.mentions:
                if expected[one.term]:
                    expected[one.term] -= 1
                    counts["found"] += 1
                    counts["negation right"] += one.negated == negation[one.term]
                    counts[f"written {'negated' if negation[one.term] else 'present'}"] += 1
                    counts[f"wrong {'negated' if negation[one.term] else 'present'}"] += (
                        one.negated != negation[one.term]
                    )
                else:
                    counts["beside"] += 1
            counts["missed"] += sum(expected.values())
        found = counts["found"]
        written = found + counts["missed"]
        print(f"{language}: {written:,} findings written in {len(published):,} notes")
        print(f"  recall {found / written:.3f}, precision {found / (found + counts['beside']):.3f}")
        print(f"  negation as written {counts['negation right'] / found:.3f}")
        for kind in ("negated", "present"):
            print(f"  {kind}, read otherwise: {counts[f'wrong {kind}'] / max(1, counts[f'written {kind}']):.4f}")
        print(f"  {spent / characters * 1e6:.1f} ms CPU a thousand characters")


if __name__ == "__main__":
    main()
