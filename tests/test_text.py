"""Text to integers and back, for any text."""

import copy
import pickle

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from unrolled.text import Vocab, Words, tokenize

ANY = st.text(st.characters(), min_size=1)  # every code point, surrogates included
WORDS = st.lists(st.sampled_from(["to", "be", "or", "not", "ça", "don't", "?"]))


@given(ANY)
def test_round_trip(text):
    vocab = Vocab.from_text(text)
    ids = vocab.encode(text)
    assert ids.dtype == np.int64 and ids.shape == (len(text),)
    assert vocab.decode(ids) == text
    assert vocab.symbols == tuple(sorted(set(text)))
    assert [vocab.symbols[i] for i in ids] == list(text)


@given(ANY, st.randoms())
def test_same_symbols_same_integers(text, random):
    shuffled = list(text)
    random.shuffle(shuffled)
    assert Vocab.from_text("".join(shuffled)) == Vocab.from_text(text)
    assert Vocab(shuffled).encode(text).tolist() == Vocab(text).encode(text).tolist()


@given(ANY, st.text())
def test_unknown_stands_for_every_unseen_symbol(seen, text):
    vocab = Vocab.from_text(seen, unknown="�")
    expected = "".join(c if c in seen else "�" for c in text)
    assert vocab.decode(vocab.encode(text)) == expected


@given(ANY, st.text())
def test_without_unknown_the_first_unseen_symbol_is_named(seen, text):
    vocab = Vocab.from_text(seen)
    unseen = [i for i, c in enumerate(text) if c not in seen]
    if not unseen:
        assert vocab.decode(vocab.encode(text)) == text
        return
    with pytest.raises(ValueError) as caught:
        vocab.encode(text)
    first = unseen[0]
    assert f"{text[first]!r} at position {first} is not in" in str(caught.value)


@given(ANY, st.integers(2, 4))
def test_rare_symbols_go_to_unknown(text, min_count):
    vocab = Vocab.from_text(text, min_count=min_count, unknown="\x00")
    kept = {c for c in text if text.count(c) >= min_count}
    assert set(vocab.symbols) == kept | {"\x00"}
    assert vocab.unknown == "\x00" and "\x00" in vocab


def test_beyond_the_highest_symbol():
    vocab = Vocab("ab", unknown="?")
    assert vocab.decode(vocab.encode("a\U0010ffffbz\x00")) == "a?b??"
    with pytest.raises(ValueError, match="position 1"):
        Vocab("ab").encode("a\U0010ffff")


def test_hello():
    vocab = Vocab("hello")
    assert vocab.symbols == ("e", "h", "l", "o") and len(vocab) == 4
    assert vocab.encode("hello").tolist() == [1, 0, 2, 2, 3]
    assert "h" in vocab and "H" not in vocab
    assert vocab.encode("").shape == (0,) and vocab.decode([]) == ""
    assert vocab.decode(np.int8([1, 0])) == "he" and vocab.decode(np.int64(2)) == "l"


@pytest.mark.parametrize("vocab", [Vocab("abc", unknown="?"), Words(["to", "be"])])
def test_vocabularies_do_not_change(vocab):
    for name in ("symbols", "unknown", "_index", "anything"):
        with pytest.raises(AttributeError):
            setattr(vocab, name, ())
    assert pickle.loads(pickle.dumps(vocab)) == vocab == copy.deepcopy(vocab)
    assert {vocab: 1}[copy.copy(vocab)] == 1
    assert vocab != Vocab("xyz") and vocab != "abc"


def test_what_is_printed():
    assert (
        repr(Vocab("ba", unknown="?")) == "Vocab(3 symbols: '?', 'a', 'b', unknown='?')"
    )
    assert repr(Vocab("abcdefghi")).endswith("'h', …)")


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: Vocab(""), "at least one symbol"),
        (lambda: Vocab.from_text(""), "not empty"),
        (lambda: Vocab(["ab"]), "one character; 'ab' has 2"),
        (lambda: Vocab(["a", ""]), "not empty"),
        (lambda: Vocab([1]), "1 was given"),
        (lambda: Vocab.from_text("aab", min_count=2), "give `unknown=`"),
        (lambda: Vocab("ab").decode([0, 2]), "no symbol 2 .position 1.: .* 0 to 1"),
        (lambda: Vocab("ab").decode([-1]), "no symbol -1"),
        (lambda: Vocab("ab").decode([[0, 1]]), "one by one"),
        (lambda: Vocab("ab").decode([0.5]), "float64 were given"),
        (lambda: Words(["to"]).encode("to be"), "'be' at position 1"),
    ],
)
def test_errors_are_sentences(call, words):
    with pytest.raises(ValueError, match=words):
        call()


