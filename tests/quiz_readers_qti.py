"""Readers of QTI 1.2 and QTI 2.1 that carry out the response processing they read.

Written from the IMS specifications (QTI ASI information model 1.2, QTI 2.1 assessment
test, section and item information model); they use nothing of the exporter.
"""

import io
import re
import xml.etree.ElementTree as ET
import zipfile

from quiz_readers import Read, listed, shown

ONE = "{http://www.imsglobal.org/xsd/ims_qtiasiv1p2}"
TWO = "{http://www.imsglobal.org/xsd/imsqti_v2p1}"
PACKAGE_ONE = "{http://www.imsglobal.org/xsd/imsccv1p1/imscp_v1p1}"
PACKAGE_TWO = "{http://www.imsglobal.org/xsd/imscp_v1p1}"


def unpacked(content: bytes, space: str, kind: str) -> list[ET.Element]:
    """Return the roots of a package's files of a kind; every file must be declared."""
    with zipfile.ZipFile(io.BytesIO(content)) as pack:
        names = set(pack.namelist())
        manifest = ET.fromstring(pack.read("imsmanifest.xml"))
        declared = [f.get("href") for f in manifest.iter(f"{space}file")]
        assert sorted([*declared, "imsmanifest.xml"]) == sorted(names)
        resources = list(manifest.iter(f"{space}resource"))
        known = {r.get("identifier") for r in resources}
        assert len(known) == len(resources)
        for link in manifest.iter(f"{space}dependency"):
            assert link.get("identifierref") in known
        return [
            ET.fromstring(pack.read(r.find(f"{space}file").get("href")))
            for r in resources
            if r.get("type") == kind
        ]


def qti12(content: bytes) -> list[Read]:
    """Read a package of one QTI 1.2 assessment."""
    (root,) = unpacked(content, PACKAGE_ONE, "imsqti_xmlv1p2")
    assert root.tag == f"{ONE}questestinterop"
    return [_item12(item) for item in root.iter(f"{ONE}item")]


def _path(element: ET.Element, *names: str) -> ET.Element:
    return element.find("/".join(f"{ONE}{name}" for name in names))


def _mattext(element: ET.Element) -> str:
    found = next(element.iter(f"{ONE}mattext"))
    assert found.get("texttype") == "text/html"
    return found.text or ""


def _item12(item: ET.Element) -> Read:
    text = shown(_mattext(_path(item, "presentation", "material")))
    labels = {
        label.get("ident"): shown(_mattext(label))
        for label in item.iter(f"{ONE}response_label")
        if label.get("ident") != "answer1"
    }
    feedback = {f.get("ident"): _mattext(f) for f in item.iter(f"{ONE}itemfeedback")}
    lid = _path(item, "presentation", "response_lid")
    kind = "numeric"
    if lid is not None:
        kinds = {"Single": "single", "Multiple": "multiple", "Ordered": "order"}
        kind = kinds[lid.get("rcardinality")]
    idents = {text: ident for ident, text in labels.items()}
    assert len(idents) == len(labels)

    def grade(response):
        given = response if kind == "numeric" else [idents[r] for r in response]
        score, names = 0.0, []
        for condition in item.iter(f"{ONE}respcondition"):
            # An ordered response must equal the values as they follow each other.
            parts = list(_path(condition, "conditionvar"))
            if kind == "order" and parts[0].tag == f"{ONE}varequal":
                met = [p.text for p in parts] == given
            else:
                met = all(_holds12(p, given) for p in parts)
            if not met:
                continue
            for setting in condition.iter(f"{ONE}setvar"):
                assert setting.get("action") == "Set"
                score = float(setting.text)
            names += [
                f.get("linkrefid") for f in condition.iter(f"{ONE}displayfeedback")
            ]
            if condition.get("continue") == "No":
                break
        said = []
        for name in names:
            said += listed(feedback[name]) or [shown(feedback[name])]
        return score / 100, said

    return Read(item.get("title"), kind, text, list(labels.values()), grade)


def _holds12(test: ET.Element, given) -> bool:
    name = test.tag.removeprefix(ONE)
    if name == "other":
        return True
    if name in ("and", "or", "not"):
        parts = [_holds12(part, given) for part in test]
        return {"and": all(parts), "or": any(parts), "not": not parts[0]}[name]
    if isinstance(given, list):
        assert name == "varequal"
        return test.text in given
    value = float(test.text)
    return {
        "varequal": given == value, "vargte": given >= value, "varlte": given <= value
    }[name]  # fmt: skip


def qti21(content: bytes) -> list[Read]:
    """Read a QTI 2.1 package: its items, in the order of its test."""
    (test,) = unpacked(content, PACKAGE_TWO, "imsqti_test_xmlv2p1")
    items = unpacked(content, PACKAGE_TWO, "imsqti_item_xmlv2p1")
    wanted = [ref.get("href") for ref in test.iter(f"{TWO}assessmentItemRef")]
    assert wanted == [f"items/{item.get('title')}.xml" for item in items]
    for root in (test, *items):
        for name in (e.get("identifier") for e in root.iter()):
            assert name is None or re.fullmatch(r"[A-Za-z_][\w.-]*", name)
    return [_item21(item) for item in items]


