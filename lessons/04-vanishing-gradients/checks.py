"""What the exercises of this unit must compute, and the known wrong ways."""

import numpy as np

from unrolled.check import Check, Suspect
from unrolled.check.values import same

# ---- radius --------------------------------------------------------------------------


def _draw_radius(rng, case):
    n = (2, 3, 4, 2, 5, 6)[case]
    if case == 0:  # eigenvalues 2i and -2i
        return {"w": np.array([[0.0, -4.0], [1.0, 0.0]])}
    if case == 1:  # the eigenvalue that counts is negative
        return {"w": -np.abs(rng.normal(size=(n, n))) - 0.5 * np.eye(n)}
    return {"w": rng.normal(size=(n, n))}


def _radius(w):
    return np.abs(np.linalg.eigvals(w)).max()


def _eigen(how):
    return lambda w: how(np.linalg.eigvals(w))


radius = Check(
    name="radius",
    draw=_draw_radius,
    reference=_radius,
    suspects=(
        Suspect(
            "That is the largest singular value: what one step can do at most. The "
            "spectral radius is about eigenvalues: `np.linalg.eigvals`.",
            lambda w: np.linalg.norm(w, ord=2),
        ),
        Suspect(
            "That is the square of the largest singular value, the largest eigenvalue "
            "of w.T @ w. Take the eigenvalues of `w` itself.",
            lambda w: np.linalg.norm(w, ord=2) ** 2,
        ),
        Suspect(
            "That is the Frobenius norm, the size of all entries together. Take the "
            "eigenvalues first.",
            lambda w: np.linalg.norm(w),
        ),
        Suspect(
            "You take the largest real part. A negative or a complex eigenvalue counts "
            "with its absolute value: `np.abs` first, then `max`.",
            _eigen(lambda e: e.real.max()),
        ),
        Suspect(
            "`max` of complex numbers compares their real parts. Take `np.abs` before "
            "the maximum, not after it.",
            _eigen(lambda e: np.abs(e.max())),
        ),
        Suspect(
            "The imaginary parts are thrown away. The absolute value of a complex "
            "eigenvalue needs both parts: `np.abs` of it, without `.real`.",
            _eigen(lambda e: np.abs(e.real).max()),
        ),
        Suspect(
            "`eigvalsh` is for symmetric matrices and looks at one half of `w` only. "
            "Use `eigvals`.",
            lambda w: np.abs(np.linalg.eigvalsh(w)).max(),
        ),
        Suspect(
            "That is the smallest absolute value. In the long run the largest one "
            "wins.",
            _eigen(lambda e: np.abs(e).min()),
        ),
        Suspect(
            "You take the first eigenvalue, and they come in no special order. Take "
            "the maximum over all.",
            _eigen(lambda e: np.abs(e[0])),
        ),
        Suspect(
            "You take the last eigenvalue, and they come in no special order. Take "
            "the maximum over all.",
            _eigen(lambda e: np.abs(e[-1])),
        ),
        Suspect(
            "That is the largest entry of the matrix. The entries act together: take "
            "the eigenvalues.",
            lambda w: np.abs(w).max(),
        ),
        Suspect(
            "That is the mean of the absolute eigenvalues. Take the maximum.",
            _eigen(lambda e: np.abs(e).mean()),
        ),
        Suspect(
            "That is the sum of the absolute eigenvalues. Take the largest one.",
            _eigen(lambda e: np.abs(e).sum()),
        ),
        Suspect(
            "That is the square of the radius. Nothing needs to be squared.",
            _eigen(lambda e: np.abs(e).max() ** 2),
        ),
        Suspect(
            "That is the norm of all eigenvalues together. Take the largest one.",
            _eigen(np.linalg.norm),
        ),
        Suspect(
            "That is the trace, the sum of the eigenvalues. Take the largest absolute "
            "one.",
            lambda w: np.abs(np.trace(w)),
        ),
        Suspect(
            "That is the determinant, the product of all eigenvalues. Take the largest "
            "one.",
            lambda w: np.abs(np.linalg.det(w)),
        ),
        Suspect(
            "That is the root of the radius. No root is needed.",
            _eigen(lambda e: np.sqrt(np.abs(e).max())),
        ),
        Suspect(
            "That is the place of the largest absolute value, not the value: `max`, "
            "not `argmax`.",
            _eigen(lambda e: np.abs(e).argmax()),
        ),
        Suspect(
            "You add absolute entries along the rows. That bounds the radius from "
            "above: take the eigenvalues.",
            lambda w: np.abs(w).sum(axis=1).max(),
        ),
        Suspect(
            "You add absolute entries along the columns. That bounds the radius from "
            "above: take the eigenvalues.",
            lambda w: np.abs(w).sum(axis=0).max(),
        ),
        Suspect(
            "You take absolute values of the entries first, which makes another "
            "matrix. Take them of the eigenvalues.",
            lambda w: np.abs(np.linalg.eigvals(np.abs(w))).max(),
        ),
    ),
    dims={"w": ("n", "n")},
    start="Three calls in one line: eigenvalues, absolute values, maximum.",
)


# ---- reach ---------------------------------------------------------------------------


