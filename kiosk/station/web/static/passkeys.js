"use strict";
// A device answers a challenge, and the answer goes in an ordinary form. Without script, or where a browser
// knows no passkeys, what is here stays hidden and the password does.

const bytes = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (one) => one.charCodeAt(0));
const text = (buffer) => buffer && btoa(String.fromCharCode(...new Uint8Array(buffer))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
const listed = (given) => (given || []).map((one) => ({ ...one, id: bytes(one.id) }));

// An address of numbers cannot have a passkey (WebAuthn asks for a name).
const named = !/^[\d.]+$|^\[/.test(location.hostname);

for (const form of document.querySelectorAll("form[data-passkey]")) {
  if (!window.PublicKeyCredential || !named) continue;
  form.hidden = false;
  form.addEventListener("submit", async (event) => {
    if (form.elements.answer.value) return;
    event.preventDefault();
    const told = form.querySelector("[role=status]");
    told.textContent = "";
    try {
      const csrf = form.elements.csrf.value;
      const reply = await fetch(form.dataset.passkey, { method: "POST", body: new URLSearchParams({ csrf }) });
      if (!reply.ok) throw new Error(reply.statusText);
      const publicKey = await reply.json();
      publicKey.challenge = bytes(publicKey.challenge);
      const made = Boolean(publicKey.user);
      if (made) {
        publicKey.user.id = bytes(publicKey.user.id);
        publicKey.excludeCredentials = listed(publicKey.excludeCredentials);
      } else {
        publicKey.allowCredentials = listed(publicKey.allowCredentials);
      }
      const found = made ? await navigator.credentials.create({ publicKey }) : await navigator.credentials.get({ publicKey });
      const response = { clientDataJSON: text(found.response.clientDataJSON) };
      for (const part of ["attestationObject", "authenticatorData", "signature", "userHandle"]) {
        if (found.response[part]) response[part] = text(found.response[part]);
      }
      form.elements.answer.value = JSON.stringify({ id: found.id, rawId: text(found.rawId), type: found.type, response });
      form.requestSubmit();
    } catch {
      told.textContent = told.dataset.failed;
    }
  });
}
