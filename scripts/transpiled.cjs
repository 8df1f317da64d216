// Preloaded by the processes that tests start: it lets a hundred of them share what ts-node would otherwise do again in each, which
// takes two thirds of the time that a task takes. Nothing else changes; `npm start` is tested without it.
const { createHash } = require("node:crypto");
const { mkdirSync, readFileSync, renameSync, writeFileSync } = require("node:fs");
const { join } = require("node:path");

const { version } = require("typescript/package.json");

const FOLDER = join(__dirname, "..", "cache", "transpiled");
const TS_NODE = require.resolve("ts-node/register/transpile-only");

function transpiled(path) {
  const source = readFileSync(path, "utf8");
  const file = join(FOLDER, createHash("sha256").update(`${version}\n${source}`).digest("hex"));
  try {
    return readFileSync(file, "utf8");
  } catch {
    return keep(file, transpile(source, path));
  }
}

function transpile(source, fileName) {
  const typescript = require("typescript");
  const { config } = typescript.readConfigFile(join(__dirname, "..", "tsconfig.json"), typescript.sys.readFile);
  return typescript.transpileModule(source, { fileName, compilerOptions: { ...config.compilerOptions, noEmit: false } }).outputText;
}

// Others may be writing the same file now: it appears as a whole.
function keep(file, code) {
  mkdirSync(FOLDER, { recursive: true });
  writeFileSync(`${file}.${process.pid}`, code);
  renameSync(`${file}.${process.pid}`, file);
  return code;
}

require.extensions[".ts"] = (module, path) => module._compile(transpiled(path), path);
require.cache[TS_NODE] = { id: TS_NODE, filename: TS_NODE, loaded: true, exports: {} };
