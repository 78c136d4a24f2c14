// Play the recording of a question, and note that it was played.
import { endReading } from "./stopwatch.js";

let sound = null;

async function play(button, note) {
  sound?.pause();
  sound = new Audio(button.dataset.play);
  sound.addEventListener("ended", endReading, { once: true });
  button.disabled = true;
  try {
    await sound.play();
    note("audio", document.querySelector("#desk input[name=question]")?.value ?? "");
  } catch {
    button.dataset.failed = "yes";
  } finally {
    button.disabled = false;
    button.focus();
  }
}

export function offerRecordings(note) {
  document.addEventListener("click", (event) => {
    const button = event.target.closest?.("[data-play]");
    if (button) play(button, note);
  });
}
