// One document: claims judged by button and by key, undone, corrected here and elsewhere, added from selected words.
import { api, ask, element, failed, may, say, typing } from "./desk.js";

const desk = document.querySelector(".desk"), cards = [...document.querySelectorAll(".claim")], words = JSON.parse(document.getElementById("words").textContent);
const day = (iso) => iso && new Date(iso).toLocaleDateString("en-GB", { day: "2-digit", month: "short", year: "numeric", timeZone: "UTC" });
let here = null, chosen = null;
const me = document.querySelector("meta[name=who]").content;

function go(card, quietly = false) {
  if (!card) return;
  here?.classList.remove("here");
  here = card;
  here.classList.add("here");
  here.scrollIntoView({ block: "nearest" });
  if (!quietly) here.focus({ preventScroll: true });
  for (const mark of desk.querySelectorAll("mark")) mark.classList.toggle("here", mark.dataset.claims.split(" ").includes(card.dataset.id));
  desk.querySelector("mark.here")?.scrollIntoView({ block: "nearest" });
  history.replaceState(null, "", `?claim=${card.dataset.id}`);
}
const beside = (step) => cards[Math.min(Math.max(cards.indexOf(here) + step, 0), cards.length - 1)];
const next = () => cards.slice(cards.indexOf(here) + 1).find((c) => ["open", "unsure"].includes(c.dataset.status)) ?? beside(1);

function paint() {
  const status = Object.fromEntries(cards.map((c) => [c.dataset.id, c.dataset.status]));
  for (const mark of desk.querySelectorAll("mark")) {
    const own = mark.dataset.claims.split(" ").map((id) => status[id]);
    for (const name of ["accepted", "corrected", "rejected"]) mark.classList.toggle(name, own.every((s) => s === name));
  }
  const left = cards.filter((c) => ["open", "unsure"].includes(c.dataset.status)).length;
  document.getElementById("left").textContent = `${left} of ${cards.length} claims not judged.`;
}

function standing(card, claim, judgement) {
  card.dataset.status = claim.status;
  card.dataset.seen = claim.revision;
  card.className = `claim ${claim.status}${card === here ? " here" : ""}`;
  const badge = card.querySelector(".badge");
  badge.textContent = claim.status;
  badge.className = `badge ${claim.status}`;
  if (judgement) {
    const line = element("div", { class: "judged soft", "data-number": judgement.number, "data-verdict": judgement.verdict, "data-by": judgement.by }, `${judgement.verdict} by ${judgement.by}: ${judgement.why}`);
    card.querySelector(".actions").before(line);
  }
  const what = element("b", {}, claim.figure);
  card.querySelector(".what").replaceChildren(...(claim.figure ? [what, " "] : []), claim.measure ?? claim.predicate ?? claim.kind, claim.stance === "asserted" ? "" : ` (${claim.stance})`);
  card.querySelector(".facts").replaceChildren(...[claim.aspect, claim.group ?? claim.group_text ?? "no group", claim.subset === "all" ? null : claim.subset, day(claim.day), claim.place].filter(Boolean).map((t) => element("span", {}, t)));
  const { measure, aspect, stance, kind, chain, amount, period } = claim;
  card.querySelector(".data").textContent = JSON.stringify({ measure, aspect, stance, kind, chain, group: claim.group ?? claim.group_text, low: amount?.low, high: amount?.high, qualifier: amount?.qualifier, start: period?.start, end: period?.end });
  const undo = card.querySelector("[data-do=undo]");
  if (undo) undo.hidden = ["open", "unsure"].includes(claim.status);
  paint();
}

async function judge(card, verdict, why, change) {
  const body = { verdict, why, change: change ?? null, seen: Number(card.dataset.seen) };
  const send = () => api(`/claims/${card.dataset.id}/judgements`, { method: "POST", body });
  let told;
  try {
    told = await send();
  } catch (error) {
    if (error.code !== "E-LED-07") return failed(error);
    document.querySelector("#conflict .told").textContent = `${error.told.what}. Your judgement (${verdict}: ${why}) has not been entered.`;
    const answer = await ask("conflict");
    if (answer !== "again") return answer === "reload" && location.assign(`?claim=${card.dataset.id}`);
    body.seen = null;
    try { told = await send(); } catch (again) { return failed(again); }
  }
  close(card);
  standing(card, told.claim, told.judgement);
  say(`${verdict}`, { undo: () => undo(card) });
  if (told.alike?.length) await elsewhere(told.alike, verdict, why, change);
  if (card === here) go(next());
}

