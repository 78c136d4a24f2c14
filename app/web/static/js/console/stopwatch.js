//# allFunctionsCalledOnLoad
// How long it took to read the question, and from there to the answer, by this page's own clock: what waits for the
// net is not slow. F2 marks the last word read, and so does a recording that has come to its end.

let question = null;
let shownAt = 0;
let readAt = null;

// The form of the question on the screen.
export const questionForm = () => document.querySelector("#desk form[action='/desk/answer']");

function nameOf(form) {
  return form ? `${form.question.value}:${form.sequence.value}` : null;
}

// Which question is asked, told from the same one asked again.
export const asked = () => nameOf(questionForm());

export function endReading() {
  readAt ??= performance.now();
  document.querySelector("[data-read-end]")?.setAttribute("aria-pressed", "true");
}

// Returns how to set the stopwatch back to where it stands now.
export function timesSoFar() {
  const stands = [question, shownAt, readAt];
  return () => { [question, shownAt, readAt] = stands; };
}

// A question that is drawn again is not shown anew.
export function follow() {
  const name = nameOf(questionForm());
  if (name !== question) {
    question = name;
    shownAt = performance.now();
    readAt = null;
  }
  document.querySelector("[data-read-end]")?.setAttribute("aria-pressed", String(readAt !== null));
}

export function writeTimes(form) {
  const now = performance.now();
  form.latency_ms.value = String(Math.round(now - (readAt ?? shownAt)));
  form.reading_ms.value = readAt === null ? "" : String(Math.round(readAt - shownAt));
}

export function runStopwatch() {
  document.addEventListener("htmx:after:settle", follow);
  document.addEventListener("click", (event) => {
    if (event.target.closest?.("[data-read-end], [hx-post='/desk/say']")) endReading();
  });
  follow();
}
