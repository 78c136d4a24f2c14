// What only the interviewer's console does: answers that cannot be lost, five seconds to take back, all keys by name.
import { watchConnection } from "./connection.js";
import { offerHelp } from "./help.js";
import { BROKEN, Outbox, fetchSignedIn } from "./outbox.js";
import { offerPalette } from "./palette.js";
import { offerRecordings } from "./player.js";
import { runStopwatch, writeTimes } from "./stopwatch.js";
import { holdsOutcome, offerUndo, sayNotTakenBack, sendAtLast, watchUndo } from "./undo.js";
import { watchWrapUp } from "./wrapup.js";

const KEPT = new Set(["/desk/answer", "/desk/mark"]);
const NOTHING_TO_DRAW = 204;
const DESK = "/desk";
const HEADERS = { "HX-Request": "true", Accept: "text/html" };

const words = document.querySelector("#undo").dataset;
const outbox = new Outbox(document.querySelector("#main").dataset.person);

function newKey() {
  return `${Date.now().toString(36)}-${Math.random().toString(36).slice(2)}`;
}

function refresh() {
  document.querySelector("#desk")?.dispatchEvent(new CustomEvent("live"));
}

function note(kind, question) {
  const interview = document.querySelector("#desk input[name=interview]")?.value ?? "";
  const sent = new URLSearchParams({ interview, kind, about: question, client_key: newKey() });
  return outbox.send("/desk/mark", sent, HEADERS).then(refresh);
}

function post(address, fields) {
  return fetchSignedIn(address, { method: "POST", headers: HEADERS, body: new URLSearchParams(fields) });
}

async function playIntoCall(fields) {
  const reply = await post("/desk/play", fields);
  refresh();
  return reply.ok;
}

// The desk that is being fetched while something is sent: it would be old when it comes, so nothing waits for it. What
// it would have shown is then drawn with the answer.
let drawing = null;
let isStale = false;

async function draw(address, request) {
  const mine = new AbortController();
  drawing = mine;
  try {
    const reply = await fetchSignedIn(address, { ...request, signal: AbortSignal.any([mine.signal, request.signal].filter(Boolean)) });
    isStale = false;
    return reply;
  } finally {
    if (drawing === mine) drawing = null;
  }
}

function stopDrawing() {
  if (drawing === null) return;
  drawing.abort();
  isStale = true;
}

// Everything the desk sends goes through here; htmx itself only draws what comes back.
function takeOver(event) {
  const { ctx } = event.detail;
  const address = ctx.request.action;
  if (!address.startsWith("/desk")) return;
  if (!KEPT.has(address)) {
    ctx.fetch = ctx.request.method === "GET" && address === DESK ? draw : fetchSignedIn;
    return;
  }
  const { body } = ctx.request;
  // Without it the whole desk is drawn.
  if (isStale) body.delete("unrated");
  if (address === "/desk/mark") {
    body.set("client_key", newKey());
    if (body.has("about")) body.set("about", document.querySelector("#desk input[name=question]").value);
  }
  // However long it takes: the time limit of a request must not give an answer up.
  clearTimeout(ctx.requestTimeout);
  const headers = Object.fromEntries(new Headers(ctx.request.headers));
  ctx.fetch = async () => {
    const form = ctx.sourceElement.closest("form");
    try {
      const reply = await outbox.send(address, body, headers);
      if (!reply.ok) delete form.dataset.sent;
      if (reply.status >= BROKEN) {
        showRefused([{ body }]);
        return new Response(null, { status: NOTHING_TO_DRAW });
      }
      if (reply.ok) offer(address, body, ctx.sourceEvent);
      if (!reply.headers.has("HX-Retarget")) isStale = false;
      return reply;
    } catch (error) {
      delete form.dataset.sent;
      throw error;
    }
  };
}

function offer(address, body, event) {
  const isAnswer = address === "/desk/answer";
  const said = isAnswer ? words.answer : `${words.mark} ${event?.submitter?.dataset.said ?? ""}`;
  offerUndo(said, () => {
    const back = isAnswer
      ? post("/desk/back", { to: body.get("question") })
      : post("/desk/mark/take-back", { client_key: body.get("client_key") });
    back.then((reply) => reply.ok || sayNotTakenBack(), sayNotTakenBack).finally(refresh);
  });
}

// Before htmx queues it: how long the answer took ends with the key, whatever it waits for from here on.
function onSubmit(event) {
  const address = event.target.getAttribute("action");
  if (!KEPT.has(address)) return;
  if (address === "/desk/answer") {
    if (event.target.dataset.sent) {
      event.preventDefault();
      event.stopImmediatePropagation();
      return;
    }
    event.target.dataset.sent = "yes";
    writeTimes(event.target);
  }
  stopDrawing();
}

function showRefused(refused) {
  const box = document.querySelector("#refused");
  const list = box.querySelector("ul");
  for (const entry of refused) {
    const sent = new URLSearchParams(entry.body);
    const row = document.createElement("li");
    const given = ["text", "words", "status", "kind", "rating"].map((name) => sent.get(name));
    row.textContent = [sent.get("question") ?? sent.get("about"), ...sent.getAll("code"), ...given].filter(Boolean).join(" · ");
    list.append(row);
  }
  box.hidden = list.children.length === 0;
}

function watchRefused() {
  const box = document.querySelector("#refused");
  box.querySelector("button").addEventListener("click", () => {
    box.hidden = true;
    box.querySelector("ul").replaceChildren();
  });
}

async function sendWhatWasLeft() {
  if (!outbox.entries.length) return;
  const refused = await outbox.empty();
  refresh();
  showRefused(refused);
}

document.addEventListener("submit", onSubmit, true);
document.addEventListener("htmx:before:request", takeOver);
addEventListener("beforeunload", (event) => {
  if (outbox.entries.length || holdsOutcome()) event.preventDefault();
});
watchConnection();
watchRefused();
watchUndo();
watchWrapUp(sendAtLast);
runStopwatch();
offerRecordings({ note, playIntoCall });
offerPalette();
offerHelp();
sendWhatWasLeft();
