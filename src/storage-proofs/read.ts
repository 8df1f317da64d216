import type { BlockTag } from "ethers";

import { explain } from "../errors";
import type { Registries } from "../registries";
import type { StorageRules } from "./rules";
import type { Commitment } from "./tree";

type Validator = Pick<Registries, "storageProofs">;
interface Id {
  clusterId: bigint;
  nodeId: bigint;
}

const STATES = ["idle", "opened", "drawn"] as const;

/** A challenge of a node. */
export interface StorageChallenge {
  number: bigint;
  /** Idle: there is nothing to answer. Opened: the positions follow from a block's hash. Drawn: they are fixed. */
  state: (typeof STATES)[number];
  commitment: Commitment;
  seedBlock: bigint;
  openedAt: bigint;
  deadline: bigint;
  /** The positions to prove; undefined without a challenge, or while they are unknown. */
  positions: bigint[] | undefined;
}

/** The commitment, challenge and misses of a node in a cluster whose validator is StorageProofs; times in unix seconds, shares in basis points. */
export interface StorageProofStatus extends Id {
  rules: StorageRules;
  /** The account that may commit for it beside its provider. */
  prover: string;
  approved: Commitment | undefined;
  proposed: Commitment | undefined;
  /** Until when it has to bring a new commitment; 0: none was asked for. */
  commitmentDue: bigint;
  /** The last one; undefined: there was none since it joined. */
  challenge: StorageChallenge | undefined;
  misses: bigint;
  answersInRow: bigint;
  slashDue: boolean;
  dueQualityBps: bigint;
}

export async function readStorageRules({ storageProofs }: Validator, clusterId: bigint): Promise<StorageRules> {
  const rules = await storageProofs.rulesOf(clusterId);
  const { approver, period, window, positions, delay, answersPerMiss, slashFrom, slashBps, qualityAfter } = rules;
  return { approver, period, window, positions, delay, answersPerMiss, slashFrom, slashBps, qualityAfter: [...qualityAfter] };
}

export async function readProofStatus(validator: Validator, { clusterId, nodeId }: Id): Promise<StorageProofStatus> {
  const { storageProofs } = validator;
  const rules = await readStorageRules(validator, clusterId);
  const found = await storageProofs.proofStatusOf(clusterId, nodeId);
  const { commitmentDue, challenges, seedBlock, openedAt, deadline, misses, answersInRow, slashDue, dueQualityBps } = found;
  const state = STATES[Number(found.state)] ?? "idle";
  const challenge = {
    number: challenges,
    state,
    commitment: { root: found.challengedRoot, leafCount: found.challengedLeafCount },
    seedBlock,
    openedAt,
    deadline,
    positions: state === "idle" ? undefined : await readPositions(validator, { clusterId, nodeId }),
  };
  return {
    clusterId,
    nodeId,
    rules,
    prover: await storageProofs.proverOf(nodeId),
    approved: commitmentIf(found.root, found.leafCount),
    proposed: commitmentIf(found.proposedRoot, found.proposedLeafCount),
    commitmentDue,
    challenge: openedAt === 0n ? undefined : challenge,
    misses,
    answersInRow,
    slashDue,
    dueQualityBps,
  };
}

/** Computes the positions that a node has to prove; undefined while they are unknown. */
export async function readPositions({ storageProofs }: Validator, id: Id, blockTag?: BlockTag): Promise<bigint[] | undefined> {
  try {
    return [...(await storageProofs.positionsOf(id.clusterId, id.nodeId, blockTag === undefined ? {} : { blockTag }))];
  } catch (error) {
    if (["SeedNotReady", "SeedLapsed", "ChallengeMissing"].includes(explain(error).name)) return undefined;
    throw error;
  }
}

function commitmentIf(root: string, leafCount: bigint): Commitment | undefined {
  return leafCount === 0n ? undefined : { root, leafCount };
}
