"""QTI 1.2 in the shape that Canvas reads and writes; a zip for each part of a quiz.

The elements are those of the IMS specification (2002); names such as `correct_fb` and
the field `question_type` are Canvas's.
"""

from unrolled.quiz.model import WHEN, Question, Quiz
from unrolled.quiz.text import html

from .formulas import canvas, letters, number, orders, reasons, stem, traps
from .xml import Markup, document, package, tag

NAMESPACE = "http://www.imsglobal.org/xsd/ims_qtiasiv1p2"
TYPES = {
    "single": "multiple_choice_question",
    "multiple": "multiple_answers_question",
    "numeric": "numerical_question",
    "order": "ordering_question",
}
CARDINALITY = {"single": "Single", "multiple": "Multiple", "order": "Ordered"}
ANY = tag("other")


def files(quiz: Quiz, title: str) -> dict[str, bytes]:
    """Return `<unit>-before.qti12.zip` and `-after`, each a quiz of its own."""
    made = {}
    for when, heading in WHEN.items():
        if part := quiz.part(when):
            name = f"unrolled_{stem(quiz)}_{when}".replace("-", "_")
            inside = {
                "imsmanifest.xml": _manifest(name),
                f"{name}/{name}.xml": _assessment(name, f"{title}: {heading}", part),
                f"{name}/assessment_meta.xml": _meta(name, f"{title}: {heading}", part),
            }
            made[f"{stem(quiz)}-{when}.qti12.zip"] = package(inside)
    return made


def notes(quiz: Quiz) -> list[str]:
    """Return what QTI 1.2 holds in another form."""
    made = [
        "Canvas gives partial credit for several right answers by its own rule; other "
        "readers give all or nothing."
    ]
    if orders(quiz):
        made.append(
            "Canvas's New Quizzes read ordering questions; its classic quizzes make "
            "them matching questions (place to thing). Their reasons are the general "
            "feedback."
        )
    if any(q.kind == "numeric" and len(q.options) > 1 for q in quiz.questions):
        made.append(
            "the reasons of wrong numbers stand together in the feedback for a wrong "
            "answer, since Canvas would take each number with a condition for right."
        )
    return made


def _assessment(name: str, title: str, part: list[Question]) -> bytes:
    field = _fields({"cc_maxattempts": "1"})
    section = tag("section", *map(_item, part), Markup(""), ident="root_section")
    assessment = tag("assessment", field, section, ident=name, title=title)
    return document(tag("questestinterop", assessment, xmlns=NAMESPACE))


def _item(question: Question) -> Markup:
    metadata = {"question_type": TYPES[question.kind], "points_possible": "1.0"}
    ask = _ask_number if question.kind == "numeric" else _ask_choice
    processing, feedback = _processing(question)
    return tag(
        "item",
        tag("itemmetadata", _fields(metadata)),
        tag(
            "presentation",
            tag("material", _html(html(question.text, canvas))),
            ask(question),
        ),
        tag(
            "resprocessing",
            tag(
                "outcomes",
                tag(
                    "decvar",
                    maxvalue="100",
                    minvalue="0",
                    varname="SCORE",
                    vartype="Decimal",
                ),
            ),
            *processing,
        ),
        *(_feedback(name, text) for name, text in feedback.items() if text),
        ident=f"q_{question.id}",
        title=question.id,
    )


def _fields(fields: dict[str, str]) -> Markup:
    made = (
        tag("qtimetadatafield", tag("fieldlabel", key), tag("fieldentry", value))
        for key, value in fields.items()
    )
    return tag("qtimetadata", *made)


def _html(content: str) -> Markup:
    return tag("mattext", content, texttype="text/html")


def _ask_choice(question: Question) -> Markup:
    # Canvas's classic quizzes drop the HTML of what is ordered, so no image there
    math = letters if question.kind == "order" else canvas
    labels = (
        tag(
            "response_label",
            tag("material", _html(html(o.text, math))),
            ident=_ident(question, o),
        )
        for o in question.mixed()
    )
    return tag(
        "response_lid",
        tag("render_choice", *labels),
        ident="response1",
        rcardinality=CARDINALITY[question.kind],
    )


def _ask_number(question: Question) -> Markup:
    label = tag("response_label", ident="answer1")
    return tag(
        "response_str",
        tag("render_fib", label, fibtype="Decimal"),
        ident="response1",
        rcardinality="Single",
    )


