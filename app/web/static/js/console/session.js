// The session ended in the middle of the work: sign in again where you are, as the same person, and go on.

let waiting = null;
const stay = (event) => event.preventDefault();

function ask(dialog) {
  return new Promise((resolve) => {
    const form = dialog.querySelector("form");
    dialog.dataset.stage = "ask";
    form.password.value = "";
    // Whoever closes it would be left with answers that cannot go out; a second Escape closes it all the same.
    const open = () => {
      dialog.showModal();
      form.password.focus();
    };
    dialog.addEventListener("cancel", stay);
    dialog.addEventListener("close", open);
    open();
    const submit = async (event) => {
      event.preventDefault();
      const body = JSON.stringify({ login: form.login.value, password: form.password.value });
      let reply = null;
      try {
        reply = await fetch("/api/v1/sessions", { method: "POST", headers: { "Content-Type": "application/json" }, body });
      } catch {
        reply = null;
      }
      form.password.value = "";
      if (!reply?.ok) {
        dialog.dataset.stage = reply ? "refused" : "unreached";
        return;
      }
      form.removeEventListener("submit", submit);
      dialog.removeEventListener("close", open);
      dialog.close();
      document.dispatchEvent(new Event("signed-in"));
      resolve();
    };
    form.addEventListener("submit", submit);
  });
}

export function signInAgain() {
  waiting ??= ask(document.querySelector("#sign-in-again")).finally(() => {
    waiting = null;
  });
  return waiting;
}
