import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { createContext, runInContext } from "node:vm";

import { expect } from "chai";
import type * as Ethers from "ethers";
import { ModuleKind, ScriptTarget, transpileModule } from "typescript";

import type * as Encryption from "../../src/encryption";
import type * as PublicKey from "../../src/encryption/public-key";
import * as here from "../../src/engine";

const ROOT = join(__dirname, "..", "..");

/** What Node and all browsers have. Nothing that Node alone has, such as Buffer, process and require, is in reach. */
const WEB = {
  ArrayBuffer,
  DataView,
  Error,
  ReadableStream,
  TextDecoder,
  TextEncoder,
  TransformStream,
  Uint8Array,
  atob,
  btoa,
  crypto,
  performance,
};

/** Loads a module as a bundler for browsers puts it together. */
function loadInBrowser(entry: string): Record<string, unknown> {
  const context = createContext({ ...WEB });
  context.self = context;
  const loaded = new Map<string, { exports: Record<string, unknown> }>();

  function load(path: string): Record<string, unknown> {
    const known = loaded.get(path);
    if (known !== undefined) return known.exports;
    const module = { exports: {} };
    loaded.set(path, module);
    const source = readFileSync(path, "utf8");
    const options = { module: ModuleKind.CommonJS, target: ScriptTarget.ES2022, esModuleInterop: true };
    const code = path.endsWith(".ts") ? transpileModule(source, { compilerOptions: options }).outputText : source;
    const run = runInContext(`(function (module, exports, require) {${code}\n})`, context, { filename: path }) as (
      ...args: unknown[]
    ) => void;
    run(module, module.exports, (name: string) => load(resolve(path, name)));
    return module.exports;
  }
  return load(entry);
}

function resolve(from: string, name: string): string {
  if (name === "ethers") return join(ROOT, "node_modules/ethers/dist/ethers.umd.js");
  // Noble's packages have another file for browsers.
  if (name === "@noble/hashes/crypto") return join(ROOT, "node_modules/@noble/hashes/crypto.js");
  if (!name.startsWith(".")) return require.resolve(name, { paths: [dirname(from)] });
  return require.resolve(join(dirname(from), name));
}

describe("src in a browser", () => {
  it("encrypts and decrypts", async () => {
    const encryption = loadInBrowser(join(ROOT, "src/encryption/index.ts")) as unknown as typeof Encryption;
    const dataKey = encryption.createDataKey();
    const place = { chainId: 1n, bucketRegistry: `0x${"ab".repeat(20)}`, bucketId: 1n, reader: `0x${"cd".repeat(20)}` };
    const privateKey = `0x${"11".repeat(32)}`;
    const { publicKeyOf } = loadInBrowser(join(ROOT, "src/encryption/public-key.ts")) as unknown as typeof PublicKey;
    const wrapped = await encryption.wrapDataKey(dataKey, place, publicKeyOf(privateKey));
    const unwrapped = await encryption.unwrapDataKey(wrapped, 0, place, privateKey);
    expect(unwrapped).to.deep.equal(dataKey);
    const sealed = await encryption.encryptBytes(dataKey, Uint8Array.of(1, 2, 3), { context: "1/a" });
    expect([...(await encryption.decryptBytes(() => unwrapped, sealed, "1/a"))]).to.deep.equal([1, 2, 3]);
  });

  it("signs requests that a node verifies", async () => {
    const there = loadInBrowser(join(ROOT, "src/engine/requests/index.ts")) as unknown as typeof here;
    const realm = { chainId: 1n, bucketRegistry: `0x${"ab".repeat(20)}` };
    const { Wallet } = loadInBrowser(join(ROOT, "node_modules/ethers/dist/ethers.umd.js")) as unknown as typeof Ethers;
    const owner = new Wallet(`0x${"11".repeat(32)}`);
    const session = await there.startSession({ bucketIds: [1n], actions: ["write"] }, { account: owner.address, signer: owner }, realm);
    const body = Uint8Array.of(1, 2, 3);
    const asked = { bucketId: 1n, action: "write", path: "é/a", nodeId: 3n, bodyHash: await there.hashBody(body) };
    const header = await there.authorize(asked, session, realm);
    const verifier = new here.RequestVerifier({ realm, nodeId: 3n });
    const { bucketId, action, path, bodyHash } = asked;
    const request = await verifier.verify(header, { bucketId, action, path, bodyHash }, Math.floor(Date.now() / 1_000));
    expect(request.account).to.equal(owner.address.toLowerCase());
  });
});