async function elsewhere(alike, verdict, why, change) {
  const list = document.querySelector("#alike .picks");
  list.replaceChildren(...alike.map((c) => element("li", {}, element("label", {}, element("input", { type: "checkbox", checked: c.document === desk.dataset.document, value: c.id, "data-seen": c.revision }), ` ${c.figure} ${c.measure ?? ""}, ${c.group ?? c.group_text ?? "no group"}: `, element("span", { class: "soft" }, c.words.slice(0, 160))))));
  if ((await ask("alike")) !== "apply") return;
  const claims = [...list.querySelectorAll("input:checked")].map((box) => ({ id: box.value, seen: Number(box.dataset.seen) }));
  if (!claims.length) return;
  try {
    const told = await api("/judgements", { method: "POST", body: { claims, verdict, why: `${why} (as for an alike claim)`, change } });
    say(`${told.judgements.length} more corrected`);
    for (const judgement of told.judgements) {
      const card = cards.find((c) => c.dataset.id === judgement.claim);
      if (card) standing(card, await api(`/claims/${judgement.claim}`), judgement);
    }
  } catch (error) { failed(error); }
}

async function undo(card) {
  const lines = [...card.querySelectorAll(".judged")].filter((l) => l.dataset.verdict !== "taken back" && !l.dataset.gone && l.dataset.by === me);
  const last = lines.at(-1);
  if (!last) return say("Nothing of yours to undo here; the history takes back what others judged.");
  try {
    const told = await api(`/judgements/${last.dataset.number}/taken-back`, { method: "POST", body: { why: "undone in the document" } });
    last.dataset.gone = "yes";
    standing(card, told.claim, told.judgement);
    go(card);
    say("Taken back");
  } catch (error) { failed(error); }
}

function open(card, content) {
  const more = card.querySelector(".more");
  more.replaceChildren(content);
  more.hidden = false;
  more.querySelector("input, select")?.focus();
}
function close(card) { const more = card.querySelector(".more"); more.hidden = true; more.replaceChildren(); card.querySelector("[data-do=why]")?.setAttribute("aria-expanded", "false"); }

function choice(name, label, options, value) {
  const all = value && !options.includes(value) ? [value, ...options] : options;
  return element("label", {}, label, element("select", { name }, element("option", { value: "" }, "not said"), ...all.map((o) => element("option", { selected: o === value }, o))));
}
const field = (name, label, value, more = {}) => element("label", {}, label, element("input", { name, value: value ?? "", ...more }));

function corrector(card) {
  const now = JSON.parse(card.querySelector(".data").textContent);
  const form = element("form", {}, choice("measure", "measure", words.measures, now.measure), choice("aspect", "aspect", words.aspects, now.aspect), choice("group", "group", words.groups, now.group),
    field("low", "lowest", now.low, { type: "number", step: "any", min: 0 }), field("high", "highest", now.high, { type: "number", step: "any", min: 0 }), choice("qualifier", "qualifier", words.qualifiers, now.qualifier),
    choice("stance", "stance", words.stances, now.stance), field("start", "from", now.start, { type: "date" }), field("end", "until, or on", now.end, { type: "date" }),
    element("label", { class: "wide" }, "chain: outlet > … > origin", element("input", { name: "chain", value: now.chain.join(" > "), list: "sources" })),
    element("label", { class: "wide" }, "why", element("input", { name: "why", required: true, value: "as the text says" })),
    element("p", { class: "wide" }, element("button", { class: "primary" }, "Enter the correction"), " ", element("button", { type: "button", onclick: () => { close(card); card.focus(); } }, "Leave it")));
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const given = Object.fromEntries(new FormData(form)), change = {};
    for (const name of ["measure", "aspect", "group", "qualifier", "stance"]) if (given[name] !== (now[name] ?? "")) change[name] = given[name] || null;
    for (const name of ["low", "high"]) if (given[name] !== String(now[name] ?? "")) change[name] = given[name] === "" ? null : Number(given[name]);
    if (given.start !== (now.start ?? "") || given.end !== (now.end ?? "")) change.period = given.end ? { start: given.start || null, end: given.end } : null;
    const chain = given.chain.split(">").map((n) => n.trim()).filter(Boolean);
    if (chain.join(">") !== now.chain.join(">")) change.chain = chain;
    if (!Object.keys(change).length) return say("Nothing was changed.");
    judge(card, "corrected", given.why, change);
  });
  open(card, form);
}

function rejecter(card) {
  const form = element("form", {}, element("label", { class: "wide" }, "why is it rejected?", element("input", { name: "why", required: true, list: "reasons", value: "not what the text says" })), element("p", { class: "wide" }, element("button", { class: "primary" }, "Reject")),
    element("datalist", { id: "reasons" }, ...["not what the text says", "not a claim about these fighters", "a slip of the page", "said in jest or as an example"].map((r) => element("option", { value: r }))));
  form.addEventListener("submit", (event) => { event.preventDefault(); judge(card, "rejected", form.elements.why.value); });
  open(card, form);
  form.elements.why.select();
}

