// The parts of an engine that need Node: files, and native code. All else in src/ also runs in a browser.
export { type NonceLog, openNonceLog } from "./nonce-log";
export { recoverSignerNatively } from "./recover";
