// What only the interviewer's console does: answers that cannot be lost, five seconds to take back, all keys by name.
import { watchConnection } from "./connection.js";
import { offerHelp } from "./help.js";
import { Outbox, fetchSignedIn } from "./outbox.js";
import { offerPalette } from "./palette.js";
import { offerRecordings } from "./player.js";
import { runStopwatch, writeTimes } from "./stopwatch.js";
import { offerUndo, sendOutcome, watchUndo } from "./undo.js";
import { watchWrapUp } from "./wrapup.js";

const KEPT = new Set(["/desk/answer", "/desk/mark"]);
const BROKEN = 500;
const NOTHING_TO_DRAW = 204;
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

async function playIntoCall() {
  const reply = await post("/desk/play", {});
  refresh();
  return reply.ok;
}

// The desk that is being fetched while something is sent: it would be old when it comes, so nothing waits for it.
let drawing = new AbortController();

function draw(address, request) {
  drawing = new AbortController();
  return fetchSignedIn(address, { ...request, signal: AbortSignal.any([drawing.signal, request.signal].filter(Boolean)) });
}

// Everything the desk sends goes through here; htmx itself only draws what comes back.
function takeOver(event) {
  const { ctx } = event.detail;
  const address = ctx.request.action;
  if (!address.startsWith("/desk")) return;
  if (!KEPT.has(address)) {
    ctx.fetch = ctx.request.method === "GET" ? draw : fetchSignedIn;
    return;
  }
  const { body } = ctx.request;
  if (address === "/desk/mark") {
    body.set("client_key", newKey());
    if (body.has("about")) body.set("about", document.querySelector("#desk input[name=question]").value);
  }
  // However long it takes: the time limit of a request must not give an answer up.
  clearTimeout(ctx.requestTimeout);
  const headers = Object.fromEntries(new Headers(ctx.request.headers));
  ctx.fetch = async () => {
    const reply = await outbox.send(address, body, headers);
    if (reply.status >= BROKEN) {
      delete ctx.sourceElement.closest("form").dataset.sent;
      showRefused([{ body }]);
      return new Response(null, { status: NOTHING_TO_DRAW });
    }
    if (reply.ok) offer(address, body, ctx.sourceEvent);
    return reply;
  };
}

function offer(address, body, event) {
  const isAnswer = address === "/desk/answer";
  const said = isAnswer ? words.answer : `${words.mark} ${event?.submitter?.dataset.said ?? ""}`;
  offerUndo(said, () => {
    const back = isAnswer
      ? post("/desk/back", { to: body.get("question") })
      : post("/desk/mark/take-back", { client_key: body.get("client_key") });
    back.then(refresh, refresh);
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
  drawing.abort();
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
  if (outbox.entries.length) event.preventDefault();
});
watchConnection();
watchRefused();
watchUndo();
watchWrapUp(sendOutcome);
runStopwatch();
offerRecordings({ note, playIntoCall });
offerPalette();
offerHelp();
sendWhatWasLeft();
