"""How nbgrader finds the course: one track at a time, chosen by UNROLLED_TRACK.

UNROLLED_TRACK=tensorflow nbgrader generate_assignment 02-recurrent-cell

nbgrader adds up every notebook of an assignment's folder, so each track has folders of
its own. It reads the solved notebooks and writes nothing outside grading/, which git
ignores: `generate_assignment --force` empties the folder that it releases to.
"""

import atexit
import os
import shutil
import tempfile
from pathlib import Path

track = os.environ.get("UNROLLED_TRACK", "pytorch")
if track not in ("pytorch", "tensorflow"):
    raise SystemExit(f"UNROLLED_TRACK is `{track}`: set it to pytorch or tensorflow.")

course = Path(__file__).resolve().parent
grading = course / "grading" / track
grading.mkdir(parents=True, exist_ok=True)  # the gradebook's folder must be there

c = get_config()  # noqa: F821 (nbgrader defines it)
c.CourseDirectory.root = str(course)
c.CourseDirectory.course_id = f"unrolled-{track}"
c.CourseDirectory.source_directory = f"solutions/{track}"
c.CourseDirectory.release_directory = str(grading / "release")
c.CourseDirectory.submitted_directory = str(grading / "submitted")
c.CourseDirectory.autograded_directory = str(grading / "autograded")
c.CourseDirectory.feedback_directory = str(grading / "feedback")
c.CourseDirectory.db_url = f"sqlite:///{(grading / 'gradebook.db').as_posix()}"
c.Execute.timeout = 600  # seconds a cell

if os.name != "nt":
    # Kernels on TCP ports may be given the same one where two processes start some.
    sockets = tempfile.mkdtemp(prefix="nbgrader-")
    atexit.register(shutil.rmtree, sockets, ignore_errors=True)
    c.KernelManager.transport = "ipc"
    c.KernelManager.ip = f"{sockets}/kernel"
