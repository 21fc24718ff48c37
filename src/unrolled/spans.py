"""Named entities: spans of tags such as B-PER and I-PER, and how many are found."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple


class EntityScores(NamedTuple):
    """Of whole entities: `f1`, `precision` and `recall`, each from 0 to 1."""

    f1: float
    precision: float
    recall: float


def spans(tags: Iterable[str]) -> list[tuple[str, int, int]]:
    """Return the entities of one sentence: (kind, first step, step after the last).

    tags: "O" outside of an entity, "B-PER" where one of the kind PER begins, "I-PER"
    where it goes on. An "I-" that continues nothing of its kind begins an entity, as in
    conlleval (Tjong Kim Sang and De Meulder 2003) and seqeval; so IOB1 is read, too.
    The kind of a bare "B" or "I" is "_". Raises ValueError for another tag.
    """
    found: list[tuple[str, int, int]] = []
    kind, start = None, 0
    tags = [_parted(tag) for tag in tags]
    for step, (mark, name) in enumerate([*tags, ("O", None)]):
        if kind is not None and (mark != "I" or name != kind):
            found.append((kind, start, step))
            kind = None
        if mark != "O" and kind is None:
            kind, start = name, step
    return found


def entity_f1(
    predicted: Sequence[Sequence[str]],
    y: Sequence[Sequence[str]],
    kind: str | None = None,
) -> EntityScores:
    """Return F1, precision and recall of whole entities, over all sentences together.

    predicted, y: for each sentence its tags, as `spans` reads them. An entity is right
    if its kind, its beginning and its end are; `kind` counts one kind alone. The
    convention, micro averages and 0 where there is nothing to count, is seqeval's. The
    share of right tags would be near 1 for a tagger that only says O. Raises ValueError
    when the numbers of sentences or of steps differ.
    """
    _same_sentences(predicted, y)
    right = said = there = 0
    for theirs, true in zip(predicted, y, strict=True):
        a, b = (
            {one for one in spans(tags) if kind in (None, one[0])}
            for tags in (theirs, true)
        )
        right, said, there = right + len(a & b), said + len(a), there + len(b)
    return EntityScores(
        2 * right / max(said + there, 1), right / max(said, 1), right / max(there, 1)
    )


def _parted(tag: str) -> tuple[str, str]:
    """Return the mark of a tag, B, I or O, and its kind."""
    mark, _, kind = tag.partition("-") if isinstance(tag, str) else ("", "", "")
    if mark not in ("B", "I", "O") or (mark == "O" and kind):
        raise ValueError(
            f"The tag {tag!r} was given; tags are 'O', or 'B-' or 'I-' and a kind, "
            "'B-PER' say. Turn integers into names first, and give one list of tags "
            "for each sentence."
        )
    return mark, kind or "_"


def _same_sentences(predicted: Sequence, y: Sequence) -> None:
    lengths, true = [len(s) for s in predicted], [len(s) for s in y]
    if len(lengths) != len(true):
        raise ValueError(
            f"There are {len(lengths)} predicted sentences and {len(true)} true ones; "
            "they must be the same sentences."
        )
    wrong = [k for k, (a, b) in enumerate(zip(lengths, true, strict=True)) if a != b]
    if wrong:
        k = wrong[0]
        raise ValueError(
            f"Sentence {k} has {lengths[k]} predicted tags and {true[k]} true ones; "
            "leave padding out: ur.predict() does."
        )
