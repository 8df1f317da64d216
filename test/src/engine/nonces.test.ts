import { appendFileSync, mkdtempSync, readdirSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { expect } from "chai";
import fc from "fast-check";

import { NonceMemory, type NonceUse } from "../../../src/engine";
import { openNonceLog } from "../../../src/engine/node";

const NOW = 1_800_000_000;
const A = `0x${"aa".repeat(20)}`;
const B = `0x${"bb".repeat(20)}`;

function use(n: number, account = A, expiry = NOW + 60): NonceUse {
  return { account, nonce: `0x${n.toString(16).padStart(64, "0")}`, expiry };
}

describe("src/engine/requests: nonces", () => {
  it("are taken once by each account", async () => {
    const store = new NonceMemory();
    expect(await store.use(use(1), NOW)).to.equal("fresh");
    expect(await store.use(use(1), NOW)).to.equal("replayed");
    expect(await store.use(use(2), NOW)).to.equal("fresh");
    expect(await store.use(use(1, B), NOW)).to.equal("fresh");
    expect(store.peek(use(1), NOW)).to.equal("replayed");
    expect(store.peek(use(3), NOW)).to.equal("fresh");
    expect(store.size).to.equal(3);
  });

  it("of two uses at once, one gets it", async () => {
    const store = new NonceMemory();
    const outcomes = await Promise.all([1, 2, 3].map(() => store.use(use(1), NOW)));
    expect(outcomes.sort()).to.deep.equal(["fresh", "replayed", "replayed"]);
  });

  it("are forgotten when what they were in has expired, and make room", async () => {
    const store = new NonceMemory({ total: 2 });
    await store.use(use(1), NOW);
    await store.use(use(2), NOW);
    expect(await store.use(use(3), NOW)).to.equal("full");
    expect(await store.use(use(3, A, NOW + 180), NOW + 120)).to.equal("fresh");
    expect(store.size).to.equal(1);
  });

  it("of one account leave room for those of others", async () => {
    const store = new NonceMemory({ total: 3, perAccount: 2 });
    await store.use(use(1), NOW);
    await store.use(use(2, A, NOW + 120), NOW);
    expect(await store.use(use(3), NOW)).to.equal("full");
    expect(await store.use(use(3, B), NOW)).to.equal("fresh");
  });

  it("that were forgotten are not taken again when the clock goes back", async () => {
    const store = new NonceMemory();
    await store.use(use(1), NOW);
    store.peek(use(2, A, NOW + 500), NOW + 400);
    expect(await store.use(use(1), NOW)).to.equal("clock-went-back");
  });

  context("in files", () => {
    let directory: string;

    beforeEach(() => {
      directory = mkdtempSync(join(tmpdir(), "nonces-"));
    });

    afterEach(() => {
      rmSync(directory, { recursive: true });
    });

    it("are known after a restart, whether or not it was announced", async () => {
      const before = await openNonceLog(directory, NOW);
      expect(await before.use(use(1), NOW)).to.equal("fresh");
      expect(await before.use(use(2, B, NOW + 200), NOW)).to.equal("fresh");
      const after = await openNonceLog(directory, NOW);
      expect(await after.use(use(1), NOW)).to.equal("replayed");
      expect(await after.use(use(2, B, NOW + 200), NOW)).to.equal("replayed");
      expect(await after.use(use(3), NOW)).to.equal("fresh");
      await before.close();
      await after.close();
    });

    it("are all written, however many come at once", async () => {
      const property = fc.asyncProperty(fc.array(fc.integer({ min: 0, max: 50 }), { maxLength: 200 }), async (numbers) => {
        rmSync(directory, { recursive: true });
        const log = await openNonceLog(directory, NOW);
        const outcomes = await Promise.all(numbers.map((n) => log.use(use(n, A, NOW + 60 * (1 + (n % 3))), NOW)));
        expect(outcomes.filter((outcome) => outcome === "fresh").length).to.equal(new Set(numbers).size);
        await log.close();
        const again = await openNonceLog(directory, NOW);
        for (const n of numbers) expect(again.peek(use(n, A, NOW + 60 * (1 + (n % 3))), NOW)).to.equal("replayed");
        await again.close();
      });
      await fc.assert(property, { numRuns: 20 });
    });

    it("survive that the last one was written by half, and go on after it", async () => {
      const log = await openNonceLog(directory, NOW);
      await log.use(use(1), NOW);
      await log.close();
      const [file] = readdirSync(directory);
      appendFileSync(join(directory, file!), Buffer.alloc(30));
      const second = await openNonceLog(directory, NOW);
      await second.use(use(2), NOW);
      await second.close();
      const third = await openNonceLog(directory, NOW);
      expect([third.peek(use(1), NOW), third.peek(use(2), NOW)]).to.deep.equal(["replayed", "replayed"]);
      await third.close();
    });

    it("are deleted when they have expired", async () => {
      const log = await openNonceLog(directory, NOW);
      await log.use(use(1), NOW);
      await log.use(use(2, A, NOW + 1_000), NOW + 900);
      expect(readdirSync(directory).filter((name) => name.endsWith(".nonces")).length).to.equal(1);
      await log.close();
    });

    it("that were deleted are not taken again when the clock goes back over a restart", async () => {
      const log = await openNonceLog(directory, NOW);
      await log.use(use(1), NOW);
      await log.use(use(2, A, NOW + 1_000), NOW + 900);
      await log.close();
      const again = await openNonceLog(directory, NOW);
      expect(await again.use(use(1), NOW)).to.equal("clock-went-back");
      await again.close();
    });

    it("that cannot be written are refused, and not given to the next", async () => {
      const log = await openNonceLog(directory, NOW);
      await log.use(use(0), NOW);
      rmSync(directory, { recursive: true });
      let failed = false;
      await log.use(use(1, A, NOW + 200), NOW).catch(() => (failed = true));
      expect(failed).to.equal(true);
      expect(await log.use(use(1, A, NOW + 200), NOW)).to.equal("replayed");
      await log.close();
      await (await openNonceLog(directory, NOW)).close();
    });

    it("take 52 bytes each", async () => {
      const log = await openNonceLog(directory, NOW);
      await Promise.all([1, 2, 3].map((n) => log.use(use(n), NOW)));
      expect(statSync(join(directory, readdirSync(directory)[0]!)).size).to.equal(3 * 52);
      await log.close();
    });
  });
});
