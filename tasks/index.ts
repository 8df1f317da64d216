// The tasks stand on the bindings in typechain-types. Where those are missing or stale, compiling has to remain possible.
try {
  // eslint-disable-next-line @typescript-eslint/no-require-imports -- an import cannot be tried
  require("./all");
} catch (error) {
  if (!isBindingMissing(error)) throw error;
  console.error("The tasks of DDC Core are not available before the bindings in typechain-types are: run npx hardhat compile.");
}

function isBindingMissing(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "MODULE_NOT_FOUND" && error.message.includes("typechain-types");
}