def _draw_reach(rng, case):
    if case == 0:  # exactly `least` is left after three steps
        return {"w_h": np.array([[0.5, 1], [0, 0.25]]), "slope": 1.0, "least": 0.125}
    if case == 6:  # exactly 1: every logarithm of it is 0
        return {"w_h": np.eye(2)[::-1].copy(), "slope": 1.0, "least": 0.01}
    n = (0, 2, 3, 3, 4, 6)[case]
    w_h = rng.normal(size=(n, n))
    w_h *= (0, 0.9, 0.8, 1.3, 1.1, 0.95)[case] / _radius(w_h)
    slope = (0, 0.8, 0.95, 0.9, 0.85, 0.7)[case]  # case 3 never falls, 4 just so
    return {"w_h": w_h, "slope": slope, "least": (0, 1e-3, 0.05, 0.01, 0.1, 1e-6)[case]}


def _steps(factor, least, rounded=np.ceil):
    if factor == 0:
        return np.nan  # no case of this exercise: all is gone after one step
    return np.inf if factor >= 1 else rounded(np.log(least) / np.log(factor))


def _reach(w_h, slope, least):
    return _steps(slope * _radius(w_h), least)


def _by_factor(factor, rounded=np.ceil):
    return lambda w_h, slope, least: _steps(factor(w_h, slope), least, rounded)


def _by_logs(quotient, rounded=np.ceil):
    """Return a wrong formula: `quotient(least, factor)` is what is rounded."""

    def formula(w_h, slope, least):
        factor = slope * _radius(w_h)
        return np.inf if factor >= 1 else rounded(quotient(least, factor))

    return formula


def _no_inf(w_h, slope, least):
    return np.ceil(np.log(least) / np.log(slope * _radius(w_h)))


reach = Check(
    name="reach",
    draw=_draw_reach,
    reference=_reach,
    suspects=(
        Suspect(
            "`slope` is not used: the non-linearity shrinks a gradient too. The factor "
            "of one step is slope × radius.",
            _by_factor(lambda w_h, slope: _radius(w_h)),
        ),
        Suspect(
            "The radius is not used: the factor of one step is slope × radius.",
            _by_factor(lambda w_h, slope: slope),
        ),
        Suspect(
            "You predict with the largest singular value. It bounds one step; in the "
            "long run the spectral radius rules.",
            _by_factor(lambda w_h, slope: slope * np.linalg.norm(w_h, ord=2)),
        ),
        Suspect(
            "One step short: you round down, and then more than `least` is left. Round "
            "up (`np.ceil`).",
            _by_factor(lambda w_h, slope: slope * _radius(w_h), np.floor),
        ),
        Suspect(
            "You round to the nearest number of steps. At most `least` must be left, "
            "so round up (`np.ceil`).",
            _by_factor(lambda w_h, slope: slope * _radius(w_h), np.round),
        ),
        Suspect(
            "Whole steps are asked for: round up (`np.ceil`).",
            _by_factor(lambda w_h, slope: slope * _radius(w_h), lambda n: n),
        ),
        Suspect(
            "Where slope × radius is 1 or more, nothing vanishes: return `np.inf`. "
            "Your formula gives a number of steps there too.",
            _no_inf,
        ),
        Suspect(
            "One step too many: after one step less, at most `least` is left already.",
            lambda w_h, slope, least: _reach(w_h, slope, least) + 1,
        ),
        Suspect(
            "You ask the radius alone whether anything vanishes. The slope shrinks "
            "the gradient too: ask slope × radius.",
            lambda w_h, slope, least: (
                np.inf if _radius(w_h) >= 1 else _no_inf(w_h, slope, least)
            ),
        ),
        Suspect(
            "You let the gradient fall by equal amounts. Each step *multiplies* it: "
            "after n steps factor**n is left.",
            lambda w_h, slope, least: (
                np.inf
                if slope * _radius(w_h) >= 1
                else np.ceil((1 - least) / (1 - slope * _radius(w_h)))
            ),
        ),
        Suspect(
            "The fraction is upside down: the number of steps is log(least) divided by "
            "log(factor).",
            lambda w_h, slope, least: (
                np.inf
                if slope * _radius(w_h) >= 1
                else np.ceil(np.log(slope * _radius(w_h)) / np.log(least))
            ),
        ),
        Suspect(
            "The slope is counted once only. It acts at every step, as the radius "
            "does: (slope × radius) to the power of n.",
            lambda w_h, slope, least: (
                np.inf
                if _radius(w_h) >= 1
                else np.ceil(np.log(least / slope) / np.log(_radius(w_h)))
            ),
        ),
        Suspect(
            "One step too many where exactly `least` is left. At most `least` is "
            "asked: stop there (`<=`, or `np.ceil` without `+ 1`).",
            _by_logs(lambda least, f: np.log(least) / np.log(f) + 1, np.floor),
        ),
        Suspect(
            "One step short: after that many steps more than `least` is left.",
            lambda w_h, slope, least: _reach(w_h, slope, least) - 1,
        ),
        Suspect(
            "The comparison is turned round: `np.inf` belongs to factors of 1 and "
            "more, the logarithms to those below.",
            lambda w_h, slope, least: (
                np.inf if slope * _radius(w_h) <= 1 else _no_inf(w_h, slope, least)
            ),
        ),
        Suspect(
            "A factor of exactly 1 never shrinks anything either: ask `>= 1`, and "
            "return `np.inf`.",
            lambda w_h, slope, least: (
                np.inf if slope * _radius(w_h) > 1 else _no_inf(w_h, slope, least)
            ),
        ),
        Suspect(
            "Where nothing vanishes you return `-np.inf`. The number of steps has no "
            "bound upwards: `np.inf`.",
            lambda w_h, slope, least: (
                -np.inf if slope * _radius(w_h) >= 1 else _reach(w_h, slope, least)
            ),
        ),
        Suspect(
            "Your number of steps is negative. Both logarithms are below 0: divide "
            "log(least) by log(factor) as they are.",
            _by_logs(lambda least, f: -np.log(least) / np.log(f)),
        ),
        Suspect(
            "You take the logarithm of the quotient. Take the quotient of the two "
            "logarithms: log(least) / log(factor).",
            _by_logs(lambda least, f: np.log(least / f)),
        ),
        Suspect(
            "You mix two kinds of logarithm (`np.log`, `np.log10`). Any will do, the "
            "same one above and below.",
            _by_logs(lambda least, f: np.log(least) / np.log10(f)),
        ),
        Suspect(
            "You mix two kinds of logarithm (`np.log`, `np.log10`). Any will do, the "
            "same one above and below.",
            _by_logs(lambda least, f: np.log10(least) / np.log(f)),
        ),
        Suspect(
            "You ask when the share `least` is lost. Asked is when at most `least` is "
            "left: log(least).",
            _by_logs(lambda least, f: np.log(1 - least) / np.log(f)),
        ),
        Suspect(
            "You predict with the norm of all entries of `w_h`. In the long run the "
            "spectral radius rules.",
            _by_factor(lambda w_h, slope: slope * np.linalg.norm(w_h)),
        ),
        Suspect(
            "You predict with the largest entry of `w_h`. In the long run the "
            "spectral radius rules.",
            _by_factor(lambda w_h, slope: slope * np.abs(w_h).max()),
        ),
        Suspect(
            "`np.inf` belongs to factors of 1 and more, not to those below.",
            lambda w_h, slope, least: np.inf,
        ),
    ),
    cases=7,
    dims={"w_h": ("n", "n")},
    start="With factor = slope × radius, find the first n with factor**n <= least.",
)