def _inner(element: ET.Element) -> str:
    """Return the markup inside an element, without the prefixes of its namespaces."""
    text = ET.tostring(element, "unicode", short_empty_elements=True)
    text = re.sub(r"(</?)\w+:", r"\1", text)
    text = re.sub(r' xmlns:\w+="[^"]*"', "", text)
    return re.sub(r"^<[^>]*>|</\w+>\s*$", "", text)


def _item21(item: ET.Element) -> Read:
    declared = item.find(f"{TWO}responseDeclaration")
    body = item.find(f"{TWO}itemBody")
    (interaction,) = (e for e in body.iter() if e.tag.endswith("Interaction"))
    name = interaction.tag.removeprefix(TWO)
    kinds = {"textEntryInteraction": "numeric", "orderInteraction": "order"}
    kind = (
        kinds.get(name)
        or {"1": "single", "0": "multiple"}[interaction.get("maxChoices")]
    )
    cardinality = {"multiple": "multiple", "order": "ordered"}.get(kind, "single")
    assert declared.get("cardinality") == cardinality
    prompt = body.find(f"{TWO}div")
    if prompt is None:
        prompt = interaction.find(f"{TWO}prompt")
        assert prompt.find(f".//{TWO}pre") is None, "the schema allows no block here"
    choices = {
        c.get("identifier"): shown(_inner(c)) for c in item.iter(f"{TWO}simpleChoice")
    }
    idents = {text: ident for ident, text in choices.items()}
    feedback = {
        f.get("identifier"): _inner(f) for f in item.iter(f"{TWO}modalFeedback")
    }

    def grade(response):
        given = response
        if kind != "numeric":
            given = [idents[text] for text in response]
            given = given[0] if kind == "single" else given
        machine = Machine(declared, given)
        for rule in item.find(f"{TWO}responseProcessing"):
            machine.run(rule)
        said = []
        shown_names = machine.outcomes["FEEDBACK"] or []
        for ident in shown_names:
            said += listed(feedback[ident]) or [shown(feedback[ident])]
        return machine.outcomes["SCORE"], said

    text = shown(_inner(prompt))
    return Read(item.get("title"), kind, text, list(choices.values()), grade)


class Machine:
    """Carries out the response processing of one item for one response."""

    def __init__(self, declared: ET.Element, response):
        self.declared, self.response = declared, response
        self.outcomes = {"SCORE": 0.0, "FEEDBACK": None}

    def run(self, rule: ET.Element) -> None:
        name = rule.tag.removeprefix(TWO)
        if name == "setOutcomeValue":
            self.outcomes[rule.get("identifier")] = self.value(rule[0])
            return
        assert name == "responseCondition"
        for branch in rule:
            assert branch.tag in (f"{TWO}responseIf", f"{TWO}responseElseIf")
            if self.value(branch[0]) is True:
                for inner in branch[1:]:
                    self.run(inner)
                return

    def value(self, e: ET.Element):
        name, inner = e.tag.removeprefix(TWO), list(e)
        return getattr(self, f"_{name}")(e, inner)

    def _baseValue(self, e, inner):
        return float(e.text) if e.get("baseType") == "float" else e.text

    def _variable(self, e, inner):
        name = e.get("identifier")
        return self.response if name == "RESPONSE" else self.outcomes[name]

    def _correct(self, e, inner):
        values = [v.text for v in self.declared.find(f"{TWO}correctResponse")]
        return values if self.declared.get("cardinality") != "single" else values[0]

    def _match(self, e, inner):
        a, b = map(self.value, inner)
        return None if a is None or b is None else a == b

    def _isNull(self, e, inner):
        return self.value(inner[0]) is None

    def _not(self, e, inner):
        return not self.value(inner[0])

    def _multiple(self, e, inner):
        return [self.value(part) for part in inner]

    def _sum(self, e, inner):
        return sum(map(self.value, inner))

    def _index(self, e, inner):
        values, n = self.value(inner[0]), int(e.get("n"))
        return values[n - 1] if n <= len(values) else None

    def _equal(self, e, inner):
        a, b = map(self.value, inner)
        if e.get("toleranceMode") == "exact":
            return a == b
        low, high = map(float, e.get("tolerance").split())
        return b - low <= a <= b + high

    def _mapResponse(self, e, inner):
        mapping = self.declared.find(f"{TWO}mapping")
        known = {m.get("mapKey"): float(m.get("mappedValue")) for m in mapping}
        total = sum(
            known.get(v, float(mapping.get("defaultValue"))) for v in self.response
        )
        return min(
            float(mapping.get("upperBound")),
            max(float(mapping.get("lowerBound")), total),
        )
