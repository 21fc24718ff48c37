// Quizzes that are answered on the page. Nothing is kept or sent.
"use strict";

function typeset(element) {
  if (window.MathJax && MathJax.typesetPromise) MathJax.typesetPromise([element]);
}

function say(form, right, text) {
  const said = form.querySelector(".said");
  said.className = "said " + (right ? "right" : "wrong");
  said.innerHTML = text;
  typeset(said);
}

function choices(form) {
  const inputs = [...form.querySelectorAll("input")];
  if (!inputs.some((input) => input.checked)) return say(form, false, "Choose first.");
  for (const input of inputs) {
    const why = input.closest("label").nextElementSibling;
    why.hidden = !input.checked;
    if (input.checked) typeset(why);
  }
  const wrong = inputs.filter((i) => i.checked !== (i.dataset.right === "1"));
  const missed = wrong.filter((input) => !input.checked).length;
  if (!wrong.length) return say(form, true, "Right.");
  const more = wrong.length === missed ? " What you chose is right, and more is." : "";
  say(form, false, "Not yet." + more);
}

function order(form) {
  const places = [...form.querySelectorAll("select")];
  if (places.some((place) => !place.value)) return say(form, false, "Number all of them.");
  let wrong = 0;
  for (const place of places) {
    const right = place.value === place.dataset.place;
    const why = place.closest("label").nextElementSibling;
    why.hidden = !right;
    if (right) typeset(why);
    if (!right) wrong += 1;
  }
  const text = wrong ? wrong + " stand at a wrong place. Those that are right say why." : "Right.";
  say(form, wrong === 0, text);
}

function number(form) {
  const input = form.querySelector("input");
  const value = Number(input.value.trim().replace(",", "."));
  if (input.value.trim() === "" || Number.isNaN(value)) {
    return say(form, false, "Type a number, as 0.5 or 1e-3.");
  }
  const reach = Number(input.dataset.tolerance);
  const near = (one) =>
    Math.abs(value - one.value) <= reach * (1 + 1e-9) + 1e-12 * Math.abs(one.value);
  const known = JSON.parse(input.dataset.known);
  const found = known.find(near);
  if (found && found.right) return say(form, true, "Right. " + found.why);
  if (found) return say(form, false, "Not yet. " + found.why);
  const right = known.find((one) => one.right);
  const about = reach ? " (± " + reach + ")" : "";
  say(
    form,
    false,
    "Not yet. <details><summary>The answer, and why</summary>" +
      right.value + about + ". " + right.why + "</details>"
  );
}

const ASK = { single: choices, multiple: choices, order: order, numeric: number };

document.addEventListener("submit", (event) => {
  const form = event.target.closest("form.quiz");
  if (!form) return;
  event.preventDefault();
  ASK[form.dataset.kind](form);
});

// The track that was chosen, for the next visit too.
const TRACK = "unrolled-track";
document.addEventListener("DOMContentLoaded", () => {
  const chosen = localStorage.getItem(TRACK);
  if (chosen) {
    const label = document.querySelector(
      'label.sd-tab-label[data-sync-id="' + CSS.escape(chosen) + '"]'
    );
    if (label) label.click();
  }
  document.querySelectorAll("label.sd-tab-label[data-sync-id]").forEach((label) => {
    label.addEventListener("click", () => localStorage.setItem(TRACK, label.dataset.syncId));
  });
});

// The theme's arrows in the list of pages have no name for who cannot see them.
document.addEventListener("DOMContentLoaded", () => {
  document.querySelectorAll("nav summary").forEach((arrow) => {
    const link = arrow.closest("li")?.querySelector("a");
    if (!arrow.textContent.trim()) {
      arrow.setAttribute("aria-label", "Pages of " + (link ? link.textContent.trim() : "it"));
    }
  });
});

// The first page's text is written letter by letter, unless somebody wants no motion.
document.addEventListener("DOMContentLoaded", () => {
  const block = document.querySelector("pre.writes");
  if (!block || matchMedia("(prefers-reduced-motion: reduce)").matches) return;
  const text = block.textContent;
  block.style.minHeight = block.offsetHeight + "px";
  let shown = 0;
  const timer = setInterval(() => {
    shown += 1;
    block.textContent = text.slice(0, shown);
    if (shown >= text.length) clearInterval(timer);
  }, 18);
});