# ---- back ----------------------------------------------------------------------------

BACK_SIZES = [(4, 2), (4, 3), (2, 2), (6, 4), (4, 4), (9, 3)]


def _draw_back(rng, case):
    n_steps, n_hidden = BACK_SIZES[case]
    return {
        "h": rng.uniform(-0.9, 0.9, (n_steps, n_hidden)),
        "w_h": rng.normal(size=(n_hidden, n_hidden)),
        "d_last": rng.normal(size=n_hidden),
    }


def _back(h, w_h, d_last, slope=None, transpose=True, norm=np.linalg.norm):
    """Return the norms; the arguments make the known wrong ways."""
    slope = 1 - h**2 if slope is None else slope
    w = w_h.T if transpose else w_h
    d, norms = d_last, []
    for s in slope[::-1]:
        norms.append(norm(d))
        d = (d * s) @ w
    return np.array(norms[::-1])


def _late_slope(h, w_h, d_last):
    """Go through the matrix first, and then through the slope of the earlier state."""
    d, norms = d_last, [np.linalg.norm(d_last)]
    for state in h[-2::-1]:
        d = (d @ w_h.T) * (1 - state**2)
        norms.append(np.linalg.norm(d))
    return np.array(norms[::-1])


def _same_state_late(h, w_h, d_last):
    """Go through the matrix first, and then through the slope of the same state."""
    d, norms = d_last, []
    for state in h[::-1]:
        norms.append(np.linalg.norm(d))
        d = (d @ w_h.T) * (1 - state**2)
    return np.array(norms[::-1])


def _earlier_slope(h, w_h, d_last):
    """Go through the slope of the earlier state, and then through the matrix."""
    d, norms = d_last, [np.linalg.norm(d_last)]
    for state in h[-2::-1]:
        d = (d * (1 - state**2)) @ w_h.T
        norms.append(np.linalg.norm(d))
    return np.array(norms[::-1])


def _carried(change):
    """Return a wrong formula: `change(d, d_last)` is what is carried on."""

    def formula(h, w_h, d_last):
        d, norms = d_last, []
        for state in h[::-1]:
            norms.append(np.linalg.norm(d))
            d = change((d * (1 - state**2)) @ w_h.T, d_last)
        return np.array(norms[::-1])

    return formula


def _after_the_slope(h, w_h, d_last):
    d, norms = d_last, []
    for state in h[::-1]:
        d = d * (1 - state**2)
        norms.append(np.linalg.norm(d))
        d = d @ w_h.T
    return np.array(norms[::-1])


def _one_too_far(h, w_h, d_last):
    d, norms = d_last, []
    for state in h[::-1]:
        d = (d * (1 - state**2)) @ w_h.T
        norms.append(np.linalg.norm(d))
    return np.array(norms[::-1])


def _bound(h, w_h, d_last):
    norm, norms = np.linalg.norm(d_last), []
    for state in h[::-1]:
        norms.append(norm)
        norm = norm * np.linalg.norm(w_h * (1 - state**2), ord=2)
    return np.array(norms[::-1])


