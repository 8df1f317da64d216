import { expect } from "chai";
import { Wallet } from "ethers";
import fc from "fast-check";

import {
  DATA_KEY_BYTES,
  type KeyPlace,
  WRAPPED_KEY_BYTES,
  accountPublicKey,
  compressPublicKey,
  createDataKey,
  publicKeyMessage,
  recoverPublicKey,
  unwrapDataKey,
  wrapDataKey,
} from "../../../src/encryption";
import { changed, expectProblem } from "./bytes";

const reader = new Wallet(`0x${"11".repeat(32)}`);
const stranger = new Wallet(`0x${"22".repeat(32)}`);
const publicKey = reader.signingKey.compressedPublicKey;
const place: KeyPlace = { chainId: 31_337n, bucketRegistry: `0x${"ab".repeat(20)}`, bucketId: 1n, reader: reader.address };
const dataKey = createDataKey(3);

describe("src/encryption: keys", () => {
  context("a key wrapped for a reader", () => {
    it("is unwrapped by the reader's private key", async () => {
      const wrapped = await wrapDataKey(dataKey, place, publicKey);
      expect(wrapped.length).to.equal(WRAPPED_KEY_BYTES);
      expect(await unwrapDataKey(wrapped, 3, place, reader.privateKey)).to.deep.equal(dataKey);
    });

    it("whatever the key and the place", async () => {
      const keys = fc.uint8Array({ minLength: DATA_KEY_BYTES, maxLength: DATA_KEY_BYTES });
      const epochs = fc.integer({ min: 1, max: 0xffff_ffff });
      const places = fc.record({ chainId: fc.bigInt(0n, 2n ** 256n - 1n), bucketId: fc.bigInt(0n, 2n ** 32n - 1n) });
      const property = fc.asyncProperty(keys, epochs, places, async (key, epoch, where) => {
        const there = { ...place, ...where };
        const original = { epoch, key: Uint8Array.from(key) };
        const wrapped = await wrapDataKey(original, there, reader.signingKey.publicKey);
        expect(await unwrapDataKey(wrapped, epoch, there, reader.privateKey)).to.deep.equal(original);
      });
      await fc.assert(property, { numRuns: 20 });
    });

    it("looks different each time", async () => {
      expect(await wrapDataKey(dataKey, place, publicKey)).not.to.deep.equal(await wrapDataKey(dataKey, place, publicKey));
    });

    it("is refused to anyone else, anywhere else and in any other epoch", async () => {
      const wrapped = await wrapDataKey(dataKey, place, publicKey);
      await expectProblem(unwrapDataKey(wrapped, 3, place, stranger.privateKey), "not-authentic");
      await expectProblem(unwrapDataKey(wrapped, 4, place, reader.privateKey), "not-authentic");
      const elsewhere: Partial<KeyPlace>[] = [
        { chainId: 1n },
        { bucketRegistry: stranger.address },
        { bucketId: 2n },
        { reader: stranger.address },
      ];
      for (const other of elsewhere) {
        await expectProblem(unwrapDataKey(wrapped, 3, { ...place, ...other }, reader.privateKey), "not-authentic");
      }
    });

    it("is refused with any bit changed", async () => {
      const wrapped = await wrapDataKey(dataKey, place, publicKey);
      for (let at = 0; at < wrapped.length; at += 3) {
        let refused = false;
        await unwrapDataKey(changed(wrapped, at, at % 8), 3, place, reader.privateKey).catch(() => (refused = true));
        expect(refused, `byte ${at}`).to.equal(true);
      }
    });

    it("is refused in any other length or version", async () => {
      const wrapped = await wrapDataKey(dataKey, place, publicKey);
      await expectProblem(unwrapDataKey(wrapped.subarray(0, -1), 3, place, reader.privateKey), "not-this-format");
      await expectProblem(unwrapDataKey(Uint8Array.from([...wrapped, 0]), 3, place, reader.privateKey), "not-this-format");
      await expectProblem(unwrapDataKey(changed(wrapped, 0, 1), 3, place, reader.privateKey), "version-unknown");
      await expectProblem(unwrapDataKey(new Uint8Array(), 3, place, reader.privateKey), "version-unknown");
    });

    it("has to be one", async () => {
      await expectProblem(wrapDataKey({ epoch: 1, key: new Uint8Array(31) }, place, publicKey), "not-a-key");
    });
  });

  context("the public key of an account", () => {
    it("is recovered from its signature of a message that names the account", async () => {
      const signature = await reader.signMessage(publicKeyMessage(reader.address.toLowerCase()));
      expect(recoverPublicKey(reader.address, signature)).to.deep.equal(compressPublicKey(publicKey));
    });

    it("is not taken from the signature of another account or message", async () => {
      const signature = await stranger.signMessage(publicKeyMessage(reader.address));
      await expectProblem(() => recoverPublicKey(reader.address, signature), "not-the-account");
      const other = await reader.signMessage("another message");
      await expectProblem(() => recoverPublicKey(reader.address, other), "not-the-account");
      await expectProblem(() => recoverPublicKey(reader.address, "0x1234"), "not-a-key");
    });

    it("is taken as it is given, in either form, if it is that of the account", async () => {
      expect(accountPublicKey(reader.address, publicKey)).to.deep.equal(compressPublicKey(publicKey));
      expect(accountPublicKey(reader.address, reader.signingKey.publicKey)).to.deep.equal(compressPublicKey(publicKey));
      await expectProblem(() => accountPublicKey(stranger.address, publicKey), "not-the-account");
    });

    it("is a point of the curve", async () => {
      const notOnCurve = `0x02${"ff".repeat(32)}`;
      for (const bad of [notOnCurve, "0x", "0x00", `0x05${publicKey.slice(4)}`, reader.privateKey, `0x04${"11".repeat(64)}`]) {
        await expectProblem(() => compressPublicKey(bad), "not-a-key");
        await expectProblem(wrapDataKey(dataKey, place, bad), "not-a-key");
      }
    });

    it("is asked for with a private key that is one", async () => {
      const wrapped = await wrapDataKey(dataKey, place, publicKey);
      for (const bad of [`0x${"00".repeat(32)}`, `0x${"ff".repeat(32)}`, "0x12"]) {
        await expectProblem(unwrapDataKey(wrapped, 3, place, bad), "not-a-key");
      }
    });
  });
});
