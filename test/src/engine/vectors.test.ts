import { createHash } from "node:crypto";

import { expect } from "chai";
import { TypedDataEncoder, concat, id, keccak256, toBeHex, verifyTypedData, zeroPadValue } from "ethers";

import { type Realm, RequestVerifier, Ring, parseAuthorization, positionOf } from "../../../src/engine";
import requests from "../../vectors/requests.json";
import rings from "../../vectors/ring.json";

const realm: Realm = { chainId: BigInt(requests.domain.chainId), bucketRegistry: requests.domain.verifyingContract };

// The digests a second time, from docs/ENGINES.md alone.
const words = (...parts: string[]): string => keccak256(concat(parts));
const uint = (value: number): string => toBeHex(value, 32);

function separatorByHand(): string {
  const type = id("EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)");
  return words(type, id("DDC"), id("1"), uint(requests.domain.chainId), zeroPadValue(realm.bucketRegistry, 32));
}

function requestByHand({
  account,
  bucketId,
  action,
  path,
  bodyHash,
  nodeId,
  expiry,
  nonce,
}: (typeof requests.requests)[number]["request"]): string {
  const type = id(
    "Request(address account,uint32 bucketId,string action,string path,bytes32 bodyHash,uint32 nodeId,uint64 expiry,bytes32 nonce)",
  );
  const struct = words(type, zeroPadValue(account, 32), uint(bucketId), id(action), id(path), bodyHash, uint(nodeId), uint(expiry), nonce);
  return words("0x1901", separatorByHand(), struct);
}

function sessionByHand({ account, key, bucketIds, actions, expiry }: NonNullable<(typeof requests.requests)[number]["session"]>): string {
  const type = id("Session(address account,address key,uint32[] bucketIds,string[] actions,uint64 expiry)");
  const struct = words(
    type,
    zeroPadValue(account, 32),
    zeroPadValue(key, 32),
    words(...bucketIds.map(uint)),
    words(...actions.map(id)),
    uint(expiry),
  );
  return words("0x1901", separatorByHand(), struct);
}

describe("src/engine: test vectors", () => {
  for (const vector of requests.requests) {
    const { request, session, authorization } = vector;

    it(`a request to ${request.action} "${request.path}" of bucket ${request.bucketId}${session ? " within a session" : ""}`, async () => {
      expect(requestByHand(request)).to.equal(vector.requestDigest);
      if (session !== undefined) expect(sessionByHand(session)).to.equal(vector.sessionDigest);

      const types = { Request: requests.types.Request };
      expect(TypedDataEncoder.hash(requests.domain, types, request)).to.equal(vector.requestDigest);
      expect(verifyTypedData(requests.domain, types, request, vector.signature)).to.equal(session?.key ?? request.account);

      const content = JSON.parse(Buffer.from(authorization.slice("DDC1 ".length), "base64url").toString()) as Record<string, unknown>;
      const expected = { ...request, signature: vector.signature };
      if (session === undefined) {
        expect(content).to.deep.equal(expected);
      } else {
        const { key, bucketIds, actions, expiry } = session;
        expect(content).to.deep.equal({ ...expected, session: { key, bucketIds, actions, expiry, signature: vector.sessionSignature } });
      }

      const verifier = new RequestVerifier({ realm, nodeId: BigInt(request.nodeId) });
      const { bucketId, action, path } = parseAuthorization(authorization).request;
      const verified = await verifier.verify(authorization, { bucketId, action, path, bodyHash: request.bodyHash }, requests.now);
      expect(verified.account).to.equal(request.account.toLowerCase());
    });
  }

  for (const { bucketId, key, position } of rings.positions) {
    it(`the position of "${key}" in bucket ${bucketId}`, () => {
      const hash = createHash("sha256")
        .update(Buffer.from(toBeHex(bucketId, 4).slice(2), "hex"))
        .update(key)
        .digest();
      expect(String(hash.readBigUInt64BE())).to.equal(position);
      expect(String(positionOf(BigInt(bucketId), key))).to.equal(position);
    });
  }

  for (const { description, vnodes, tokens, replication, replicas } of rings.rings) {
    it(`a ring of ${description}`, () => {
      const ring = new Ring(vnodes.map(BigInt), tokens);
      for (const { position, replicas: expected } of replicas) {
        const found = ring.replicas(BigInt(position), replication);
        expect(found).to.deep.equal(expected.map(({ vnode, nodeId }) => ({ vnode, nodeId: BigInt(nodeId) })));
      }
    });
  }
});
