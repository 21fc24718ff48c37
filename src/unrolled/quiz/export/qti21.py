"""QTI 2.1: a package with a test, and an item for each question; formulas as MathML."""

from unrolled.quiz.model import WHEN, Question, Quiz
from unrolled.quiz.text import html, spans

from . import qti21processing as processing
from .formulas import mathml, orders, reasons, stem
from .xml import Markup, document, package, tag

SPACE = "http://www.imsglobal.org/xsd/imsqti_v2p1"
PLACE = f"{SPACE} http://www.imsglobal.org/xsd/qti/qtiv2p1/imsqti_v2p1.xsd"
INSTANCE = "http://www.w3.org/2001/XMLSchema-instance"
CARDINALITY = {"multiple": "multiple", "order": "ordered"}


def files(quiz: Quiz, title: str) -> dict[str, bytes]:
    """Return `<unit>.qti21.zip`: a test with a section for each part of the quiz."""
    names = {q.id: f"items/{q.id}.xml" for q in quiz.questions}
    inside = {"imsmanifest.xml": _manifest(quiz, names), "test.xml": _test(quiz, title)}
    inside |= {names[q.id]: _item(q) for q in quiz.questions}
    return {f"{stem(quiz)}.qti21.zip": package(inside)}


def notes(quiz: Quiz) -> list[str]:
    """Return what QTI 2.1 holds in another form."""
    if not orders(quiz):
        return []
    return ["the reasons of an ordering question are one feedback, after any answer."]


def _markup(text: str) -> Markup:
    return Markup(html(text, mathml))


def _root(name: str, *inside: Markup, **attributes: str) -> bytes:
    spaces = {"xmlns": SPACE, "xmlns__xsi": INSTANCE, "xsi__schemaLocation": PLACE}
    return document(tag(name, *inside, **spaces, **attributes))


def _item(question: Question) -> bytes:
    response, body = _ask(question)
    return _root(
        "assessmentItem",
        response,
        _outcome("SCORE", "float", "0"),
        _outcome("MAXSCORE", "float", "1"),
        _outcome("FEEDBACK", "identifier"),
        tag("itemBody", *body),
        tag("responseProcessing", *processing.rules(question)),
        *_feedback(question),
        identifier=f"q_{question.id}",
        title=question.id,
        label=question.objective,
        adaptive="false",
        timeDependent="false",
    )


def _outcome(name: str, kind: str, value: str | None = None) -> Markup:
    return tag(
        "outcomeDeclaration",
        tag("defaultValue", tag("value", value)) if value else Markup(""),
        identifier=name,
        cardinality="single" if value else "multiple",
        baseType=kind,
    )


def _ask(question: Question) -> tuple[Markup, tuple[Markup, ...]]:
    """Return the declaration of the response, and the body of the item."""
    right = [tag("value", processing.right(question, o)) for o in question.options]
    if question.kind != "order":
        pairs = zip(right, question.options, strict=True)
        right = [value for value, option in pairs if option.right]
    declared = tag(
        "responseDeclaration",
        tag("correctResponse", *right),
        processing.mapping(question),
        identifier="RESPONSE",
        cardinality=CARDINALITY.get(question.kind, "single"),
        baseType="float" if question.kind == "numeric" else "identifier",
    )
    if question.kind == "numeric":
        entry = tag(
            "textEntryInteraction", responseIdentifier="RESPONSE", expectedLength="12"
        )
        return declared, (tag("div", _markup(question.text)), tag("p", entry))
    choices = (
        tag("simpleChoice", _markup(o.text), identifier=processing.right(question, o))
        for o in question.mixed()
    )
    prompt, above = tag("prompt", _markup(question.text)), ()
    if any(kind == "block" for kind, _ in spans(question.text)):
        # A prompt holds no block, by the schema: the question stands above it.
        prompt, above = Markup(""), (tag("div", _markup(question.text)),)
    limit = {"single": "1", "multiple": "0"}.get(question.kind)
    interaction = tag(
        "orderInteraction" if question.kind == "order" else "choiceInteraction",
        prompt,
        *choices,
        responseIdentifier="RESPONSE",
        shuffle="true",
        maxChoices=limit,
    )
    return declared, (*above, interaction)


def _feedback(question: Question) -> list[Markup]:
    if question.kind == "order":
        shown = {processing.REASONS: Markup(reasons(question, mathml))}
    else:
        shown = {
            processing.name(question, option): _markup(option.why)
            for option in question.options
        }
    return [
        tag(
            "modalFeedback",
            tag("div", content),  # Canvas passes over a feedback without a block
            outcomeIdentifier="FEEDBACK",
            identifier=name,
            showHide="show",
        )
        for name, content in shown.items()
    ]


def _test(quiz: Quiz, title: str) -> bytes:
    sections = [
        tag(
            "assessmentSection",
            *(
                tag(
                    "assessmentItemRef",
                    identifier=f"r_{q.id}",
                    href=f"items/{q.id}.xml",
                )
                for q in quiz.part(when)
            ),
            Markup(""),
            identifier=when,
            title=heading,
            visible="true",
        )
        for when, heading in WHEN.items()
        if quiz.part(when)
    ]
    part = tag(
        "testPart",
        *sections,
        Markup(""),
        identifier="quiz",
        navigationMode="nonlinear",
        submissionMode="individual",
    )
    return _root("assessmentTest", part, identifier=_name(quiz), title=title)


def _name(quiz: Quiz) -> str:
    return f"unrolled_{stem(quiz)}"


def _manifest(quiz: Quiz, names: dict[str, str]) -> bytes:
    items = [
        tag(
            "resource",
            tag("file", href=path),
            identifier=f"i_{name}",
            type="imsqti_item_xmlv2p1",
            href=path,
        )
        for name, path in names.items()
    ]
    test = tag(
        "resource",
        tag("file", href="test.xml"),
        *(tag("dependency", identifierref=f"i_{name}") for name in names),
        identifier="test",
        type="imsqti_test_xmlv2p1",
        href="test.xml",
    )
    about = tag(
        "metadata", tag("schema", "QTIv2.1 Package"), tag("schemaversion", "1.0.0")
    )
    return document(
        tag(
            "manifest",
            about,
            tag("organizations"),
            tag("resources", test, *items),
            identifier=f"{_name(quiz)}_manifest",
            xmlns="http://www.imsglobal.org/xsd/imscp_v1p1",
        )
    )
