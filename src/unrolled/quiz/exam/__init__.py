"""An exam from the quizzes' computed questions: other numbers for each seed, key apart.

In a shell: `unrolled exam --seed 27182818 --units 02,05`. docs/teaching.md says what an
instructor does with it.
"""

from .draw import Asked, Exam, draw
from .forms import markdown, page
from .sheet import key, sheet

__all__ = ["Asked", "Exam", "draw", "key", "markdown", "page", "sheet"]