back = Check(
    name="back",
    draw=_draw_back,
    reference=_back,
    suspects=(
        Suspect(
            "The slopes are missing: on its way back the gradient goes through every "
            "tanh, whose slope is 1 − h².",
            lambda h, w_h, d_last: _back(h, w_h, d_last, slope=np.ones_like(h)),
        ),
        Suspect(
            "The recurrent matrix is not transposed. Forward it is `h @ w_h`; backward "
            "the gradient takes `w_h.T`.",
            lambda h, w_h, d_last: _back(h, w_h, d_last, transpose=False),
        ),
        Suspect(
            "The slope of tanh is 1 − h², not 1 − h.",
            lambda h, w_h, d_last: _back(h, w_h, d_last, slope=1 - h),
        ),
        Suspect(
            "`h` is already the tanh: its slope is 1 − h². You take the tanh once "
            "more.",
            lambda h, w_h, d_last: _back(h, w_h, d_last, slope=1 - np.tanh(h) ** 2),
        ),
        Suspect(
            "The slope comes one state late. Between step t and t − 1 stands the tanh "
            "that made h[t]: multiply by 1 − h[t]² first, by the matrix second.",
            _late_slope,
        ),
        Suspect(
            "The slope comes one state late: between step t and t − 1 stands the tanh "
            "that made h[t]. Multiply by 1 − h[t]², not by 1 − h[t − 1]².",
            _earlier_slope,
        ),
        Suspect(
            "You keep the norm after the slope, halfway. Keep it before: the gradient "
            "for h[t] has not gone through the tanh of h[t] yet.",
            _after_the_slope,
        ),
        Suspect(
            "`d_last` is added at every step. The loss looks at the last state only.",
            _carried(lambda d, d_last: d + d_last),
        ),
        Suspect(
            "You bring the gradient back to the norm 1 at every step, so nothing can "
            "vanish. Carry it as it is.",
            _carried(lambda d, d_last: d / np.linalg.norm(d)),
        ),
        Suspect(
            "That is the slope of the sigmoid. The slope of tanh is 1 − h².",
            lambda h, w_h, d_last: _back(h, w_h, d_last, slope=h * (1 - h)),
        ),
        Suspect(
            "The slope of one state serves for all. Every step back has a slope of its "
            "own, 1 − h[t]².",
            lambda h, w_h, d_last: _back(
                h, w_h, d_last, slope=np.broadcast_to(1 - h[-1] ** 2, h.shape)
            ),
        ),
        Suspect(
            "The slope of one state serves for all. Every step back has a slope of its "
            "own, 1 − h[t]².",
            lambda h, w_h, d_last: _back(
                h, w_h, d_last, slope=np.broadcast_to(1 - h[0] ** 2, h.shape)
            ),
        ),
        Suspect(
            "These are roots of means. The norm is the root of the sum of squares: "
            "`np.linalg.norm`.",
            lambda h, w_h, d_last: _back(h, w_h, d_last) / np.sqrt(len(d_last)),
        ),
        Suspect(
            "These are sums of the gradient's numbers, which cancel. Take the norm: "
            "`np.linalg.norm`.",
            lambda h, w_h, d_last: _back(h, w_h, d_last, norm=np.sum),
        ),
        Suspect(
            "Matrix and slope act in the wrong order. Going back, the tanh comes first "
            "and the matrix second.",
            _same_state_late,
        ),
        Suspect(
            "Your norms run from the last state to the first. Turn them round at the "
            "end.",
            lambda h, w_h, d_last: _back(h, w_h, d_last)[::-1],
        ),
        Suspect(
            "All norms are one step too far back. The gradient for the last state is "
            "`d_last` itself: keep its norm before the first step back.",
            _one_too_far,
        ),
        Suspect(
            "You read the states from the first to the last. The gradient starts at "
            "the last state: loop over `h[::-1]`.",
            lambda h, w_h, d_last: _back(h[::-1], w_h, d_last),
        ),
        Suspect(
            "These are squares of norms. Take the root.",
            lambda h, w_h, d_last: _back(h, w_h, d_last) ** 2,
        ),
        Suspect(
            "These are sums of absolute values. The norm is the root of the sum of "
            "squares: `np.linalg.norm`.",
            lambda h, w_h, d_last: _back(
                h, w_h, d_last, norm=lambda d: np.abs(d).sum()
            ),
        ),
        Suspect(
            "You multiply norms of matrices. That is a bound from above; carry the "
            "gradient itself back, as a vector.",
            _bound,
        ),
        Suspect(
            "Nothing is carried back: every norm is that of `d_last`. Assign the new "
            "gradient to `d` in the loop.",
            lambda h, w_h, d_last: np.full(len(h), np.linalg.norm(d_last)),
        ),
    ),
    dims={"h": ("time", "n"), "w_h": ("n", "n"), "d_last": ("n",)},
    axes=("time",),
    start="Loop over `h[::-1]`: keep a norm, then go one step back.",
)


# ---- clip ----------------------------------------------------------------------------

SHARED = ("PARTS",)
PARTS = ("w_x", "w_h", "b")


def _draw_clip(rng, case):
    n_in, n_hidden = ((2, 4), (2, 3), (3, 3), (4, 2), (2, 2), (3, 4), (2, 1), (1, 3))[
        case
    ]
    shapes = ((n_in, n_hidden), (n_hidden, n_hidden), (n_hidden,))
    gradient = [rng.normal(size=shape) for shape in shapes]
    gradient[1] *= 3  # unequal parts, as they are in practice
    most = (1.0, 0.5, 100.0, 2.0, 1.0, 7.0, 0, 0)[case]  # 100: nothing to clip
    if case == 4:
        gradient = [0 * g for g in gradient]
    if case > 5:  # a little too long, and just short enough
        most = float(_norm(gradient)) * (0.98 if case == 6 else 1.02)
    return {"gradient": gradient, "most": most}


