"""What can go wrong with a case index, in English and Japanese (see `phenotype/problems.py` for the tree)."""

from __future__ import annotations

from kakehashi.engines.phenotype.problems import KnowledgeError


class IndexOutdated(KnowledgeError):
    """The index was built with another ontology release or other weights: rebuild it from the cases."""

    def __init__(self) -> None:
        super().__init__(
            "the case index was built with another ontology release or an older version of this program; rebuild it "
            "from the registered cases",
            "症例索引は別のオントロジー版、または以前の版のプログラムで作られています。登録症例から作り直してください。",
        )


class IndexDamaged(KnowledgeError):
    """A file of the index is missing, truncated or altered: rebuild it from the cases."""

    def __init__(self, name: str, en: str, ja: str) -> None:
        super().__init__(
            f"case index file {name}: {en}; rebuild the index from the registered cases",
            f"症例索引のファイル {name}：{ja}。登録症例から索引を作り直してください。",
        )
