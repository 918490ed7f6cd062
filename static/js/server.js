// Requests to our own server, with the token that signing in again in another tab makes stale.
const HEADER = "X-CSRFToken";

export function token() {
  return JSON.parse(document.body.getAttribute("hx-headers"))[HEADER];
}

function renew(value) {
  document.body.setAttribute("hx-headers", JSON.stringify({ [HEADER]: value }));
  document.querySelectorAll("[name=csrfmiddlewaretoken]").forEach((input) => (input.value = value));
}

export function alive() {
  document.dispatchEvent(new CustomEvent("session:alive"));
}

// A browser sends at most 64 kB for a page that is going, and nothing of what is longer: that goes as an ordinary request.
export function post(url, data, options = {}) {
  const body = JSON.stringify(data);
  const fits = new Blob([body]).size < 60_000;
  const headers = { "Content-Type": "application/json", Accept: "application/json", [HEADER]: token() };
  return fetch(url, { method: "POST", headers, body, redirect: "manual", ...options, keepalive: fits && !!options.keepalive });
}

// A part of a page. Asking in the background is no sign that somebody is there, so it does not prolong the session.
export function fragment(url, background = false) {
  const headers = { "HX-Request": "true", Accept: "text/html", ...(background && { "X-Background": "yes" }) };
  return fetch(url, { headers, redirect: "manual" });
}

// True once the same person is signed in again. Somebody else's session must never receive this page's text.
export async function signedInAgain() {
  const here = document.body.dataset;
  const answer = await fetch(here.accountUrl, { redirect: "manual", headers: { "X-Background": "yes" } });
  if (!answer.ok) return false;
  const body = new DOMParser().parseFromString(await answer.text(), "text/html").body;
  if (body.dataset.user !== here.user) return false;
  renew(JSON.parse(body.getAttribute("hx-headers"))[HEADER]);
  alive();
  return true;
}
