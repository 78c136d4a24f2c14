// Live regions: <main data-live="/live/desk"> opens one stream; `changed` names the parts that changed, and each
// element with data-part of that name is told, so that its own hx-get fetches it again. No markup travels here.
// When the stream falls silent the page says so, and everything is fetched once it speaks again.

const SECOND = 1000;

function tell(root, names) {
  for (const part of root.querySelectorAll("[data-part]")) {
    if (!names || names.includes(part.dataset.part)) part.dispatchEvent(new CustomEvent("live"));
  }
}

function showSilence(root, since) {
  for (const mark of root.querySelectorAll("[data-stale]")) {
    mark.hidden = since === null;
    const when = mark.querySelector("time");
    if (since !== null && when) when.textContent = new Date(since).toTimeString().slice(0, 8);
  }
}

export function followLive(root) {
  const region = root.querySelector("[data-live]");
  if (!region) return;
  const patience = Number(region.dataset.patience ?? 10) * SECOND;
  let heard = Date.now();
  let silent = false;

  const hear = () => {
    heard = Date.now();
    if (!silent) return;
    silent = false;
    showSilence(root, null);
    tell(root, null);
  };

  let stream = null;
  const open = () => {
    stream?.close();
    stream = new EventSource(region.dataset.live);
    stream.addEventListener("open", hear);
    stream.addEventListener("beat", hear);
    stream.addEventListener("changed", (event) => {
      hear();
      tell(root, event.data.split(" "));
    });
  };
  open();
  // A session that ended ends the stream for good; whoever has signed in again in place goes on with a new one.
  root.addEventListener("signed-in", open);

  setInterval(() => {
    if (silent || Date.now() - heard < patience) return;
    silent = true;
    showSilence(root, heard);
  }, SECOND);
  addEventListener("pagehide", () => stream.close());
}
