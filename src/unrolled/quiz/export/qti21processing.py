"""How QTI 2.1 scores an answer and chooses the feedback: the response processing."""

from unrolled.quiz.model import Option, Question

from .formulas import number, shares
from .xml import Markup, tag

REASONS = "reasons"  # the feedback of a question that asks for an order
GIVEN = tag("variable", identifier="RESPONSE")


def name(question: Question, option: Option) -> str:
    """Return the identifier of an option, and of its feedback."""
    return f"c{question.options.index(option) + 1}"


def right(question: Question, option: Option) -> str:
    """Return the response that means an option: its identifier, or its number."""
    if question.kind == "numeric":
        return number(option.text)
    return name(question, option)


def mapping(question: Question) -> Markup:
    """Return what each choice of several adds and takes away, from 0 to 1 in all."""
    if question.kind != "multiple":
        return Markup("")
    good, bad = shares(question)
    entries = (
        tag(
            "mapEntry",
            mapKey=name(question, option),
            mappedValue=f"{good if option.right else bad:.10g}",
        )
        for option in question.options
    )
    return tag("mapping", *entries, lowerBound="0", upperBound="1", defaultValue="0")


def rules(question: Question) -> list[Markup]:
    """Return the rules that set SCORE and FEEDBACK."""
    if question.kind == "numeric":
        return [_numeric(question)]
    if question.kind == "order":
        return _order(question)
    shown = tag("multiple", GIVEN) if question.kind == "single" else GIVEN
    feedback = _if(_answered(), _set("FEEDBACK", shown))
    if question.kind == "multiple":
        score = tag("mapResponse", identifier="RESPONSE")
        return [_set("SCORE", score), feedback]
    correct = tag("match", GIVEN, tag("correct", identifier="RESPONSE"))
    return [_if(correct, _set("SCORE", _value("float", "1"))), feedback]


def _numeric(question: Question) -> Markup:
    """The first number that is met, within the tolerance, decides."""
    branches = []
    for option in question.options:
        inside = [
            _near(question, option),
            *([_set("SCORE", _value("float", "1"))] if option.right else []),
            _set("FEEDBACK", tag("multiple", _id(name(question, option)))),
        ]
        kind = "responseElseIf" if branches else "responseIf"
        branches.append(tag(kind, *inside))
    return tag("responseCondition", *branches, Markup(""))


def _near(question: Question, option: Option) -> Markup:
    value = _value("float", number(option.text))
    if not question.tolerance:
        return tag("equal", GIVEN, value, toleranceMode="exact")
    reach = number(f"{question.tolerance * (1 + 1e-9):.12g}")
    return tag(
        "equal", GIVEN, value, toleranceMode="absolute", tolerance=f"{reach} {reach}"
    )


def _order(question: Question) -> list[Markup]:
    """Each thing at its own place counts its share; the reasons follow any answer."""
    rules = []
    share = f"{1 / len(question.options):.10g}"
    score = tag("variable", identifier="SCORE")
    for place, option in enumerate(question.options, 1):
        there = tag("index", GIVEN, Markup(""), n=str(place))
        fits = tag("match", there, _id(name(question, option)))
        rules.append(
            _if(fits, _set("SCORE", tag("sum", score, _value("float", share))))
        )
    whole = tag("match", GIVEN, tag("correct", identifier="RESPONSE"))
    # A sum of thirds is not quite 1.
    rules.append(_if(whole, _set("SCORE", _value("float", "1"))))
    reasons = _set("FEEDBACK", tag("multiple", _id(REASONS)))
    return [*rules, _if(_answered(), reasons)]


def _answered() -> Markup:
    return tag("not", tag("isNull", GIVEN))


def _if(condition: Markup, *then: Markup) -> Markup:
    return tag("responseCondition", tag("responseIf", condition, *then))


def _set(outcome: str, value: Markup) -> Markup:
    return tag("setOutcomeValue", value, identifier=outcome)


def _value(kind: str, value: str) -> Markup:
    return tag("baseValue", value, baseType=kind)


def _id(identifier: str) -> Markup:
    return _value("identifier", identifier)
