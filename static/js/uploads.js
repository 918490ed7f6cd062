// Sends each chosen file by itself, one after the other, and says how far it is; the words come from the form.
import { token } from "./server.js";

const LARGEST = 50_000_000;

export default function upload(form) {
  const input = form.querySelector("input[type=file]");
  const list = form.querySelector("[data-uploads]");
  const words = form.dataset;
  form.querySelector("[data-without-script]").hidden = true;
  let queue = Promise.resolve(), arrived = 0;

  function line(file) {
    const row = document.createElement("li");
    row.innerHTML = '<span class="wrap-any"></span> <progress max="100" value="0"></progress> <span class="small"></span>';
    row.firstChild.textContent = file.name;
    row.querySelector("progress").setAttribute("aria-label", file.name);
    list.append(row);
    list.hidden = false;
    return (text, percent, bad) => {
      row.lastChild.textContent = text;
      row.lastChild.classList.toggle("bad-ink", Boolean(bad));
      row.querySelector("progress").value = percent;
    };
  }

  function send(file, say) {
    return new Promise((done) => {
      const request = new XMLHttpRequest();
      const data = new FormData();
      data.append("files", file);
      request.open("POST", form.action);
      request.responseType = "json";
      request.setRequestHeader("X-CSRFToken", token());
      request.setRequestHeader("Accept", "application/json");
      request.upload.onprogress = (event) => {
        const percent = Math.round((100 * event.loaded) / event.total);
        say(words.sending.replace("{n}", percent), percent);
      };
      request.onloadend = () => {
        const problem = request.response ? request.response.problems[0] : words.failed;
        arrived += problem ? 0 : 1;
        say(problem ?? words.sent, problem ? 0 : 100, problem);
        done();
      };
      request.send(data);
    });
  }

  function sendChosen() {
    for (const file of [...input.files]) {
      const say = line(file);
      if (file.size > LARGEST) say(words.tooLarge, 0, true);
      else say(words.waiting, 0);
      if (file.size <= LARGEST) queue = queue.then(() => send(file, say));
    }
    input.value = "";
    queue = queue.then(watch);
  }
  input.addEventListener("change", sendChosen);
  if (input.files.length) sendChosen(); // chosen before this script was there

  // The place that says what is being checked asks anew; once all is checked the page is shown with it.
  function watch() {
    if (!arrived) return;
    arrived = 0;
    const old = document.querySelector("[data-files-waiting]");
    const fresh = old.cloneNode(false);
    fresh.dataset.poll = fresh.dataset.filesWaiting;
    old.replaceWith(fresh);
    fresh.addEventListener("page:part", () => fresh.querySelector("[data-done]") && !mustStay() && location.reload());
    fresh.dispatchEvent(new CustomEvent("page:part", { bubbles: true }));
  }
}

// A refusal is still to be read, or words are being typed.
function mustStay() {
  if (document.querySelector("[data-uploads] .bad-ink")) return true;
  return [...document.querySelectorAll("[data-files-held] input")].some((field) => field.value !== field.defaultValue || field.checked !== field.defaultChecked);
}
