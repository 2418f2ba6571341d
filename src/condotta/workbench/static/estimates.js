// The figure, its claims, and the same figure without a source, at once.
import { draw, failed } from "./desk.js";

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
  const told = await answer.json(), q = told.quantiles.map((v) => people.format(v));
  document.getElementById("median").textContent = q[2];
  document.getElementById("interval").textContent = `(50 %: ${q[1]}–${q[3]}; 90 %: ${q[0]}–${q[4]})`;
  document.getElementById("told").textContent = off.length ? `without ${off.join(", ")}: ${told.pieces} pieces of evidence. ${told.sound ? "" : `Rough: so much rests on them that reweighting cannot tell (Pareto k ${told.k}).`}` : "";
  await draw("#figure", told.figure);
}
document.querySelector(".switches")?.addEventListener("change", () => without().catch(failed));
if (spec) {
  await draw("#figure", JSON.parse(spec.textContent));
  if (document.querySelector(".switches input:not(:checked)")) without().catch(failed);
}
