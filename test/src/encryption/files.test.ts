import { expect } from "chai";
import fc from "fast-check";

import {
  type DataKey,
  HEADER_BYTES,
  MAX_CHUNK_BYTES,
  createDataKey,
  decryptBytes,
  decryptStream,
  encryptBytes,
  encryptStream,
  encryptedLength,
  followLink,
  linkKeys,
  parseHeader,
  rotateDataKey,
} from "../../../src/encryption";
import { concatBytes, uint32Bytes } from "../../../src/encryption/bytes";
import { chunkNonce } from "../../../src/encryption/chunks";
import { changed, expectProblem, pump } from "./bytes";

const CHUNK = 16;
const SEALED = CHUNK + 16;
const dataKey = createDataKey();
const keyOf = () => dataKey;

const plaintexts = fc.uint8Array({ maxLength: 6 * CHUNK });
const chunkSizes = fc.integer({ min: 16, max: 100 });
const cuts = fc.array(fc.integer({ min: 1, max: 80 }), { minLength: 1, maxLength: 5 });

async function encrypted(length: number, context?: string): Promise<Uint8Array> {
  return encryptBytes(dataKey, new Uint8Array(length).fill(7), { chunkBytes: CHUNK, context });
}

describe("src/encryption: files", () => {
  context("what is encrypted is decrypted", () => {
    it("whatever the bytes, the size of chunks, the context and how the streams are cut", async () => {
      const everything = fc.asyncProperty(
        plaintexts,
        chunkSizes,
        fc.string({ unit: "binary" }),
        cuts,
        cuts,
        async (plain, chunkBytes, context, a, b) => {
          const sealed = await pump(plain, encryptStream(dataKey, { chunkBytes, context }), a);
          expect(sealed.length).to.equal(encryptedLength(plain.length, chunkBytes));
          expect(await pump(sealed, decryptStream(keyOf, context), b)).to.deep.equal(Buffer.from(plain));
        },
      );
      await fc.assert(everything, { numRuns: 200 });
    });

    it("with the key of the epoch that the header names", async () => {
      const next = rotateDataKey(dataKey);
      const asked: number[] = [];
      const keyOfEpoch = (epoch: number): DataKey => {
        asked.push(epoch);
        return epoch === 0 ? dataKey : next;
      };
      const old = await encryptBytes(dataKey, Uint8Array.of(1));
      const recent = await encryptBytes(next, Uint8Array.of(2));
      expect([...(await decryptBytes(keyOfEpoch, old)), ...(await decryptBytes(keyOfEpoch, recent))]).to.deep.equal([1, 2]);
      expect(asked).to.deep.equal([0, 1]);
      expect(parseHeader(recent).epoch).to.equal(1);
    });

    it("holding no more than some chunks of a long file", async () => {
      const pieces = 400;
      let given = 0;
      let taken = 0;
      let held = 0;
      const source = new ReadableStream<Uint8Array>({
        pull(controller) {
          if (given === pieces) {
            controller.close();
            return;
          }
          controller.enqueue(new Uint8Array(65_536));
          given += 1;
          held = Math.max(held, given - taken);
        },
      });
      const plain = source.pipeThrough(encryptStream(dataKey)).pipeThrough(decryptStream(keyOf));
      for await (const part of plain) taken += part.length / 65_536;
      expect(taken).to.equal(pieces);
      expect(held).to.be.lessThan(12);
    });
  });

  context("what was changed is refused", () => {
    it("any bit of it", async () => {
      const property = fc.asyncProperty(plaintexts, fc.nat(), fc.integer({ min: 0, max: 7 }), async (plain, at, bit) => {
        const sealed = await encryptBytes(dataKey, plain, { chunkBytes: CHUNK });
        let refused = false;
        await decryptBytes(keyOf, changed(sealed, at % sealed.length, bit)).catch(() => (refused = true));
        expect(refused).to.equal(true);
      });
      await fc.assert(property, { numRuns: 300 });
    });

    it("cut off anywhere", async () => {
      const sealed = await encrypted(3 * CHUNK + 5);
      for (let length = 0; length < sealed.length; length += 1) {
        await expectProblem(decryptBytes(keyOf, sealed.subarray(0, length)), length < HEADER_BYTES ? "not-this-format" : "not-authentic");
      }
    });

    it("with anything added", async () => {
      const sealed = await encrypted(2 * CHUNK);
      await expectProblem(decryptBytes(keyOf, concatBytes(sealed, Uint8Array.of(0))), "not-authentic");
      await expectProblem(decryptBytes(keyOf, concatBytes(sealed, sealed.subarray(HEADER_BYTES))), "not-authentic");
    });

    it("with its chunks in any other order, repeated or left out", async () => {
      const sealed = await encrypted(4 * CHUNK);
      const chunks = [0, 1, 2, 3].map((i) => sealed.subarray(HEADER_BYTES + i * SEALED, HEADER_BYTES + (i + 1) * SEALED));
      const orders = fc.array(fc.integer({ min: 0, max: 3 }), { maxLength: 6 }).filter((order) => order.join() !== "0,1,2,3");
      const property = fc.asyncProperty(orders, async (order) => {
        const mixed = concatBytes(sealed.subarray(0, HEADER_BYTES), ...order.map((i) => chunks[i]!));
        await expectProblem(decryptBytes(keyOf, mixed), "not-authentic");
      });
      await fc.assert(property, { numRuns: 200 });
    });

    it("with a chunk of another file of the same key", async () => {
      const [a, b] = [await encrypted(3 * CHUNK), await encrypted(3 * CHUNK)];
      for (let i = 0; i < 3; i += 1) {
        const at = HEADER_BYTES + i * SEALED;
        const mixed = concatBytes(a.subarray(0, at), b.subarray(at, at + SEALED), a.subarray(at + SEALED));
        await expectProblem(decryptBytes(keyOf, mixed), "not-authentic");
      }
    });

    it("served in another's place", async () => {
      const sealed = await encrypted(5, "1/a");
      expect((await decryptBytes(keyOf, sealed, "1/a")).length).to.equal(5);
      await expectProblem(decryptBytes(keyOf, sealed, "1/b"), "not-authentic");
      await expectProblem(decryptBytes(keyOf, sealed), "not-authentic");
    });

    it("with an empty chunk at its end, even one that the owner sealed", async () => {
      const { deriveFileKey } = await import("../../../src/encryption/header");
      const { seal } = await import("../../../src/encryption/cipher");
      const sealed = await encrypted(CHUNK);
      const key = await deriveFileKey(dataKey, parseHeader(sealed), "");
      const full = await seal(key, chunkNonce(0, false), new Uint8Array(CHUNK));
      const empty = await seal(key, chunkNonce(1, true), new Uint8Array());
      await expectProblem(decryptBytes(keyOf, concatBytes(sealed.subarray(0, HEADER_BYTES), full, empty)), "not-authentic");
    });
  });

  context("what is no such file, key or size is refused", () => {
    it("a key of another epoch or length", async () => {
      const sealed = await encrypted(5);
      await expectProblem(
        decryptBytes(() => createDataKey(), sealed),
        "not-authentic",
      );
      await expectProblem(
        decryptBytes(() => ({ epoch: 1, key: new Uint8Array(16) }), sealed),
        "not-a-key",
      );
    });

    it("another format or version", async () => {
      const sealed = await encrypted(5);
      await expectProblem(decryptBytes(keyOf, changed(sealed, 0, 0)), "not-this-format");
      await expectProblem(decryptBytes(keyOf, changed(sealed, 4, 1)), "version-unknown");
    });

    it("chunks for which memory would have to be set aside without end", async () => {
      const sealed = await encrypted(5);
      for (const size of [0, 15, MAX_CHUNK_BYTES + 1, 0xffff_ffff]) {
        const forged = concatBytes(sealed.subarray(0, 9), uint32Bytes(size), sealed.subarray(13));
        await expectProblem(decryptBytes(keyOf, forged), "out-of-bounds");
        await expectProblem(() => encryptBytes(dataKey, new Uint8Array(), { chunkBytes: size }), "out-of-bounds");
      }
      await expectProblem(() => encryptBytes(dataKey, new Uint8Array(), { chunkBytes: 16.5 }), "out-of-bounds");
    });

    it("more chunks than a nonce counts, and epochs out of range", async () => {
      expect([...chunkNonce(2 ** 32 - 1, true)]).to.deep.equal([0, 0, 0, 0, 0, 0, 0, 255, 255, 255, 255, 1]);
      await expectProblem(() => chunkNonce(2 ** 32, true), "out-of-bounds");
      for (const epoch of [-1, 1.5, 2 ** 32]) await expectProblem(() => createDataKey(epoch), "out-of-bounds");
    });
  });

  context("given the key of a later epoch", () => {
    const second = rotateDataKey(dataKey);
    const fourth = createDataKey(3);

    it("leads to the earlier ones by their links", async () => {
      const [toFirst, toSecond] = [await linkKeys(dataKey, second), await linkKeys(second, fourth)];
      const found = await followLink(1, toSecond, () => fourth);
      expect(found).to.deep.equal(second);
      expect(await followLink(0, toFirst, () => found)).to.deep.equal(dataKey);
    });

    it("refuses links of others, to other epochs and backwards", async () => {
      const link = await linkKeys(dataKey, second);
      await expectProblem(
        followLink(0, link, () => createDataKey(1)),
        "not-authentic",
      );
      const wide = await linkKeys(dataKey, fourth);
      await expectProblem(
        followLink(1, wide, () => fourth),
        "not-authentic",
      );
      await expectProblem(
        followLink(1, link, () => second),
        "out-of-bounds",
      );
      await expectProblem(linkKeys(second, dataKey), "out-of-bounds");
      await expectProblem(linkKeys(second, createDataKey(1)), "out-of-bounds");
    });
  });
});
