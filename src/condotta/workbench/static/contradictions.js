// Keep a figure or set it aside, with a reason; both are judgements on all claims of its origin.
import { api, failed, reason, say } from "./desk.js";

document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-decide]");
  if (!button) return;
  const row = button.closest("tr"), verdict = button.dataset.decide, list = verdict === "accepted" ? row.dataset.keep : row.dataset.aside;
  const claims = list.split(" ").filter(Boolean).map((c) => ({ id: c.split(":")[0], seen: Number(c.split(":")[1]) }));
  if (!claims.length) return say("Every claim of it is judged that way already.");
  const title = verdict === "accepted" ? "Keep this figure" : "Set this figure aside";
  const why = await reason(title, `${claims.length} claim${claims.length === 1 ? "" : "s"} of one origin will be ${verdict}.`);
  if (!why) return;
  try {
    await api("/judgements", { method: "POST", body: { claims, verdict, why } });
    const badge = row.querySelector(".badge");
    badge.textContent = verdict === "accepted" ? "kept" : "set aside";
    badge.className = `badge ${verdict === "accepted" ? "kept" : "set-aside"}`;
    say(`${title}: entered. The history can take it back.`);
    button.closest("td").querySelectorAll("button").forEach((b) => { b.disabled = true; });
  } catch (error) { failed(error); }
});
