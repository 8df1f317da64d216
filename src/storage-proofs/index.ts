// Answering challenges needs Node.js, for files: import it from ./answer and ./file.
export * from "./chances";
export * from "./read";
export * from "./rules";
export * from "./tree";
