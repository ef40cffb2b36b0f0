// Passkeys in the browser (WebAuthn): from the hub's questions to their answers.

import { ask } from "./api";

interface Question {
  id: string;
  publicKey: Record<string, unknown>;
}

/** Whether this browser could use a passkey here: not by an address, and not over plain HTTP. */
export const hasPasskeys = (): boolean =>
  window.isSecureContext &&
  "PublicKeyCredential" in window &&
  "parseRequestOptionsFromJSON" in PublicKeyCredential &&
  !/^[\d.]+$|^\[/.test(location.hostname);

/** Asks a passkey the hub's question at `path` and returns what the hub wants to hear. */
export async function prove(path: string): Promise<{ id: string; credential: unknown }> {
  const question = await ask<Question>("POST", path, {});
  const publicKey = PublicKeyCredential.parseRequestOptionsFromJSON(question.publicKey as unknown as PublicKeyCredentialRequestOptionsJSON);
  const credential = (await navigator.credentials.get({ publicKey })) as PublicKeyCredential;
  return { id: question.id, credential: credential.toJSON() };
}

/** Makes a passkey for whoever knows the password. */
export async function make(name: string, password: string): Promise<void> {
  const question = await ask<Question>("POST", "/me/passkeys/options", { password });
  const publicKey = PublicKeyCredential.parseCreationOptionsFromJSON(question.publicKey as unknown as PublicKeyCredentialCreationOptionsJSON);
  const credential = (await navigator.credentials.create({ publicKey })) as PublicKeyCredential;
  await ask("POST", "/me/passkeys", { id: question.id, name, credential: credential.toJSON() });
}
