// An article is sent; its findings are shown as they come.
import { api, element, failed } from "./desk.js";

const form = document.getElementById("check"), where = document.getElementById("findings"), weight = ["higher", "lower", "contradicts", "repeats", "agrees", "supported", "no-evidence"];
let seen = "";

async function send(file) {
  const data = new FormData(), text = form.elements.text.value;
  if (file) data.append("files", file, file.name); else data.append("text", text);
  try { const { job } = await api("/checks", { method: "POST", form: data }); location.assign(`/check?job=${job.id}`); } catch (error) { failed(error); }
}
form?.addEventListener("submit", (event) => { event.preventDefault(); send(); });
form?.addEventListener("change", (event) => { if (event.target.files?.length) send(event.target.files[0]); });
form?.addEventListener("dragover", (event) => { event.preventDefault(); form.classList.add("over"); });
form?.addEventListener("dragleave", () => form.classList.remove("over"));
form?.addEventListener("drop", (event) => { event.preventDefault(); form.classList.remove("over"); if (event.dataTransfer.files.length) send(event.dataTransfer.files[0]); });

function shown(f) {
  const c = f.claim, figure = c.amount ? `${c.amount.text || c.amount.low || ""} ` : "", times = f.factor && ["higher", "lower"].includes(f.verdict) ? `: ${f.factor.toFixed(1)} times ${c.kind === "terms" ? "the others" : "the estimate"}` : "";
  const odds = f.probability != null && ["higher", "lower", "agrees"].includes(f.verdict) ? `; probability ${f.probability.toFixed(2)}` : "";
  return element("article", { class: f.verdict }, element("div", {}, element("span", { class: "verdict" }, `${f.verdict}${times}`), ` · ${figure}${c.aspect ?? ""} ${c.measure ?? c.predicate ?? c.kind}${c.group ? `, ${c.group}` : ""} · `, element("span", { class: "soft" }, `said by ${c.chain.join(" › ") || "nobody named"}${odds}`)),
    element("blockquote", {}, c.quote), element("div", {}, f.words),
    f.because.length ? element("ul", {}, ...f.because.slice(0, 6).map((b) => element("li", {}, element("a", { href: `/documents/${b.document}?claim=${b.claim}` }, b.chain.join(" › ") || "nobody named"), `: ${b.words.slice(0, 240)}`))) : null);
}

async function show() {
  if (!where.dataset.job) return;
  try {
    const job = await api(`/jobs/${where.dataset.job}`), stamp = `${job.state} ${job.found.length}`;
    if (stamp !== seen) {
      seen = stamp;
      const title = job.result?.document ? `Findings on “${job.result.document.title ?? job.result.document.name}”` : `Checking ${job.what}…`;
      const found = [...job.found].sort((a, b) => weight.indexOf(a.verdict) - weight.indexOf(b.verdict) || a.claim.start - b.claim.start);
      where.replaceChildren(element("h2", {}, title), element("p", { class: "soft" }, job.state === "done" ? `${job.found.length} claims.` : `${job.state}: ${job.done} of ${job.of} ${job.now}`),
        ...(job.state === "done" ? [element("p", {}, element("a", { class: "button", href: `/api/jobs/${job.id}/page`, download: "findings.html" }, "Download as a page to share"))] : []),
        ...job.failures.map((f) => element("p", { class: "wrong" }, f.message)), ...found.map(shown));
    }
    if (["waiting", "running"].includes(job.state)) setTimeout(show, 400);
  } catch (error) { failed(error); }
}
show();