def _clipped(answer, inputs):
    parts = answer(inputs["gradient"], inputs["most"])
    if not isinstance(parts, tuple | list):
        bare = parts is None or hasattr(parts, "shape")
        return parts if bare else f"a {type(parts).__name__}"
    if len(parts) == len(PARTS):
        return dict(zip(PARTS, parts, strict=True))
    only = " (does the `return` stand in the loop?)" if len(parts) == 1 else ""
    return f"a {type(parts).__name__} of {len(parts)}{only}"


def _named(parts):
    return dict(zip(PARTS, parts, strict=True))


def _norm(parts):
    return np.sqrt(sum((g**2).sum() for g in parts))


def _scaled(size, if_small=True):
    """Scale as if `size(gradient)` were its norm; small ones too unless `if_small`."""

    def formula(gradient, most):
        found = size(gradient)
        if if_small and found <= most:
            return _named(gradient)
        return _named([g * (most / found) for g in gradient])

    return formula


def _if_large(change):
    def formula(gradient, most):
        norm = _norm(gradient)
        if norm <= most:
            return _named(gradient)
        return _named([change(g, most, norm) for g in gradient])

    return formula


def _each(gradient, most):
    return _named([_scaled(_norm)([g] * 3, most * 3**0.5)["w_x"] for g in gradient])


def _first_scaled(gradient, most):
    factor = min(1, most / max(_norm(gradient), 1e-30))
    return _named([gradient[0] * factor, *gradient[1:]])


def _turned_round(gradient, most):
    norm = _norm(gradient)
    return _named([g * (1 if norm >= most else most / norm) for g in gradient])


def _as_it_goes(gradient, most):
    """Scale each array by the norm of what was read so far."""
    total, found = 0.0, []
    for g in gradient:
        total = total + (g**2).sum()
        norm = np.sqrt(total)
        found.append(g if norm <= most else g * (most / norm))
    return _named(found)


def _backwards(if_small):
    """Return the arrays from the last to the first; small ones only `if_small`."""

    def formula(gradient, most):
        parts = list(_scaled(_norm)(gradient, most).values())
        turned = if_small or _norm(gradient) > most
        return _named(parts[::-1] if turned else parts)

    return formula


clip = Check(
    name="clip",
    draw=_draw_clip,
    call=_clipped,
    reference=_scaled(_norm),
    suspects=(
        Suspect(
            "Each array is bounded by itself. That turns the direction, and the whole "
            "may still be too long: use one norm over all arrays, and one factor.",
            _each,
        ),
        Suspect(
            "You cut every number at ±most. That turns the direction: scale the whole "
            "gradient by one factor.",
            lambda gradient, most: _named([np.clip(g, -most, most) for g in gradient]),
        ),
        Suspect(
            "A small gradient is made longer: yours always has the norm `most` (and a "
            "zero gradient becomes nan). Leave it as it is when its norm is small "
            "enough.",
            _scaled(_norm, if_small=False),
        ),
        Suspect(
            "The root is missing: the norm is the square root of the sum of squares.",
            _scaled(lambda gradient: _norm(gradient) ** 2),
        ),
        Suspect(
            "You add up the norms of the arrays. The norm of the whole is the root of "
            "the sum of *all* squares.",
            _scaled(lambda gradient: sum(np.linalg.norm(g) for g in gradient)),
        ),
        Suspect(
            "You take the largest norm of a single array. The norm of the whole counts "
            "all of them.",
            _scaled(lambda gradient: max(np.linalg.norm(g) for g in gradient)),
        ),
        Suspect(
            "You take the norm of the first array alone. All arrays count together.",
            _scaled(lambda gradient: np.linalg.norm(gradient[0])),
        ),
        Suspect(
            "Only the first array is scaled. One factor for all of them: otherwise "
            "the direction turns.",
            _first_scaled,
        ),
        Suspect(
            "The comparison is turned round: long gradients stay, short ones are "
            "scaled.",
            _turned_round,
        ),
        Suspect(
            "You take the largest number in place of the norm.",
            _scaled(lambda gradient: max(np.abs(g).max() for g in gradient)),
        ),
        Suspect(
            "You add absolute values. The norm is the root of the sum of squares.",
            _scaled(lambda gradient: sum(np.abs(g).sum() for g in gradient)),
        ),
        Suspect(
            "A long gradient comes out with the norm 1. Scale it to `most`: multiply "
            "by most / norm.",
            _if_large(lambda g, most, norm: g / norm),
        ),
        Suspect(
            "The factor is upside down: you make a long gradient longer. Multiply by "
            "most / norm.",
            _if_large(lambda g, most, norm: g * norm / most),
        ),
        Suspect(
            "A long gradient is thrown away. Keep its direction: multiply by "
            "most / norm.",
            _if_large(lambda g, most, norm: 0 * g),
        ),
        Suspect(
            "You multiply by 1 − most / norm. Multiply by most / norm.",
            _if_large(lambda g, most, norm: g * (1 - most / norm)),
        ),
        Suspect(
            "A long gradient is divided by `most`. Multiply it by most / norm.",
            _if_large(lambda g, most, norm: g / most),
        ),
        Suspect(
            "A long gradient is multiplied by `most` alone. Multiply by most / norm.",
            _if_large(lambda g, most, norm: g * most),
        ),
        Suspect(
            "You take means of the squares. The norm is the root of their sum.",
            _scaled(lambda gradient: np.sqrt(sum((g**2).mean() for g in gradient))),
        ),
        Suspect(
            "You take the mean of the arrays' norms. The norm of the whole is the root "
            "of the sum of *all* squares.",
            _scaled(lambda gradient: np.mean([np.linalg.norm(g) for g in gradient])),
        ),
        Suspect(
            "The last array is left out of the norm. All three count.",
            _scaled(lambda gradient: _norm(gradient[:-1])),
        ),
        Suspect(
            "`np.linalg.norm(g, 2)` of a matrix is its largest singular value. Leave "
            "the 2 out: then all its numbers count.",
            _scaled(lambda gradient: _norm([np.linalg.norm(g, 2) for g in gradient])),
        ),
        Suspect(
            "The norm is not complete when you scale. Read all arrays first, then "
            "scale all by one factor.",
            _as_it_goes,
        ),
        Suspect(
            "You compare the square of the norm with `most`. Take the root first.",
            lambda gradient, most: (
                _named([g * (most / _norm(gradient)) for g in gradient])
                if _norm(gradient) ** 2 > most
                else _named(gradient)
            ),
        ),
        Suspect(
            "You compare the norm with the square of `most`. Take the root of the sum "
            "of squares first, then compare.",
            lambda gradient, most: (
                _named([g * (most / _norm(gradient)) for g in gradient])
                if _norm(gradient) > most**2
                else _named(gradient)
            ),
        ),
        *(
            Suspect(
                "The arrays come back in another order. Keep the order of `gradient`.",
                _backwards(if_small),
            )
            for if_small in (False, True)
        ),
        Suspect(
            "Nothing is clipped: the gradient comes back as it was, however long.",
            lambda gradient, most: _named(gradient),
        ),
    ),
    cases=8,
    tolerance=1e-5,  # PyTorch's own rule, most / (norm + 1e-6), is right too
    start="First the norm over all arrays; then one factor for all of them.",
)


