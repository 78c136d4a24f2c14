// What only the interviewer's console does: answers that cannot be lost, five seconds to take back, all keys by name.
import { watchConnection } from "./connection.js";
import { offerHelp } from "./help.js";
import { Outbox, fetchSignedIn } from "./outbox.js";
import { offerPalette } from "./palette.js";
import { offerRecordings } from "./player.js";
import { runStopwatch, writeTimes } from "./stopwatch.js";
import { offerUndo, watchUndo } from "./undo.js";

const KEPT = new Set(["/desk/answer", "/desk/mark"]);
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

function takeBackMark() {
  fetchSignedIn("/desk/mark/take-back", { method: "POST", headers: HEADERS }).then(refresh, refresh);
}

function goBack() {
  document.querySelector("#go-back")?.requestSubmit();
}

// Everything the desk sends goes through here; htmx itself only draws what comes back.
function takeOver(event) {
  const { ctx } = event.detail;
  const address = ctx.request.action;
  if (!address.startsWith("/desk")) return;
  if (!KEPT.has(address)) {
    ctx.fetch = fetchSignedIn;
    return;
  }
  const { body } = ctx.request;
  if (address === "/desk/answer") writeTimes(body);
  else body.set("client_key", newKey());
  // However long it takes: the time limit of a request must not give an answer up.
  clearTimeout(ctx.requestTimeout);
  const headers = Object.fromEntries(new Headers(ctx.request.headers));
  ctx.fetch = async () => {
    const reply = await outbox.send(address, body, headers);
    if (reply.ok) offer(address, ctx.sourceElement, ctx.sourceEvent);
    return reply;
  };
}

function offer(address, form, event) {
  if (address === "/desk/answer") offerUndo(words.answer, goBack);
  else offerUndo(`${words.mark} ${event?.submitter?.dataset.said ?? ""}`, takeBackMark);
}

async function sendWhatWasLeft() {
  if (!outbox.entries.length) return;
  const refused = await outbox.empty();
  refresh();
  const box = document.querySelector("#refused");
  const list = box.querySelector("ul");
  for (const entry of refused) {
    const sent = new URLSearchParams(entry.body);
    const row = document.createElement("li");
    const given = ["text", "words", "status", "kind", "rating"].map((name) => sent.get(name));
    row.textContent = [sent.get("question") ?? sent.get("about"), ...sent.getAll("code"), ...given].filter(Boolean).join(" · ");
    list.append(row);
  }
  box.hidden = refused.length === 0;
  box.querySelector("button").addEventListener("click", () => { box.hidden = true; });
}

document.addEventListener("htmx:before:request", takeOver);
addEventListener("beforeunload", (event) => {
  if (outbox.entries.length) event.preventDefault();
});
watchConnection();
watchUndo();
runStopwatch();
offerRecordings(note);
offerPalette();
offerHelp();
sendWhatWasLeft();
