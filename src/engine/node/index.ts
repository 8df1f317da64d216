// What of an engine needs Node: files, and native code. All else in src/ also runs in a browser.
export { type NonceLog, openNonceLog } from "./nonce-log";
export { recoverSignerNatively } from "./recover";