# ---- mend ----------------------------------------------------------------------------

MEND_SIZES = [(2, 4, 6, 8), (3, 4, 2, 3), (4, 5, 3, 2), (1, 2, 1, 2)]


def _draw_mend(rng, case):
    batch, n_steps, n_in, n_hidden = MEND_SIZES[case]
    # Small numbers: else an update that is not bounded magnifies rounding errors.
    inputs = {
        "x": 0.3 * rng.normal(size=(batch, n_steps, n_in)),
        "target": 0.5 * rng.uniform(-1, 1, (batch, n_hidden)),
        "w_x": 0.3 * rng.normal(size=(n_in, n_hidden)),
        "w_h": 0.3 * rng.normal(size=(n_hidden, n_hidden)),
    }
    most = (0.1, 0.2, None, 0.05)[case]
    if most is None:  # nothing to clip
        most = 1.5 * float(_norm(_gradient(**inputs)[1]))
    return inputs | {"most": most}


def _updated(answer, inputs, *, ur, new_layer, weights_of):
    """Make two updates of a layer; return the loss and what each update moved."""
    layer, optimizer = new_layer(inputs["w_x"], inputs["w_h"])
    x, target = (ur.tensor(inputs[k].astype(np.float32)) for k in ("x", "target"))
    found, names = {}, ("first update", "second update")
    for name in names:
        before = weights_of(layer)
        loss = answer(layer, optimizer, x, target, inputs["most"])
        if name == names[0]:
            several = isinstance(loss, tuple | list)
            found["loss"] = (0.0,) * len(loss) if several else _number(loss, ur)
        after = weights_of(layer)
        pairs = zip(("w_x", "w_h"), before, after, strict=True)
        found[name] = {key: now - old for key, old, now in pairs}
    return found


def _number(loss, ur):
    return None if loss is None else np.asarray(ur.array(loss))


def _gradient(x, target, w_x, w_h, every=False):
    """Return the loss and its gradients; the cell has no bias.

    With `every`, the loss looks at every state and not only at the last.
    """
    h, states = np.zeros_like(target), []
    for t in range(x.shape[1]):
        states.append(h)
        h = np.tanh(x[:, t] @ w_x + h @ w_h)
    loss, d = ((h - target) ** 2).sum(), 2 * (h - target)
    if every:
        loss += sum(((s - target) ** 2).sum() for s in states[1:])
    d_x, d_h = np.zeros_like(w_x), np.zeros_like(w_h)
    for t in reversed(range(x.shape[1])):
        d = d * (1 - h**2)
        d_x += x[:, t].T @ d
        d_h += states[t].T @ d
        d, h = d @ w_h.T, states[t]
        d = d + 2 * (h - target) * (every and t > 0)
    return loss, (d_x, d_h)


def _limited(parts, most):
    return [g * min(1.0, most / max(_norm(parts), 1e-30)) for g in parts]


def _two_updates(used, rate=1.0, scale=None, every=False, late=False):
    """Return what two updates move, if `used(kept, new, most)` is the gradient used.

    `kept` is what was used before: a gradient that is not forgotten adds up. The loss
    is multiplied by `scale(target)`, and computed after the update if it is `late`.
    """

    def formula(x, target, w_x, w_h, most):
        # float64 throughout; the layer's own float32 is within the tolerance.
        x, target, w_x, w_h = (np.asarray(a, float) for a in (x, target, w_x, w_h))
        found, kept = {}, [0 * w_x, 0 * w_h]
        for name in ("first update", "second update"):
            loss, new = _gradient(x, target, w_x, w_h, every)
            size = 1.0 if scale is None else scale(target)
            kept = used(kept, [size * g for g in new], most)
            w_x, w_h = w_x - rate * kept[0], w_h - rate * kept[1]
            if late:
                loss, _ = _gradient(x, target, w_x, w_h)
            found.setdefault("loss", size * loss)
            found[name] = {"w_x": -rate * kept[0], "w_h": -rate * kept[1]}
        return found

    return formula


