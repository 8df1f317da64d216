import { IStorageProofs__factory } from "../bindings";
import { type Addresses, isNative } from "../registries";
import type { StorageProof, StorageRules } from "../storage-proofs";
import type { Call } from "./call";

type Validator = Pick<Addresses, "storageProofs">;
interface Id {
  clusterId: bigint;
  nodeId: bigint;
}

const abi = IStorageProofs__factory.createInterface();

export function setUpStorageProofs({ storageProofs: to }: Validator, input: { clusterId: bigint; rules: StorageRules }): Call {
  const { clusterId, rules } = input;
  return {
    to,
    data: abi.encodeFunctionData("setUp", [clusterId, rules]),
    value: 0n,
    description: `set cluster ${clusterId} up for proofs of storage, whose commitments ${rules.approver} approves`,
  };
}

/** @param input.prover The zero address removes the prover. */
export function setProver({ storageProofs: to }: Validator, input: { nodeId: bigint; prover: string }): Call {
  const { nodeId, prover } = input;
  return {
    to,
    data: abi.encodeFunctionData("setProver", [nodeId, prover]),
    value: 0n,
    description: isNative(prover) ? `remove the prover of node ${nodeId}` : `let ${prover} commit for node ${nodeId}`,
  };
}

export function commitStorage({ storageProofs: to }: Validator, input: Id & { root: string; leafCount: bigint }): Call {
  const { clusterId, nodeId, root, leafCount } = input;
  return {
    to,
    data: abi.encodeFunctionData("commit", [clusterId, nodeId, root, leafCount]),
    value: 0n,
    description: `commit node ${nodeId} in cluster ${clusterId} to ${root}, of ${leafCount} leaves`,
  };
}

export function approveCommitment({ storageProofs: to }: Validator, input: Id & { root: string; leafCount: bigint }): Call {
  const { clusterId, nodeId, root, leafCount } = input;
  return {
    to,
    data: abi.encodeFunctionData("approveCommitment", [clusterId, nodeId, root, leafCount]),
    value: 0n,
    description: `approve that node ${nodeId} has to hold ${root}, of ${leafCount} leaves, for cluster ${clusterId}`,
  };
}

export function requestCommitment({ storageProofs: to }: Validator, input: Id): Call {
  return onNode(to, "requestCommitment", input, `ask node ${input.nodeId} for a new commitment to cluster ${input.clusterId}`);
}

export function challengeStorage({ storageProofs: to }: Validator, input: Id): Call {
  return onNode(to, "challenge", input, `challenge node ${input.nodeId} in cluster ${input.clusterId}`);
}

export function drawChallenge({ storageProofs: to }: Validator, input: Id): Call {
  return onNode(to, "draw", input, `draw the leaves that node ${input.nodeId} has to prove in cluster ${input.clusterId}`);
}

export function redrawChallenge({ storageProofs: to }: Validator, input: Id): Call {
  return onNode(to, "redraw", input, `redraw the challenge of node ${input.nodeId} in cluster ${input.clusterId}`);
}

export function answerChallenge({ storageProofs: to }: Validator, input: Id & { proofs: StorageProof[] }): Call {
  const { clusterId, nodeId, proofs } = input;
  return {
    to,
    data: abi.encodeFunctionData("answer", [clusterId, nodeId, proofs]),
    value: 0n,
    description: `prove ${proofs.length} leaves of node ${nodeId} in cluster ${clusterId}`,
  };
}

export function reportMiss({ storageProofs: to }: Validator, input: Id): Call {
  return onNode(to, "reportMiss", input, `report that node ${input.nodeId} missed its challenge in cluster ${input.clusterId}`);
}

export function reportNoCommitment({ storageProofs: to }: Validator, input: Id): Call {
  const { clusterId, nodeId } = input;
  return onNode(to, "reportNoCommitment", input, `report that node ${nodeId} made no commitment to cluster ${clusterId}`);
}

export function enforceQuality({ storageProofs: to }: Validator, input: Id): Call {
  return onNode(to, "enforceQuality", input, `report the quality that is due for node ${input.nodeId} in cluster ${input.clusterId}`);
}

export function enforceSlash({ storageProofs: to }: Validator, input: Id): Call {
  return onNode(to, "enforceSlash", input, `make the slash that is due for the bond of node ${input.nodeId} in cluster ${input.clusterId}`);
}

type OnNode =
  "requestCommitment" | "challenge" | "draw" | "redraw" | "reportMiss" | "reportNoCommitment" | "enforceQuality" | "enforceSlash";

function onNode(to: string, name: OnNode, { clusterId, nodeId }: Id, description: string): Call {
  // A union of names has no signature of its own: each of them takes the same two ids.
  return { to, data: abi.encodeFunctionData(name as "challenge", [clusterId, nodeId]), value: 0n, description };
}
