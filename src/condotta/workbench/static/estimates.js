// The figure, its claims, and the same figure without a source, at once.
import { api, draw, element, failed, may } from "./desk.js";

const spec = document.getElementById("spec"), people = new Intl.NumberFormat("en", { maximumFractionDigits: 0 });
document.querySelector("#series select")?.addEventListener("change", (event) => location.assign(event.target.value));

async function without() {
  const off = [...document.querySelectorAll(".switches input:not(:checked)")].map((box) => box.value);
  const query = new URLSearchParams(location.search);
  query.delete("without");
  if (!query.get("group")) { const now = new URLSearchParams(document.querySelector("#series select").value.split("?")[1]); for (const [k, v] of now) query.set(k, v); }
  for (const name of off) query.append("without", name);
  history.replaceState(null, "", `/estimates?${query}`);
  const answer = await fetch(`/estimates/figure?${query}`);
  if (!answer.ok) throw new Error(await answer.text());
  const told = await answer.json(), words = document.getElementById("told");
  words.textContent = off.length ? `without ${off.join(", ")}: ${told.pieces} pieces of evidence. ` : "";
  if (!told.sound) {
    words.append(`Rough: so much rests on them that reweighting cannot tell (Pareto k ${told.k}). `);
    if (may.analyst) words.append(element("button", { type: "button", onclick: () => anew(query, off).catch(failed) }, "Estimate it anew"));
  }
  await show(told);
}
async function show(told) {
  const q = told.quantiles.map((v) => people.format(v));
  document.getElementById("median").textContent = q[2];
  document.getElementById("interval").textContent = `(50 %: ${q[1]}–${q[3]}; 90 %: ${q[0]}–${q[4]})`;
  await draw("#figure", told.figure);
}
async function anew(query, off) {
  const words = document.getElementById("told"), asked = { group: query.get("group"), measure: query.get("measure"), without: off };
  let { job } = await api("/estimates/without", { method: "POST", body: asked });
  words.textContent = `without ${off.join(", ")}: being estimated anew…`;
  while (["waiting", "running"].includes(job.state)) { await new Promise((done) => setTimeout(done, 700)); job = await api(`/jobs/${job.id}`); }
  if (job.state !== "done") { words.textContent = job.failures.map((f) => f.message).join(" ") || job.state; return; }
  if (job.result.silent) { words.textContent = `without ${off.join(", ")} no claim speaks of it.`; return; }
  words.textContent = `without ${off.join(", ")}: estimated anew.`;
  await show(job.result);
}
document.querySelector(".switches")?.addEventListener("change", () => without().catch(failed));
if (spec) {
  await draw("#figure", JSON.parse(spec.textContent));
  if (document.querySelector(".switches input:not(:checked)")) without().catch(failed);
}
