import { expect } from "chai";
import { HDNodeWallet, hexlify, sha256 } from "ethers";
import { ethers } from "hardhat";

import { RequestVerifier } from "../../src/engine";
import { withFundedBucket } from "../fixtures";
import { addressesOf } from "../helpers/custody";
import encryption from "../vectors/encryption.json";
import requests from "../vectors/requests.json";
import rings from "../vectors/ring.json";
import { Browser, bundle, findChromium } from "./browser";

const PHRASE = "test test test test test test test test test test test junk";
const privateKeyAt = (index: number): string => HDNodeWallet.fromPhrase(PHRASE, "", `m/44'/60'/0'/0/${index}`).privateKey;
const realm = { chainId: BigInt(requests.domain.chainId), bucketRegistry: requests.domain.verifyingContract };

describe("src in a browser", function () {
  this.timeout(180_000);

  it("needs nothing of Node", async () => {
    expect(await bundle()).to.not.match(/require\("node:/);
  });

  context("in Chromium (where it is installed: as chromium, or as DDC_CHROMIUM says)", () => {
    let browser: Browser;
    before(async function () {
      const path = findChromium();
      if (path === undefined) this.skip();
      else browser = await Browser.open(path);
    });
    after(async () => {
      // Undefined if there is no Chromium.
      await (browser as Browser | undefined)?.close();
    });

    it("runs there, and not in Node", async () => {
      expect(await browser.run("surroundings")).to.deep.equal(["window", "document"]);
    });

    for (const vector of encryption.publicKeys) {
      it(`finds the public key of ${vector.account}`, async () => {
        expect(await browser.run("publicKey", vector)).to.equal(vector.publicKey);
      });
    }

    for (const vector of encryption.wrappedKeys) {
      it(`wraps and unwraps a key of bucket ${vector.bucketId}, epoch ${vector.epoch}, chain ${vector.chainId}`, async () => {
        expect(await browser.run("wrap", vector)).to.deep.equal({ wrapped: vector.wrapped, unwrapped: vector.dataKey });
      });
    }

    for (const vector of encryption.files) {
      it(`encrypts and decrypts a file of ${vector.plaintextLength} bytes in chunks of ${vector.chunkBytes}`, async () => {
        const { encryptedSha256, plaintextSha256 } = await browser.run("crypt", vector);
        expect(encryptedSha256).to.equal(vector.encryptedSha256);
        expect(plaintextSha256).to.equal(sha256(Uint8Array.from({ length: vector.plaintextLength }, (_, i) => i % 251)));
      });
    }

    it("creates, publishes, reads and rotates keys on the contracts", async () => {
      const fixture = await withFundedBucket();
      const [ownersKey, friendsKey] = [privateKeyAt(5), privateKeyAt(17)];
      expect(ethers.computeAddress(ownersKey)).to.equal(fixture.owner.address);
      const scene = { rpcUrl: browser.rpcUrl, addresses: await addressesOf(fixture), bucketId: fixture.bucketId, ownersKey, friendsKey };
      expect(await browser.run("share", scene)).to.deep.equal([
        "epoch 0: before, 120000 bytes",
        "epoch 1: after , 120000 bytes",
        "epoch 1: before, 120000 bytes",
        "not-authentic",
      ]);
      expect((await fixture.bucketRegistry.getAccess(fixture.bucketId)).epoch).to.equal(1n);
      expect(await browser.run("decide", scene, fixture.owner.address)).to.equal("allowed");
      expect(await browser.run("decide", scene, ethers.computeAddress(friendsKey))).to.equal("not-allowed");
    });

    it("signs requests that a node verifies", async () => {
      const key = privateKeyAt(5);
      const path = "é/a";
      const { header, bodyHash } = await browser.run("authorize", key, realm, path, hexlify(Uint8Array.of(1, 2, 3)));
      const verifier = new RequestVerifier({ realm, nodeId: 3n });
      const request = await verifier.verify(header, { bucketId: 1n, action: "write", path, bodyHash }, Math.floor(Date.now() / 1_000));
      expect(request.account).to.equal(ethers.computeAddress(key).toLowerCase());
    });

    for (const { request, session, authorization } of requests.requests) {
      it(`verifies a request to ${request.action} "${request.path}"${session ? " within a session" : ""}`, async () => {
        const { bodyHash, nodeId } = request;
        expect(await browser.run("verify", realm, BigInt(nodeId), authorization, bodyHash, requests.now)).to.equal(
          request.account.toLowerCase(),
        );
      });
    }

    it("finds where keys lie on the ring", async () => {
      for (const { bucketId, key, position } of rings.positions) expect(await browser.run("position", bucketId, key)).to.equal(position);
      for (const { vnodes, tokens, replication, replicas } of rings.rings) {
        for (const { position, replicas: expected } of replicas) {
          expect(await browser.run("replicas", vnodes, tokens, position, replication)).to.deep.equal(expected);
        }
      }
    });
  });
});
