"""The text of a quiz for a terminal: formulas in letters, without TeX's commands."""

import re

from .text import lines, spans

SIGNS = {
    "cdot": "·", "times": "×", "odot": "⊙", "pm": "±", "partial": "∂", "sum": "∑",
    "prod": "∏", "infty": "∞", "leq": "≤", "le": "≤", "geq": "≥", "ge": "≥",
    "neq": "≠", "ne": "≠", "approx": "≈", "equiv": "≡", "propto": "∝", "to": "→",
    "rightarrow": "→", "Rightarrow": "⇒", "leftarrow": "←", "mapsto": "↦",
    "ldots": "…", "dots": "…", "cdots": "⋯", "in": "∈", "mid": "|", "lVert": "‖",
    "rVert": "‖", "Vert": "‖", "top": "T", "circ": "∘", "quad": "  ", "qquad": "   ",
    "alpha": "α", "beta": "β", "gamma": "γ", "delta": "δ", "epsilon": "ε",
    "varepsilon": "ε", "eta": "η", "theta": "θ", "kappa": "κ", "lambda": "λ",
    "mu": "μ", "nu": "ν", "pi": "π", "rho": "ρ", "sigma": "σ", "tau": "τ",
    "phi": "φ", "varphi": "φ", "psi": "ψ", "omega": "ω", "Gamma": "Γ", "Delta": "Δ",
    "Lambda": "Λ", "Sigma": "Σ", "Phi": "Φ", "Omega": "Ω", "ell": "ℓ",
    "left": "", "right": "", "big": "", "Big": "", "bigl": "", "bigr": "",
    "displaystyle": "", "limits": "",
}  # fmt: skip
STYLES = {"text", "mathrm", "mathbf", "mathit", "boldsymbol", "operatorname", "hat"}
RAISED = dict(zip("0123456789+-−=()niT", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻⁼⁽⁾ⁿⁱᵀ", strict=True))
TOKEN = re.compile(r"\\[A-Za-z]+|\\.|[{}^_]|\s+|.", re.S)
INDENT = " " * 4  # what marks a line of code, which is not to be wrapped
SIMPLE = re.compile(r"[\w.]*")


def plain(text: str) -> str:
    """Return a quiz's text as plain text: $h_{t-1}^2$ becomes h_(t-1)².

    A block of code is a paragraph whose lines begin with INDENT.
    """
    made = []
    for kind, content in spans(text):
        if kind in ("math", "display"):
            made.append(formula(content))
        elif kind == "block":
            # A line of spaces for an empty one, so that the block stays one paragraph.
            code = "\n".join(INDENT + line for line in lines(content))
            made.append(f"\n\n{code}\n\n")
        else:
            made.append(content if kind == "code" else content.replace("**", ""))
    return "".join(made).strip("\n")


def formula(tex: str) -> str:
    """Return a TeX formula in letters and signs; what is unknown keeps its name."""
    tokens = TOKEN.findall(tex)[::-1]  # a stack: the next one is the last
    return re.sub(r"(?<=\S) {2,}(?=\S)", " ", _group(tokens)).strip()


def _group(tokens: list[str]) -> str:
    """Read up to the brace that closes, or to the end."""
    made = ""
    while tokens:
        token = tokens.pop()
        if token == "}":
            break
        if token in "^_":
            made = made.rstrip() + _script(token, _argument(tokens))
        else:
            made += _one(token, tokens, made)
    return made


def _one(token: str, tokens: list[str], before: str) -> str:
    if token == "{":
        return _group(tokens)
    if token.isspace():
        return " "
    if not token.startswith("\\"):
        return token
    name = token[1:]
    if name in ("frac", "tfrac", "dfrac"):
        above, below = _argument(tokens), _argument(tokens)
        return f"{_closed(above)}/{_closed(below)}"
    if name == "sqrt":
        return f"√{_closed(_argument(tokens))}"
    if name in STYLES:
        return _argument(tokens)
    if name in SIGNS:
        return SIGNS[name]
    if not name.isalpha():  # \, and \; are spaces, \! is none, \{ is a brace
        return {",": " ", ";": " ", ":": " ", " ": " ", "!": "", "|": "‖"}.get(
            name, name
        )
    # \ln, \tanh and the like: a word, apart from the letters around it
    gap = " " if before[-1:].isalnum() else ""
    after = tokens[-1] if tokens else ""
    follows = re.match(r"\w|\\[A-Za-z]", after)
    return gap + name + (" " if follows else "")


def _argument(tokens: list[str]) -> str:
    while tokens and tokens[-1].isspace():
        tokens.pop()
    return _one(tokens.pop(), tokens, "").strip() if tokens else ""


def _script(mark: str, content: str) -> str:
    if mark == "^" and content and all(sign in RAISED for sign in content):
        return "".join(RAISED[sign] for sign in content)
    return mark + _closed(content)


def _closed(content: str) -> str:
    return content if SIMPLE.fullmatch(content) else f"({content})"
