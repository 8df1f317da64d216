import { engine } from "../../../src";
import { recoverSignerNatively } from "../../../src/engine/node";
import { Failure } from "../shared/failure";
import type { Claim, FileKey } from "./store";
import { compareVersions } from "./version";

export interface Proof extends Claim {
  /** Its signer, in lower case. */
  account: string;
  deleted: boolean;
}

/** A version may be as far ahead as a request may. */
const AHEAD_SECONDS = 300;

export interface ProofOptions {
  realm: engine.Realm;
  contracts?: engine.ContractSignatures;
}

/**
 * Checks the signed request of a file that another node has. It was meant for that other node and may have expired since: only the account's signature matters
 * here. Whether the account may write is another question, which the other node is not trusted to have asked.
 * @param now Unix seconds.
 * @throws engine.Refusal, Failure
 */
export async function checkProof({ bucketId, path }: FileKey, authorization: string, options: ProofOptions, now: number): Promise<Proof> {
  const { request, session } = engine.parseAuthorization(authorization);
  const { action, bodyHash, expiry, nodeId } = request;
  if (action !== "write" && action !== "delete") throw new Failure("no-replica", "A peer sent something other than a file.");
  if (expiry > now + AHEAD_SECONDS) throw new Failure("no-replica", "A peer has a version from the future.");
  const verifier = new engine.RequestVerifier({ ...options, nodeId, recover: recoverSignerNatively });
  // Just before it expired, it was valid.
  const { account } = await verifier.verify(authorization, { bucketId, action, path }, Math.min(expiry, session?.expiry ?? expiry) - 1);
  return { account, expiry, bodyHash, authorization, deleted: action === "delete" };
}

/** Whether two proofs, each for a node of its own, are of one write or delete. */
export function isSame(a: Proof, b: Proof): boolean {
  return a.account === b.account && a.deleted === b.deleted && compareVersions(a, b) === 0;
}
