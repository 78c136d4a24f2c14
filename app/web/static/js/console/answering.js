// An answer: sent through the outbox, whatever becomes of the net, and followed by the next question.
import { deskIsDrawn, follows, giveDrawingUp, isDeskStale, whatWasDone } from "./order.js";
import { BROKEN, HEADERS } from "./outbox.js";
import { follow, writeTimes } from "./stopwatch.js";

const QUESTION_ALONE = "X-Question-Alone";

let untaken = [];

// htmx takes the new forms over once the question is on the screen: the interviewer reads it first. Whoever is quicker
// than that finds them taken over all the same.
export function takeFormsOver() {
  const parts = untaken;
  untaken = [];
  parts.forEach((part) => htmx.process(part));
}

// A part of what came that belongs elsewhere on the desk.
function putInPlace(template) {
  const part = template.content.firstElementChild;
  document.querySelector(`#desk ${template.dataset.inPlaceOf}`).replaceWith(part);
  template.remove();
  return part;
}

function drawQuestion(html) {
  const work = document.querySelector("#desk .work");
  const drawn = new DOMParser().parseFromString(html, "text/html");
  const parts = [work, ...[...drawn.querySelectorAll("template[data-in-place-of]")].map(putInPlace)];
  work.replaceChildren(...drawn.body.childNodes);
  untaken.push(...parts);
  follow();
  for (const part of parts) part.dispatchEvent(new CustomEvent("drawn", { bubbles: true }));
  requestAnimationFrame(() => setTimeout(takeFormsOver));
}

async function draw(reply) {
  const text = await reply.text();
  if (reply.headers.has(QUESTION_ALONE)) return drawQuestion(text);
  const target = document.querySelector(reply.headers.get("HX-Retarget") ?? "#desk");
  await htmx.swap({ text, target, sourceElement: target, swap: reply.headers.get("HX-Reswap") ?? "outerMorph" });
  deskIsDrawn();
}

// Tells `saved` what was saved, and `broken` what the server breaks on.
async function deliver(outbox, form, body, { saved, broken }) {
  try {
    const reply = await outbox.send("/desk/answer", body, HEADERS, whatWasDone());
    if (!reply.ok) delete form.dataset.sent;
    if (reply.status >= BROKEN) return broken(body);
    if (reply.ok) saved(body);
    await draw(reply);
  } catch (error) {
    delete form.dataset.sent;
    throw error;
  }
}

// How long the answer took ends with the key, whatever it waits for from here on.
export function sendAnswer(outbox, form, submitter, tell) {
  if (form.dataset.sent) return;
  form.dataset.sent = "yes";
  writeTimes(form);
  giveDrawingUp();
  const body = new URLSearchParams(new FormData(form, submitter));
  // Without it the whole desk is drawn.
  if (isDeskStale()) body.delete("unrated");
  follows(deliver(outbox, form, body, tell));
}
