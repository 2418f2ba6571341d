// What every page has: asking the API, messages, jobs as they go, keys.
const meta = (name) => document.querySelector(`meta[name=${name}]`)?.content ?? "";
export const may = { analyst: meta("role") !== "reader" };

// Ask the API; an answer that is no success becomes an Error with its code and way out.
export async function api(path, { method = "GET", body, form, signal } = {}) {
  const headers = method === "GET" ? {} : { "x-condotta-form": meta("form") };
  if (body !== undefined) headers["content-type"] = "application/json";
  let answer;
  try {
    answer = await fetch(`/api${path}`, { method, headers, body: form ?? (body === undefined ? undefined : JSON.stringify(body)), signal });
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw Object.assign(new Error("The workbench does not answer. Is it still running?"), { code: "" });
  }
  const told = await answer.json().catch(() => ({}));
  if (!answer.ok) throw Object.assign(new Error(`${told.what ?? answer.statusText} (${told.code ?? answer.status}). ${told.fix ?? ""}`), { code: told.code, told });
  return told;
}

export function element(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) made.addEventListener(name.slice(2), value);
    else if (value === true) made.setAttribute(name, "");
    else if (value !== false && value != null) made.setAttribute(name, value);
  }
  made.append(...children.filter((c) => c != null));
  return made;
}

export function say(text, { undo, lasting = false } = {}) {
  const toast = element("div", { class: "toast" }, text);
  if (undo) toast.append(element("button", { type: "button", onclick: () => { toast.remove(); undo(); } }, "Undo"));
  document.getElementById("toasts").append(toast);
  setTimeout(() => toast.remove(), lasting ? 12000 : 5000);
}

export const failed = (error) => error.name === "AbortError" || say(error.message, { lasting: true });

// Show a dialog of the page and give what it was closed with.
export function ask(id) {
  const dialog = document.getElementById(id);
  dialog.returnValue = "";
  dialog.showModal();
  return new Promise((done) => dialog.addEventListener("close", () => done(dialog.returnValue), { once: true }));
}

export async function reason(title, told = "", value = "") {
  const dialog = document.getElementById("reason"), field = dialog.querySelector("[name=why]");
  dialog.querySelector("h2").textContent = title;
  if (dialog.querySelector(".told")) dialog.querySelector(".told").textContent = told;
  field.value = value;
  return (await ask("reason")) === "go" ? field.value.trim() : null;
}

export const typing = (event) => event.target.closest("input:not([type=checkbox]):not([type=radio]), textarea, select, dialog[open]");

// Jobs: one strip under the head; other modules listen to "jobs" on the document.
const strip = document.getElementById("jobs"), hidden = new Set();
let over = null;
function shown(job) {
  const words = { add: "Taking in", read: "Reading", reconcile: "Reconciling", check: "Checking", simulate: "Simulating", without: "Estimating" }[job.verb];
  const bar = job.state === "running" ? element("progress", job.of ? { max: job.of, value: job.done, "aria-label": words } : { "aria-label": words }) : null;
  const line = element("div", { class: "job" }, element("b", {}, `${words} ${job.what}`), bar, element("span", { class: "soft" }, job.state === "running" ? `${job.of > 1 ? `${job.done} of ${job.of} ` : ""}${job.now}` : job.state));
  if (["running", "waiting"].includes(job.state) && may.analyst) line.append(element("button", { type: "button", onclick: () => api(`/jobs/${job.id}/cancelled`, { method: "POST" }).catch(failed) }, "Stop"));
  else if (!["running", "waiting"].includes(job.state)) line.append(element("button", { type: "button", onclick: () => { hidden.add(job.id); line.remove(); strip.hidden = !strip.children.length; } }, "Close"));
  for (const f of job.failures) line.append(element("span", { class: "wrong" }, `${f.name}: ${f.message}`));
  return line;
}
let events = null;
function listen() {
  if (!strip || document.hidden || events) return;
  events = new EventSource("/api/events");
  events.addEventListener("jobs", (event) => {
    const { jobs, behind, stale } = JSON.parse(event.data);
    const lively = jobs.filter((j) => !hidden.has(j.id) && (["running", "waiting"].includes(j.state) || (j.failures.length && ["add", "read", "reconcile"].includes(j.verb))));
    strip.replaceChildren(...lively.map(shown));
    strip.hidden = !lively.length;
    const notice = document.getElementById("behind");
    notice.hidden = !behind && !stale;
    notice.querySelector("[data-behind]").textContent = behind ? `${behind} judgement${behind === 1 ? " is" : "s are"} not in the estimates yet.` : "The claims have changed since the estimates were made.";
    const done = jobs.filter((j) => ["add", "read", "reconcile"].includes(j.verb) && ["done", "failed", "cancelled"].includes(j.state)).map((j) => j.id);
    const ended = over !== null && done.some((id) => !over.has(id));
    over = new Set([...(over ?? []), ...done]);
    document.dispatchEvent(new CustomEvent("jobs", { detail: { jobs, ended } }));
  });
}
listen();
// A browser holds few connections to one server: pages that nobody looks at let theirs go.
document.addEventListener("visibilitychange", () => { if (document.hidden) { events?.close(); events = null; } else listen(); });
document.addEventListener("jobs", ({ detail }) => { if (detail.ended && document.querySelector("[data-reload], [data-after]")) location.reload(); });
if (document.querySelector("[data-reload]") && !document.querySelector(".notice[role=alert]")) setTimeout(() => location.reload(), 2500);

document.addEventListener("click", (event) => {
  const begin = event.target.closest("[data-begin]");
  if (begin) api("/jobs", { method: "POST", body: { verb: begin.dataset.begin } }).then(() => say("Started; the figures follow.")).catch(failed);
  if (event.target.closest("[data-help]")) document.getElementById("keys").showModal();
  if (event.target.closest("[data-logout]")) fetch("/logout", { method: "POST", headers: { "x-condotta-form": meta("form") } }).then(() => location.assign("/login"));
});

const places = { o: "/", d: "/documents", c: "/claims", x: "/contradictions", e: "/estimates", s: "/sources", k: "/check", w: "/what-if", h: "/history" };
let going = 0;
document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.key === "Escape" && typing(event) && !event.target.closest("dialog")) return event.target.blur();
  if (typing(event)) return;
  if (event.key === "?") return document.getElementById("keys").showModal();
  if (event.key === "/") { const field = document.querySelector("[data-filter]"); if (field) { event.preventDefault(); field.focus(); } return; }
  if (Date.now() - going < 1200 && places[event.key]) { event.stopImmediatePropagation(); return location.assign(places[event.key]); }
  going = event.key === "g" ? Date.now() : 0;
}, true);

// A Vega figure without evaluated code, in the page's colours.
export async function draw(where, spec) {
  const look = getComputedStyle(document.documentElement), ink = look.getPropertyValue("--soft").trim();
  const config = { background: "transparent", axis: { labelColor: ink, titleColor: ink, gridColor: "#88888833", domainColor: ink, tickColor: ink }, legend: { labelColor: ink, titleColor: ink }, title: { color: ink }, view: { stroke: null } };
  const { background, ...rest } = spec;
  return window.vegaEmbed(where, { ...rest, config: { ...spec.config, ...config } }, { ast: true, actions: false, renderer: "svg", defaultStyle: false, tooltip: { theme: "custom", disableDefaultStyle: true }, loader: { target: "_self" } });
}
