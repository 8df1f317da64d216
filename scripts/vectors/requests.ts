import { Wallet } from "ethers";

import { NO_BODY, type Realm, type Request, type Session, domainOf, hashBody, serializeAuthorization } from "../../src/engine";
import { Digests, REQUEST_TYPES, SESSION_TYPES } from "../../src/engine/requests/typed-data";
import { Seed } from "./seed";

const seed = new Seed("DDC test vectors: requests");
const NOW = 1_800_000_000;

/** Examples of signed requests and sessions, as docs/ENGINES.md describes them. */
export async function requestVectors(): Promise<object> {
  const realm: Realm = { chainId: 31_337n, bucketRegistry: new Wallet(seed.bytes(32)).address };
  return {
    description:
      "docs/ENGINES.md describes the formats. Signatures are deterministic (RFC 6979); all were valid at the time `now` (unix seconds).",
    now: NOW,
    domain: { ...domainOf(realm), chainId: Number(realm.chainId) },
    types: { ...REQUEST_TYPES, ...SESSION_TYPES },
    requests: [
      await vector(realm, { bucketId: 1n, action: "read", path: "photos/a.jpg", bodyHash: NO_BODY, nodeId: 1n }),
      await vector(realm, {
        bucketId: 4_294_967_295n,
        action: "write",
        path: "été/写真 1.jpg",
        bodyHash: await hashBody(Buffer.from("a body")),
        nodeId: 4_294_967_295n,
      }),
      await vector(
        realm,
        { bucketId: 2n, action: "list", path: "", bodyHash: NO_BODY, nodeId: 6n },
        { bucketIds: [2n], actions: ["list"] },
      ),
      await vector(
        realm,
        { bucketId: 2n, action: "read", path: "a/b", bodyHash: NO_BODY, nodeId: 6n },
        { bucketIds: [1n, 2n, 3n], actions: ["read", "write"] },
      ),
    ],
  };
}

async function vector(
  realm: Realm,
  asked: Omit<Request, "account" | "expiry" | "nonce">,
  bounds?: Pick<Session, "bucketIds" | "actions">,
): Promise<object> {
  const digests = new Digests(realm);
  const owner = new Wallet(seed.bytes(32));
  const request: Request = { account: owner.address, ...asked, expiry: NOW + 60, nonce: seed.bytes(32) };
  const common = { accountPrivateKey: owner.privateKey, request: plain(request), requestDigest: digests.request(request) };
  if (bounds === undefined) {
    const signature = await owner.signTypedData(domainOf(realm), REQUEST_TYPES, { ...request });
    return { ...common, signature, authorization: serializeAuthorization({ request, signature }) };
  }
  const key = new Wallet(seed.bytes(32));
  const session: Session = { account: owner.address, key: key.address, ...bounds, expiry: NOW + 3_600 };
  const sessionSignature = await owner.signTypedData(domainOf(realm), SESSION_TYPES, { ...session });
  const signature = await key.signTypedData(domainOf(realm), REQUEST_TYPES, { ...request });
  return {
    ...common,
    sessionPrivateKey: key.privateKey,
    signature,
    session: { ...session, bucketIds: session.bucketIds.map(Number) },
    sessionDigest: digests.session(session),
    sessionSignature,
    authorization: serializeAuthorization({ request, signature, session: { ...session, signature: sessionSignature } }),
  };
}

function plain({ bucketId, nodeId, ...rest }: Request): object {
  return { ...rest, bucketId: Number(bucketId), nodeId: Number(nodeId) };
}