def _apart(parts, most):
    return [_limited([g], most)[0] for g in parts]


def _sum(a, b):
    return [x + y for x, y in zip(a, b, strict=True)]


def _clipped_new(kept, new, most):
    return _limited(new, most)


MENDED = _two_updates(_clipped_new)

mend = Check(
    name="mend",
    draw=_draw_mend,
    call=_updated,
    reference=MENDED,
    suspects=(
        Suspect(
            "The update is not bounded at all: what was clipped is not what was used. "
            "Clip after the backward pass and before the step, and apply what you "
            "clipped.",
            _two_updates(lambda kept, new, most: new),
        ),
        Suspect(
            "Each array is bounded by itself, so the direction turns and the whole is "
            "too long. Clip all arrays together, by one norm.",
            _two_updates(lambda kept, new, most: _apart(new, most)),
        ),
        Suspect(
            "You cut every number at ±most, which turns the direction. Clip by the "
            "norm of the whole gradient.",
            _two_updates(
                lambda kept, new, most: [np.clip(g, -most, most) for g in new]
            ),
        ),
        Suspect(
            "The last gradient is kept and the new one added to it: the second update "
            "goes wrong. Set the gradients to zero (`optimizer.zero_grad()`) before "
            "the backward pass.",
            _two_updates(lambda kept, new, most: _limited(_sum(kept, new), most)),
        ),
        Suspect(
            "You clip the *last* gradient and then add the new one, which nobody "
            "clips. Set the gradients to zero, go backward, then clip.",
            _two_updates(
                lambda kept, new, most: _sum(_limited(kept, most), new),
            ),
        ),
        Suspect(
            "You clip each array of the *last* gradient and then add the new one, "
            "which nobody clips. Set the gradients to zero, go backward, then clip "
            "all arrays together.",
            _two_updates(lambda kept, new, most: _sum(_apart(kept, most), new)),
        ),
        Suspect(
            "The bounds of the two arrays are each right, but the last gradient is "
            "kept and the new one added to it. Set the gradients to zero, and clip "
            "all arrays together.",
            _two_updates(lambda kept, new, most: _apart(_sum(kept, new), most)),
        ),
        Suspect(
            "The gradient is kept from update to update, and never bounded. Set it to "
            "zero, go backward, clip, step.",
            _two_updates(lambda kept, new, most: _sum(kept, new)),
        ),
        Suspect(
            "Nothing moves: is there a step, and are the gradients still there when it "
            "is made?",
            _two_updates(lambda kept, new, most: [0 * g for g in new]),
        ),
        Suspect(
            "You clip at 1, whatever `most` says.",
            _two_updates(lambda kept, new, most: _limited(new, 1.0)),
        ),
        Suspect(
            "Each call makes two steps. One call, one step.",
            _two_updates(lambda kept, new, most: [2 * g for g in _limited(new, most)]),
        ),
        Suspect(
            "Only the first state is compared with the target. The loss looks at the "
            "last one, `h[:, -1]`.",
            lambda x, target, w_x, w_h, most: MENDED(x[:, :1], target, w_x, w_h, most),
        ),
        Suspect(
            "The update climbs: it adds the gradient, and should subtract it.",
            _two_updates(lambda kept, new, most: _limited(new, most), rate=-1.0),
        ),
        Suspect(
            "`loss` is halved. It is the squared distance, summed, as in `patient`.",
            _two_updates(_clipped_new, scale=lambda target: 0.5),
        ),
        Suspect(
            "`loss` is a mean. It is the squared distance, summed, as in `patient`.",
            _two_updates(_clipped_new, scale=lambda target: 1 / target.size),
        ),
        Suspect(
            "Every state is compared with the target. The loss looks at the last one, "
            "`h[:, -1]`.",
            _two_updates(_clipped_new, every=True),
        ),
        Suspect(
            "The loss is computed again after the update. Return the one that the "
            "update was made from.",
            _two_updates(_clipped_new, late=True),
        ),
        Suspect(
            "Only the first array is clipped. Clip all arrays together, by one norm.",
            _two_updates(lambda kept, new, most: [_limited(new[:1], most)[0], new[1]]),
        ),
        Suspect(
            "A small gradient is made longer: yours always has the norm `most`. Only "
            "long ones are to be scaled.",
            _two_updates(
                lambda kept, new, most: [g * (most / _norm(new)) for g in new]
            ),
        ),
    ),
    cases=len(MEND_SIZES),
    tolerance=1e-5,
    tolerance32=1e-5,
    start="Copy `patient`. What is clipped, by which norm, and what does the step use?",
)


# ---- learn ---------------------------------------------------------------------------

N_STEPS, N_UPDATES, LEAST = 30, 200, 0.9
FAR = 600  # a plain cell forgets over so many steps of noise; a gated one may not


def _draw_learn(rng, case):
    return {"n_steps": N_STEPS, "seed": case + 1}


