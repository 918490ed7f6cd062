// Shows what a chosen file holds, below it, before anything is saved. Without a script the next page shows the same.
import { token } from "./server.js";

export default function preview(place) {
  const input = place.querySelector("input[type=file]");
  const into = document.querySelector("[data-preview-into]");

  async function show() {
    into.replaceChildren();
    if (!input.files.length) return into.dispatchEvent(new Event("looked", { bubbles: true }));
    const data = new FormData();
    data.append("file", input.files[0]);
    const options = { method: "POST", body: data, headers: { "X-CSRFToken": token() }, redirect: "manual" };
    const answer = await fetch(place.dataset.preview, options).catch(() => null);
    if (answer?.ok) into.innerHTML = await answer.text();
    into.dispatchEvent(new Event("looked", { bubbles: true }));
  }

  input.addEventListener("change", show);
  if (input.files.length) show(); // chosen before this script was there
}
