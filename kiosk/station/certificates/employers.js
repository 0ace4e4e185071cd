"use strict";
const facts = JSON.parse(document.getElementById("facts").textContent);
const byId = (id) => document.getElementById(id);
let lang = facts.lang, last = null;
const say = (name, values = {}) =>
  (facts.words[name] || { [lang]: name })[lang].replace(/\{(\w+)\}/g, (_, key) => values[key] ?? "");

const DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:";
function base45(text) { // RFC 9285
  const out = [];
  for (let at = 0; at < text.length; at += 3) {
    const part = [...text.slice(at, at + 3)].map((one) => DIGITS.indexOf(one));
    if (part.includes(-1) || part.length === 1) throw new Error("base45");
    const value = part[0] + 45 * part[1] + 2025 * (part[2] ?? 0);
    if (value > (part.length === 3 ? 65535 : 255)) throw new Error("base45");
    if (part.length === 3) out.push(value >> 8);
    out.push(value & 255);
  }
  return Uint8Array.from(out);
}

function cbor(bytes) { // RFC 8949: what our codes have, definite lengths alone
  let at = 0;
  const take = (n) => {
    if (at + n > bytes.length) throw new Error("cbor");
    return bytes.subarray(at, (at += n));
  };
  const number = (bits) => {
    if (bits < 24) return bits;
    if (bits > 27) throw new Error("cbor");
    return [...take(2 ** (bits - 24))].reduce((sum, one) => sum * 256 + one, 0);
  };
  const value = (depth) => {
    if (depth > 8) throw new Error("cbor");
    const head = take(1)[0], kind = head >> 5, n = number(head & 31);
    switch (kind) {
      case 0: return n;
      case 1: return -1 - n;
      case 2: return take(n);
      case 3: return new TextDecoder("utf-8", { fatal: true }).decode(take(n));
      case 4: { const list = []; for (let i = 0; i < n; i++) list.push(value(depth + 1)); return list; }
      case 5: { const map = new Map(); for (let i = 0; i < n; i++) { const key = value(depth + 1); map.set(key, value(depth + 1)); } return map; }
      case 6: return { tag: n, value: value(depth + 1) };
      default: throw new Error("cbor");
    }
  };
  const found = value(0);
  if (at !== bytes.length) throw new Error("cbor");
  return found;
}

function head(kind, n) {
  return n < 24 ? [kind << 5 | n] : n < 256 ? [kind << 5 | 24, n] : [kind << 5 | 25, n >> 8, n & 255];
}
function signedBytes(protectedHeader, payload) { // Sig_structure, RFC 9052 section 4.4
  const utf8 = (text) => new TextEncoder().encode(text), name = utf8("Signature1"), kind = utf8(facts.kind);
  return Uint8Array.from([
    0x84, ...head(3, name.length), ...name, ...head(2, protectedHeader.length), ...protectedHeader,
    ...head(2, kind.length), ...kind, ...head(2, payload.length), ...payload,
  ]);
}

function opened(text) {
  const tidy = text.replace(/[\r\n\t]/g, "").toUpperCase() /* a space is a digit */;
  if (!tidy.startsWith(facts.prefix)) throw new Error("prefix");
  const frame = cbor(base45(tidy.slice(facts.prefix.length)));
  if (frame.tag !== 18 || frame.value.length !== 4) throw new Error("frame");
  const [header, , payload, signature] = frame.value;
  const claim = cbor(payload).get(-65537);
  if (!Array.isArray(claim) || claim.length !== 6) throw new Error("claim");
  const [number, name, discipline, level, issued, until] = claim;
  return { header, payload, signature, number, name, discipline, level, issued, until };
}

async function signedByUs(code) { // the station that signed it, null for none; throws where the browser cannot tell
  for (const station of facts.stations) {
    const raw = Uint8Array.from(atob(station.key), (one) => one.charCodeAt(0));
    const key = await crypto.subtle.importKey("raw", raw, { name: "Ed25519" }, false, ["verify"]);
    if (await crypto.subtle.verify({ name: "Ed25519" }, key, code.signature, signedBytes(code.header, code.payload))) return station;
  }
  return null;
}

async function judged(text) {
  let code;
  try { code = opened(text); } catch (_) { return { told: "unread", holds: false }; }
  let station;
  try { station = await signedByUs(code); } catch (_) { return { told: "cannot", holds: false }; }
  if (!station) return { told: "foreign", holds: false };
  const revoked = Object.hasOwn(facts.revoked, code.number) ? facts.revoked[code.number] : "";
  if (revoked) return { told: "revoked", holds: false, code, station, values: { day: revoked } };
  const now = new Date(), pad = (n) => String(n).padStart(2, "0");
  const today = `${now.getFullYear()}-${pad(now.getMonth() + 1)}-${pad(now.getDate())}`;
  if (code.until && code.until < today) return { told: "expired", holds: false, code, station, values: { day: code.until } };
  return { told: "valid", holds: true, code, station };
}

function show() {
  document.documentElement.lang = lang;
  document.title = say("title");
  for (const one of document.querySelectorAll("[data-says]")) one.textContent = say(one.dataset.says);
  for (const id of ["zh", "en"]) byId(id).setAttribute("aria-pressed", String(lang.startsWith(id)));
  byId("listed").textContent = say("listed", { day: facts.listed });
  const stations = byId("stations");
  stations.replaceChildren();
  for (const one of facts.stations) row(stations, one.name[lang], one.fingerprint[lang]);
  const answer = byId("answer");
  answer.replaceChildren();
  answer.className = "";
  if (!last) return;
  answer.className = last.holds ? "holds" : "fails";
  const told = document.createElement("strong");
  told.textContent = say(last.told, last.values);
  answer.append(told);
  if (last.told === "cannot" || !last.code) {
    const more = document.createElement("p");
    more.textContent = say(`${last.told}_more`);
    answer.append(more);
    return;
  }
  const list = document.createElement("dl"), code = last.code;
  row(list, say("name"), code.name);
  row(list, say("level"), (facts.levels[code.level] || {})[lang] || code.level);
  row(list, say("discipline"), code.discipline.get(lang) || code.discipline.get("zh-CN"));
  row(list, say("number"), code.number);
  row(list, say("issued"), code.issued);
  row(list, say("until"), code.until || say("endless"));
  row(list, say("signed"), last.station.name[lang]);
  answer.append(list);
}
function row(list, name, value) {
  const term = document.createElement("dt"), said = document.createElement("dd");
  term.textContent = name;
  said.textContent = value;
  list.append(term, said);
}

async function check() {
  last = await judged(byId("code").value);
  show();
  byId("answer").focus();
}
byId("check").addEventListener("click", check);
byId("code").addEventListener("input", () => { last = null; show(); });
for (const [id, tag] of [["zh", "zh-CN"], ["en", "en"]]) byId(id).addEventListener("click", () => { lang = tag; show(); });

if ("BarcodeDetector" in window && navigator.mediaDevices) {
  byId("camera").hidden = false;
  byId("camera").addEventListener("click", async () => {
    const view = byId("view"), detector = new BarcodeDetector({ formats: ["qr_code"] });
    try { view.srcObject = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" } }); }
    catch (_) { return; }
    view.hidden = false;
    await view.play();
    const stop = () => { view.srcObject.getTracks().forEach((one) => one.stop()); view.hidden = true; };
    const look = async () => {
      const found = (await detector.detect(view)).find((one) => one.rawValue.startsWith(facts.prefix));
      if (!found) { if (!view.hidden) requestAnimationFrame(look); return; }
      stop();
      byId("code").value = found.rawValue;
      await check();
    };
    look();
  });
}
show();