def _data(n_steps, seed):
    """Return the batches to train on, then new sequences with their answers.

    First some of the length trained on, then some that are too long.
    """
    rng = np.random.default_rng(seed)
    batches = [_recall(64, n_steps, rng) for _ in range(N_UPDATES)]
    return batches, _recall(500, n_steps, rng), _recall(60, FAR, rng)


def _without_answers(inputs):
    batches, (x, _), (far, _) = _data(**inputs)
    return {"batches": batches, "x": x, "far": far, "seed": inputs["seed"]}


def _recall(n, n_steps, rng):
    first = rng.integers(0, 4, (n, 1))
    noise = rng.integers(4, 8, (n, n_steps))
    ids = np.concatenate([first, noise], axis=1)
    return np.eye(8, dtype=np.float32)[ids], first[:, 0]


def _learned(answer, inputs, *, ur):
    """Train; return the logits for new sequences."""
    batches, x, far, seed = inputs.values()
    ur.seed(seed)
    model = answer([tuple(map(ur.tensor, batch)) for batch in batches])
    if model is None:
        return None
    if isinstance(model, type):
        return {"instead": f"the class `{model.__name__}`"}
    if not callable(model):
        return {"instead": f"a {type(model).__name__}"}
    ur.ready(model)
    noise = np.concatenate([np.roll(x[:, :1], 1, axis=0), x[:, 1:]], axis=1)
    first, last = far.copy(), far.copy()  # another symbol of noise, early or late
    first[:, 1], last[:, -1] = (np.roll(far[:, t], 1, axis=0) for t in (1, -1))
    parts = (x, noise, first, last, far)
    said = [np.asarray(ur.array(model(ur.tensor(part)))) for part in parts]
    names = ("logits", "other start", "other first noise", "other last noise", "far")
    return dict(zip(names, said, strict=True))


def _is_a_model(inputs, value):
    if "instead" in value:
        return (
            f"`learn` returned {value['instead']}; expected the trained model itself."
        )
    _, (_, y), _ = _data(**inputs)
    shape, wanted = value["logits"].shape, (len(y), 4)
    if shape != wanted:
        more = ""
        if len(shape) == 3:
            more = " Answer once, from the last state, not at every step."
        return (
            f"The model gives an array of shape {shape}; expected {wanted} (batch, 4): "
            f"one row of logits for each sequence.{more}"
        )
    if not np.isfinite(value["logits"]).all():
        return (
            "The model gives nan or inf: the training diverged. Bound the gradient's "
            "norm, or lower the learning rate."
        )
    return None


def _are_logits(inputs, value):
    logits = value["logits"]
    if (logits >= 0).all() and np.allclose(logits.sum(axis=-1), 1, atol=1e-4):
        return (
            "Your model returns probabilities: each row sums to 1. Return logits; the "
            "loss applies the softmax (`from_logits=True` in Keras)."
        )
    if (logits >= 0).all() and np.allclose(logits.sum(axis=0), 1, atol=1e-4):
        return (
            "Your model applies a softmax over the batch: each column sums to 1. "
            "Return logits, without a softmax."
        )
    return None


def _from_the_last_state(inputs, value):
    """Refuse a model that has nothing to remember, since it hears the answer last."""
    _, _, (_, y) = _data(**inputs)
    far = np.mean(value["far"].argmax(-1) == y)
    early, late = (
        np.abs(value[f"other {which} noise"] - value["far"]).mean()
        for which in ("first", "last")
    )
    if far < LEAST or late > 0.03 * early + 1e-9:
        return None
    return (
        f"{far:.2f} of the answers are right even after {FAR} steps of noise, and the "
        "last symbols hardly change them: the answer does not come from the last state "
        "of a forward reading. Read from the first symbol to the last, and answer from "
        "`h[:, -1]`."
    )


def _learned_enough(inputs, value):
    logits, (_, (_, y), _) = value["logits"], _data(**inputs)
    right = np.mean(logits.argmax(-1) == y)
    if right >= LEAST:
        return None
    said = (
        f"After {inputs['n_steps']} steps of noise {right:.2f} of the answers are "
        f"right; {LEAST} is asked, guessing has 0.25. "
    )
    if same(logits, value["other start"], 1e-3 * max(1e-9, np.abs(logits).max())):
        return said + (
            "The answer does not depend on the first symbol: nothing of it is left in "
            "the state. From which recurrent matrix does the layer start, and what is "
            "its spectral radius? Are the updates wrong: the last gradient kept (no "
            "`zero_grad()` in PyTorch), the rate too high, `from_logits=True` missing "
            "in Keras? Or does it not read all of `x`, along the time axis "
            "(`batch_first=True` in PyTorch)?"
        )
    if right > 0.4:
        return (
            said
            + "It has begun to learn: is the learning rate too low or too high, the "
            "network too small, or the last gradient kept (`zero_grad()` in PyTorch)?"
        )
    return said + (
        "The first symbol reaches the answer, and is not used rightly. Are the updates "
        "applied to the model that you return, 200 of them, neither too large nor too "
        "small, and is `y` the target?"
    )


learn = Check(
    name="learn",
    draw=_draw_learn,
    call=_learned,
    given=_without_answers,
    properties=(_is_a_model, _are_logits, _learned_enough, _from_the_last_state),
    cases=2,  # with luck a poor start may get through once
    free=True,
    start="The parts: a layer with a careful start, a readout, clipped updates.",
)
