// Scenarios and sliders; the result beside what was reported, under the same luck.
import { api, draw, element, failed, say } from "./desk.js";

const form = document.getElementById("what-if"), where = document.getElementById("runs"), number = new Intl.NumberFormat("en", { maximumFractionDigits: 0, signDisplay: "exceptZero" });
let seen = "";

form?.addEventListener("input", (event) => {
  const row = event.target.closest(".slider");
  if (!row) return;
  const slide = row.querySelector("[type=range]"), on = row.querySelector("[type=checkbox]");
  slide.disabled = !on.checked;
  row.querySelector("output").textContent = Number(slide.value).toPrecision(3) * 1;
  if (on.checked) form.querySelector("[name=scenario][value='']").checked = true;
});
form?.addEventListener("submit", async (event) => {
  event.preventDefault();
  const changes = {}, scenario = form.elements.scenario.value;
  if (!scenario) for (const row of form.querySelectorAll(".slider")) if (row.querySelector("[type=checkbox]").checked) { const slide = row.querySelector("[type=range]"); changes[slide.name] = Number(slide.value); }
  if (!scenario && !Object.keys(changes).length) return say("Tick what is to be set.");
  try { const { job } = await api("/simulations", { method: "POST", body: { scenario: scenario || "as-reported", changes, runs: Number(form.elements.runs.value) } }); location.assign(`/what-if?job=${job.id}`); } catch (error) { failed(error); }
});

function table(result) {
  const rows = result.differences.map((d) => element("tr", {}, element("td", {}, d.what), element("td", { class: "n" }, number.format(d.base).replace("+", "")), element("td", { class: "n" }, `${number.format(d.mean)} ± ${number.format(d["Monte-Carlo error"]).replace("+", "")}`), element("td", { class: "n" }, `${number.format(d.low90)} to ${number.format(d.high90)}`), element("td", { class: "n" }, `${(100 * d["runs that agree on the sign"]).toFixed(0)} %`), element("td", {}, d.stable ? "" : "sign not stable")));
  const head = ["At the end", "as reported", "mean difference ± its error", "90 % of runs", "same sign", ""];
  return element("div", { class: "scroll", tabindex: 0, role: "region", "aria-label": "Differences" }, element("table", {}, element("thead", {}, element("tr", {}, ...head.map((h, i) => element("th", i && i < 5 ? { class: "n" } : {}, h)))), element("tbody", {}, ...rows)));
}

async function show() {
  if (!where.dataset.job) return;
  try {
    const job = await api(`/jobs/${where.dataset.job}`), stamp = `${job.state} ${job.done} ${job.now}`;
    if (stamp !== seen) {
      seen = stamp;
      const told = element("p", { class: "soft" }, job.state === "done" ? `${job.result.runs} runs each; the system fitted with ${job.result.fit.simulations} simulations, distance ${job.result.fit.distance.toFixed(2)}.` : `${job.state}: ${job.done} of ${job.of} ${job.now}`);
      where.replaceChildren(element("h2", {}, job.what), told, ...job.failures.map((f) => element("p", { class: "wrong" }, f.message)));
      if (job.state === "done") {
        const figure = element("div", { class: "figure", tabindex: 0, role: "img", "aria-label": "Men in the theatre, dead, exits and influence, by scenario, with 50 and 90 % bands" });
        where.append(element("p", {}, job.result.about), figure);
        if (job.result.differences.length) where.append(element("h2", {}, `${job.result.scenario} less as-reported, run by run under the same luck`), table(job.result));
        await draw(figure, job.result.figure);
      }
    }
    if (["waiting", "running"].includes(job.state)) setTimeout(show, 500);
  } catch (error) { failed(error); }
}
show();