async function reasons(card) {
  const button = card.querySelector("[data-do=why]");
  if (button.getAttribute("aria-expanded") === "true") return close(card);
  button.setAttribute("aria-expanded", "true");
  open(card, element("p", { class: "soft" }, "Reading again…"));
  try {
    const told = await api(`/claims/${card.dataset.id}/why`), list = element("dl", { class: "keys" });
    const row = (name, pairs) => pairs?.length && list.append(element("dt", {}, name), element("dd", {}, pairs.map(([what, p]) => (p == null ? what : `${what} ${(100 * p).toFixed(0)} %`)).join(", ")));
    list.append(element("dt", {}, "read by"), element("dd", {}, `${told.by}, confidence ${told.confidence.toFixed(2)}${told.note ? `; ${told.note}` : ""}`));
    row("measure", told.measures); row("aspect", told.aspects); row("groups nearby", told.groups); row("dates nearby", told.days);
    for (const [role, text, p] of told.roles ?? []) list.append(element("dt", {}, role), element("dd", {}, `“${text}” ${(100 * p).toFixed(0)} %`));
    open(card, list);
  } catch (error) { close(card); failed(error); }
}

const doing = { accept: (c) => judge(c, "accepted", "as the text says"), correct: corrector, reject: rejecter, skip: () => go(next()), undo, why: reasons };
document.querySelector(".cards").addEventListener("click", (event) => {
  const card = event.target.closest(".claim");
  if (!card) return;
  const what = event.target.closest("[data-do]")?.dataset.do;
  if (card !== here && !event.target.closest("input, select, button:not([data-do])")) go(card, true);
  if (what) { here = card; doing[what](card); }
});
desk.querySelector(".text").addEventListener("click", (event) => {
  const mark = event.target.closest("mark");
  if (mark && getSelection().isCollapsed) go(cards.find((c) => mark.dataset.claims.split(" ").includes(c.dataset.id)));
});
document.addEventListener("keydown", (event) => {
  if (typing(event) || event.ctrlKey || event.metaKey || event.altKey || document.querySelector("dialog[open]")) return;
  if (event.key === "j") return go(beside(1));
  if (event.key === "k") return go(beside(-1));
  if (event.key === "y" && here) return reasons(here);
  if (event.key === "n" && chosen) { event.preventDefault(); return adder(); }
  const what = { a: "accept", c: "correct", r: "reject", s: "skip", u: "undo" }[event.key];
  if (!what || !here || !may.analyst) return;
  event.preventDefault();
  doing[what](here);
});

// New claims: offsets are counted in characters of the text, not in the browser's units.
function offset(node, within) {
  const piece = (node.nodeType === 3 ? node.parentElement : node).closest("[data-at]");
  return piece ? Number(piece.dataset.at) + [...piece.textContent.slice(0, within)].length : null;
}
document.addEventListener("selectionchange", () => {
  const button = document.getElementById("new-claim"), range = getSelection().rangeCount ? getSelection().getRangeAt(0) : null;
  if (!button || !range || !desk.querySelector(".text").contains(range.commonAncestorContainer)) return;
  const start = offset(range.startContainer, range.startOffset), end = offset(range.endContainer, range.endOffset);
  chosen = start !== null && end !== null && end > start ? { start, end, text: range.toString() } : null;
  button.disabled = !chosen;
});
function adder() {
  const { start, end, text } = chosen, figure = text.replace(/[,\u00a0 ](?=\d{3})/g, "").match(/\d+(\.\d+)?/)?.[0] ?? "";
  const form = element("form", {}, element("p", { class: "wide" }, `“${text.slice(0, 200)}”`), choice("measure", "measure", words.measures), choice("aspect", "aspect", words.aspects), choice("group", "group", words.groups),
    field("low", "lowest", figure, { type: "number", step: "any", min: 0 }), field("high", "highest", figure, { type: "number", step: "any", min: 0 }), choice("qualifier", "qualifier", words.qualifiers, "exactly"),
    element("label", {}, "said by", element("input", { name: "source", list: "sources" })), field("since", "from", "", { type: "date" }), field("until", "until, or on", "", { type: "date" }),
    element("p", { class: "wide" }, element("button", { class: "primary" }, "Add the claim"), " ", element("button", { type: "button", onclick: () => item.remove() }, "Leave it")));
  form.elements.measure.required = true;
  const item = element("li", { class: "claim here" }, element("div", { class: "more" }, form));
  document.querySelector(".cards").prepend(item);
  item.scrollIntoView({ block: "nearest" });
  form.elements.measure.focus();
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const given = Object.fromEntries(Object.entries(Object.fromEntries(new FormData(form))).filter(([, v]) => v !== "")), body = { ...given, start, end };
    for (const name of ["low", "high"]) if (name in given) body[name] = Number(given[name]);
    try { const told = await api(`/documents/${desk.dataset.document}/claims`, { method: "POST", body }); location.assign(`?claim=${told.claim.id}`); } catch (error) { failed(error); }
  });
}
document.getElementById("new-claim")?.addEventListener("click", adder);
document.body.append(element("datalist", { id: "sources" }, ...words.sources.map((s) => element("option", { value: s }))));
paint();
go(cards.find((c) => c.dataset.id === desk.dataset.chosen) ?? cards.find((c) => ["open", "unsure"].includes(c.dataset.status)) ?? cards[0], true);
