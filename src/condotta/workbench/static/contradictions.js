// Keep a figure or set it aside, with a reason; both are judgements on all claims of its origin.
import { api, failed, reason, say } from "./desk.js";

document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-decide]");
  if (!button) return;
  const row = button.closest("tr"), verdict = button.dataset.decide, ids = row.dataset.claims.split(" ");
  const title = verdict === "accepted" ? "Keep this figure" : "Set this figure aside";
  const why = await reason(title, `${ids.length} claim${ids.length === 1 ? "" : "s"} of one origin will be ${verdict}.`);
  if (!why) return;
  try {
    await api("/judgements", { method: "POST", body: { claims: ids.map((id) => ({ id })), verdict, why } });
    const badge = row.querySelector(".badge");
    badge.textContent = verdict === "accepted" ? "kept" : "set aside";
    badge.className = `badge ${verdict === "accepted" ? "kept" : "set-aside"}`;
    say(`${title}: entered. The history can take it back.`);
  } catch (error) { failed(error); }
});