def _ident(question: Question, option) -> str:
    return f"c{question.options.index(option) + 1}"


def _processing(question: Question) -> tuple[list[Markup], dict[str, str]]:
    """Return the conditions, and the feedback that they show, by name."""
    if question.kind == "numeric":
        feedback = {
            "correct_fb": html(question.options[0].why, canvas),
            "general_incorrect_fb": traps(question, canvas),
        }
        conditions = [_when(_within(question), shows="correct_fb", right=True)]
        if feedback["general_incorrect_fb"]:
            conditions.append(_when(ANY, shows="general_incorrect_fb"))
        return conditions, feedback
    if question.kind == "order":
        ordered = [_is(question, option) for option in question.options]
        conditions = [_when(ANY, shows="general_fb"), _when(*ordered, right=True)]
        return conditions, {"general_fb": reasons(question, canvas)}
    conditions, feedback = [], {}
    for option in question.options:
        name = f"{_ident(question, option)}_fb"
        conditions.append(_when(_is(question, option), shows=name))
        feedback[name] = html(option.why, canvas)
    chosen = [_is(question, option) for option in question.options if option.right]
    if question.kind == "multiple":
        wrong = [option for option in question.options if not option.right]
        chosen = [tag("and", *chosen, *(tag("not", _is(question, o)) for o in wrong))]
    return [*conditions, _when(*chosen, right=True)], feedback


def _when(*conditions: Markup, shows: str | None = None, right: bool = False) -> Markup:
    score = tag("setvar", "100", action="Set", varname="SCORE")
    show = tag("displayfeedback", feedbacktype="Response", linkrefid=shows)
    return tag(
        "respcondition",
        tag("conditionvar", *conditions),
        score if right else Markup(""),
        show if shows else Markup(""),
        continue_="No" if right else "Yes",
    )


def _is(question: Question, option) -> Markup:
    return tag("varequal", _ident(question, option), respident="response1")


def _within(question: Question) -> Markup:
    """Return the condition that a number is right, in the form Canvas exports."""
    value = number(question.options[0].text)
    low, high = value, value
    if question.tolerance:
        middle, reach = float(value), question.tolerance
        low, high = (number(f"{middle + sign * reach:.12g}") for sign in (-1, 1))
    bounds = tag(
        "and",
        tag("vargte", low, respident="response1"),
        tag("varlte", high, respident="response1"),
    )
    return tag("or", tag("varequal", value, respident="response1"), bounds)


def _feedback(name: str, content: str) -> Markup:
    material = tag("material", _html(content))
    return tag("itemfeedback", tag("flow_mat", material), ident=name)


def _manifest(name: str) -> bytes:
    meta = f"{name}_meta"
    resources = tag(
        "resources",
        tag(
            "resource",
            tag("file", href=f"{name}/{name}.xml"),
            tag("dependency", identifierref=meta),
            identifier=name,
            type="imsqti_xmlv1p2",
        ),
        tag(
            "resource",
            tag("file", href=f"{name}/assessment_meta.xml"),
            identifier=meta,
            type="associatedcontent/imscc_xmlv1p1/learning-application-resource",
            href=f"{name}/assessment_meta.xml",
        ),
    )
    about = tag("metadata", tag("schema", "IMS Content"), tag("schemaversion", "1.1.3"))
    space = "http://www.imsglobal.org/xsd/imsccv1p1/imscp_v1p1"
    organizations = tag("organizations")
    identifier = f"{name}_manifest"
    return document(
        tag(
            "manifest",
            about,
            organizations,
            resources,
            identifier=identifier,
            xmlns=space,
        )
    )


def _meta(name: str, title: str, part: list[Question]) -> bytes:
    """Canvas's own file about a quiz: practice, answers shuffled and then shown."""
    return document(
        tag(
            "quiz",
            tag("title", title),
            tag("shuffle_answers", "true"),
            tag("scoring_policy", "keep_highest"),
            tag("quiz_type", "practice_quiz"),
            tag("points_possible", f"{len(part)}.0"),
            tag("show_correct_answers", "true"),
            tag("allowed_attempts", "-1"),
            identifier=name,
            xmlns="http://canvas.instructure.com/xsd/cccv1p0",
        )
    )
