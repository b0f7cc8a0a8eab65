// Passkeys: asks the browser for one (WebAuthn Level 3) and sends what it answers with the form around the button.
// A form says with data-passkey what it is for, and with data-options what the server wants. Without this script, or
// in a browser without passkeys, those forms stay hidden or say so, and every other way in works.
"use strict";

(function () {
  function bytes(text) {
    const plain = atob(text.replace(/-/g, "+").replace(/_/g, "/"));
    return Uint8Array.from(plain, (letter) => letter.charCodeAt(0));
  }

  function text(buffer) {
    let plain = "";
    for (const one of new Uint8Array(buffer)) plain += String.fromCharCode(one);
    return btoa(plain).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
  }

  function listed(credentials) {
    return (credentials || []).map((one) => ({ ...one, id: bytes(one.id) }));
  }

  async function made(options, alone) {
    const wanted = options.publicKey;
    const chosen = { ...wanted.authenticatorSelection };
    if (alone) Object.assign(chosen, { residentKey: "required", requireResidentKey: true, userVerification: "required" });
    const found = await navigator.credentials.create({
      publicKey: {
        ...wanted,
        authenticatorSelection: chosen,
        challenge: bytes(wanted.challenge),
        user: { ...wanted.user, id: bytes(wanted.user.id) },
        excludeCredentials: listed(wanted.excludeCredentials),
      },
    });
    return {
      ...common(found),
      response: {
        clientDataJSON: text(found.response.clientDataJSON),
        attestationObject: text(found.response.attestationObject),
        transports: found.response.getTransports ? found.response.getTransports() : [],
      },
    };
  }

  async function shown(options) {
    const wanted = options.publicKey;
    const found = await navigator.credentials.get({
      publicKey: {
        ...wanted,
        challenge: bytes(wanted.challenge),
        allowCredentials: listed(wanted.allowCredentials),
      },
    });
    const answer = found.response;
    return {
      ...common(found),
      response: {
        clientDataJSON: text(answer.clientDataJSON),
        authenticatorData: text(answer.authenticatorData),
        signature: text(answer.signature),
        userHandle: answer.userHandle ? text(answer.userHandle) : null,
      },
    };
  }

  function common(found) {
    return {
      id: found.id,
      rawId: text(found.rawId),
      type: found.type,
      authenticatorAttachment: found.authenticatorAttachment || undefined,
      clientExtensionResults: found.getClientExtensionResults(),
    };
  }

  async function asked(form) {
    if (form.dataset.options) return JSON.parse(form.dataset.options);
    const answer = await fetch(form.action, { headers: { Accept: "application/json" } });
    if (!answer.ok) throw new Error("the server did not say what it wants");
    return (await answer.json()).request_options;
  }

  async function use(form) {
    const alone = form.elements.passwordless && form.elements.passwordless.checked;
    const options = await asked(form);
    const found = form.dataset.passkey === "add" ? await made(options, alone) : await shown(options);
    form.elements.credential.value = JSON.stringify(found);
    form.submit();
  }

  if (!window.PublicKeyCredential) return;
  for (const form of document.querySelectorAll("form[data-passkey]")) {
    form.hidden = false;
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      const failed = form.querySelector("[data-passkey-failed]");
      if (failed) failed.hidden = true;
      use(form).catch(() => {
        if (failed) failed.hidden = false;
      });
    });
  }
})();
