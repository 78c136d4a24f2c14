// The check of microphone, loudspeaker and connection at the start of a shift; what it finds is kept.

const LISTEN_MS = 2000;
const LOUD_ENOUGH = 0.01; // root mean square of a spoken word in a quiet room, on a scale from 0 to 1
const ROUND_TRIPS = 5;

function pause(milliseconds) {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}

async function measureLatency() {
  const times = [];
  for (let trip = 0; trip < ROUND_TRIPS; trip += 1) {
    const started = performance.now();
    await fetch("/health/live", { cache: "no-store" });
    times.push(performance.now() - started);
  }
  return Math.round(times.sort((a, b) => a - b)[Math.floor(ROUND_TRIPS / 2)]);
}

async function loudest(context, stream) {
  const ear = new AnalyserNode(context, { fftSize: 2048 });
  context.createMediaStreamSource(stream).connect(ear);
  const samples = new Float32Array(ear.fftSize);
  let found = 0;
  for (const end = performance.now() + LISTEN_MS; performance.now() < end; await pause(50)) {
    ear.getFloatTimeDomainData(samples);
    found = Math.max(found, Math.sqrt(samples.reduce((sum, value) => sum + value * value, 0) / samples.length));
  }
  return found;
}

// Record while the interviewer speaks and play it back: what they hear is what respondents hear.
async function hearOneself(context, stream) {
  const recorder = new MediaRecorder(stream);
  const parts = [];
  recorder.addEventListener("dataavailable", (event) => parts.push(event.data));
  const stopped = new Promise((resolve) => recorder.addEventListener("stop", resolve, { once: true }));
  recorder.start();
  const level = await loudest(context, stream);
  recorder.stop();
  await stopped;
  const sound = new Audio(URL.createObjectURL(new Blob(parts, { type: recorder.mimeType })));
  await sound.play();
  return level;
}

async function tryOut(dialog) {
  dialog.dataset.stage = "speaking";
  let level = 0;
  try {
    const stream = await navigator.mediaDevices.getUserMedia({ audio: true });
    const context = new AudioContext();
    level = await hearOneself(context, stream);
    for (const track of stream.getTracks()) track.stop();
  } catch {
    level = 0;
  }
  dialog.querySelector("[name=microphone]").value = String(level >= LOUD_ENOUGH);
  const latency = await measureLatency();
  dialog.querySelector("[name=latency_ms]").value = latency;
  for (const place of dialog.querySelectorAll("[data-latency]")) place.textContent = latency;
  dialog.dataset.stage = level >= LOUD_ENOUGH ? "heard" : "silent";
}

async function keep(dialog) {
  const form = new FormData(dialog.querySelector("form"));
  const result = {
    microphone: form.get("microphone") === "true",
    speaker: form.has("heard"),
    echo: form.has("heard") && form.get("microphone") === "true",
    latency_ms: Number(form.get("latency_ms") || 0),
  };
  const reply = await fetch("/api/v1/desk/device-checks", {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(result),
  });
  if (reply.ok) dialog.close();
  else dialog.dataset.stage = "failed";
}

export function offerHeadsetCheck(root) {
  const dialog = root.querySelector("#headset");
  if (!dialog) return;
  root.querySelector("[data-check-headset]").addEventListener("click", () => {
    dialog.dataset.stage = "begin";
    dialog.showModal();
  });
  dialog.querySelector("[data-begin]").addEventListener("click", () => tryOut(dialog));
  dialog.querySelector("[data-keep]").addEventListener("click", () => keep(dialog));
  dialog.querySelector("[data-cancel]").addEventListener("click", () => dialog.close());
}