def test_tokenize():
    assert tokenize("Don't, O  café!\n'Tis it’s") == [
        *["Don't", ",", "O", "café", "!"],
        *["'", "Tis", "it’s"],
    ]


# The words of each text by Unicode's standard annex 29 (no break before Extend or ZWJ).
@pytest.mark.parametrize(
    "words",
    [
        ["\u0939\u093f\u0928\u094d\u0926\u0940", "\u092d\u093e\u0937\u093e"],  # Hindi
        ["\u0645\u064f\u062d\u064e\u0645\u064e\u0651\u062f"],  # Arabic, with its vowels
        ["\u05e9\u05c1\u05b8\u05dc\u05d5\u05b9\u05dd", ","],  # Hebrew, with points
        ["\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645"],  # Persian, with a joiner
        ["\u0e17\u0e35\u0e48"],  # Thai, two marks on one letter
        ["cafe\u0301", "\u201c", "na\u0131\u0308ve", "\u201d"],
        ["Vie\u0323\u0302t", "Nam"],
        ["l'e\u0301te\u0301", "!"],
        ["1\ufe0f\u20e3", "\u2764\ufe0f", "."],  # a keycap and a heart
    ],
)
def test_a_word_keeps_its_combining_marks(words):
    assert tokenize(" ".join(words)) == words
    known = Words.from_text(" ".join(words))
    assert known.symbols == tuple(sorted(set(words)))


@given(st.text(st.sampled_from("aé'’ .,!\n\u0301\u093f\u200d\u2764")))
def test_tokens_lose_nothing_and_no_mark_begins_one_after_a_character(text):
    tokens = tokenize(text)
    assert "".join(tokens) == "".join(text.split())
    # A mark begins a token only where nothing stands before it that it could join.
    marks = "\u0301\u093f\u200d"
    assert sum(t[0] in marks for t in tokens) == sum(
        word[0] in marks for word in text.split()
    )


@given(WORDS.filter(len))
def test_words_round_trip(tokens):
    words = Words.from_text(tokens)
    ids = words.encode(tokens)
    assert ids.dtype == np.int64 and words.decode(ids) == " ".join(tokens)
    assert words.symbols == tuple(sorted(set(tokens)))
    assert words.encode(" ".join(tokens)).tolist() == ids.tolist()


def test_words_unknown():
    words = Words.from_text("to be or not to be", min_count=2, unknown="<unk>")
    assert words.symbols == ("<unk>", "be", "to")
    assert words.decode(words.encode("to love, or to be")) == (
        "to <unk> <unk> <unk> to be"
    )
    assert words.encode("").shape == (0,)


@pytest.mark.parametrize(
    ("text", "tokens"),
    [
        ("हिन्दी भाषा।", ["हिन्दी", "भाषा", "।"]),  # vowel signs
        ("مُحَمَّد هنا", ["مُحَمَّد", "هنا"]),
        ("cafe\u0301, d\u0301's", ["cafe\u0301", ",", "d\u0301's"]),
        ("می\u200cخواهم", ["می\u200cخواهم"]),  # joined, and not
        (
            "\u2764\ufe0f \U0001f469\u200d\U0001f467!",
            ["\u2764\ufe0f", "\U0001f469\u200d\U0001f467", "!"],
        ),
        ("a-b e\u0301-f", ["a", "-", "b", "e\u0301", "-", "f"]),
    ],
)
def test_nothing_is_cut_before_what_extends_a_letter(text, tokens):
    assert tokenize(text) == tokens


@pytest.mark.parametrize(
    "call",
    [
        lambda: Words.from_text(["a b", "c d"]),
        lambda: Words.from_text(t for t in ("a", "b\nc")),
        lambda: Words(["a", "b", "?"], unknown="?").encode(["a b"]),
    ],
)
def test_a_text_is_not_taken_for_a_word(call):
    with pytest.raises(ValueError, match="a text where a word was expected"):
        call()


def test_a_name_of_two_words_may_be_a_symbol():
    assert Words(["New York", "to"]).encode(["to", "New York"]).tolist() == [1, 0]
