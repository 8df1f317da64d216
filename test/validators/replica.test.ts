import { time } from "@nomicfoundation/hardhat-network-helpers";
import { expect } from "chai";
import { type AddressLike, type BaseContract, type LogDescription, type Result, ZeroHash } from "ethers";
import { ethers } from "hardhat";

import { PATIENCE } from "../helpers/clusters";
import { fieldsOf } from "../helpers/fields";
import { DAY } from "../helpers/time";
import { randomTree } from "./trees";
import {
  answerNext,
  BOND,
  challenge,
  commit,
  exclude,
  FULL,
  LEAVING_NOTICE,
  letPeriodPass,
  letWindowPass,
  miss,
  RULES,
  State,
  type WithCommitment,
  withCommitment,
} from "./world";

// A replica that sees only the logs of the three contracts, and the times of their blocks, has every field of proofStatusOf.

const EMPTY = {
  root: ZeroHash,
  leafCount: 0n,
  proposedRoot: ZeroHash,
  proposedLeafCount: 0n,
  commitmentDue: 0n,
  challenges: 0n,
  state: State.Idle as bigint,
  challengedRoot: ZeroHash,
  challengedLeafCount: 0n,
  seedBlock: 0n,
  seed: ZeroHash,
  openedAt: 0n,
  deadline: 0n,
  misses: 0n,
  challengeMisses: 0n,
  answersInRow: 0n,
  slashDue: false,
};
type Status = typeof EMPTY;

class Happened {
  public constructor(
    public readonly name: string,
    public readonly args: Result,
    /** That of its block. */
    public readonly timestamp: bigint,
  ) {}

  public readonly numberOf = (field: string): bigint => this.args.getValue(field) as bigint;
  public readonly textOf = (field: string): string => this.args.getValue(field) as string;
}

const CLOSED = { state: State.Idle as bigint, seed: ZeroHash };
const anew = ({ challenges }: Status): Status => ({ ...EMPTY, challenges });
const resumed = ({ root, leafCount, proposedRoot, proposedLeafCount, challenges }: Status): Status => ({
  ...EMPTY,
  ...{ root, leafCount, proposedRoot, proposedLeafCount, challenges },
});

const opened = ({ numberOf, timestamp }: Happened): Partial<Status> => ({
  seedBlock: numberOf("seedBlock"),
  deadline: numberOf("deadline"),
  openedAt: timestamp,
  state: State.Opened,
  seed: ZeroHash,
});

function answered(before: Status, misses: bigint, timestamp: bigint): Partial<Status> {
  const { challengeMisses, commitmentDue, answersInRow } = before;
  if (misses < before.misses) return { misses, answersInRow: 0n, challengeMisses: challengeMisses === 0n ? 0n : challengeMisses - 1n };
  const isOverdue = commitmentDue !== 0n && timestamp > commitmentDue;
  return misses === 0n || isOverdue ? {} : { answersInRow: answersInRow + 1n };
}

/** What each event changes. A challenge that is void is none, so nothing is drawn or answered of it. */
const CHANGES: Record<string, (event: Happened, before: Status) => Partial<Status>> = {
  ExitFinished: (_, before) => anew(before),
  ProofRecordReset: (_, before) => anew(before),
  CommitmentProposed: ({ textOf, numberOf }) => ({ proposedRoot: textOf("root"), proposedLeafCount: numberOf("leafCount") }),
  CommitmentApproved: ({ textOf, numberOf }) => ({
    root: textOf("root"),
    leafCount: numberOf("leafCount"),
    commitmentDue: 0n,
    proposedRoot: ZeroHash,
    proposedLeafCount: 0n,
  }),
  CommitmentRequested: ({ numberOf }) => ({ commitmentDue: numberOf("dueAt") }),
  CommitmentMissed: ({ numberOf }) => ({ commitmentDue: numberOf("dueAt"), misses: numberOf("misses"), answersInRow: 0n }),
  ChallengeOpened: (event) => ({
    challenges: event.numberOf("number"),
    challengedRoot: event.textOf("root"),
    challengedLeafCount: event.numberOf("leafCount"),
    ...opened(event),
  }),
  ChallengeRedrawn: opened,
  ChallengeDrawn: ({ textOf }, { state }) => (state === State.Idle ? {} : { state: State.Drawn, seed: textOf("seed") }),
  ChallengeMissed: ({ args, numberOf }, { challengeMisses, slashDue }) => ({
    ...CLOSED,
    misses: numberOf("misses"),
    challengeMisses: challengeMisses + 1n,
    answersInRow: 0n,
    slashDue: slashDue || (args.getValue("slashDue") as boolean),
  }),
  ChallengeAnswered: ({ numberOf, timestamp }, before) =>
    before.state === State.Idle ? {} : { ...CLOSED, ...answered(before, numberOf("misses"), timestamp) },
  SlashEnforced: () => ({ slashDue: false }),
};

class Replica {
  private readonly records = new Map<string, Status>();
  /** The nodes that have left since their records began. */
  private readonly left = new Set<string>();

  public constructor(private readonly proofs: string) {}

  public of(clusterId: bigint, nodeId: bigint): Status & { dueQualityBps: bigint } {
    const status = this.records.get(`${clusterId}/${nodeId}`) ?? EMPTY;
    const { misses } = status;
    const after = RULES.qualityAfter;
    const dueQualityBps = misses === 0n ? FULL : after[Math.min(Number(misses), after.length) - 1]!;
    return { ...status, dueQualityBps };
  }

  public follow(event: Happened): void {
    const { name, args } = event;
    if (name === "ValidatorChanged" && args.getValue("oldValidator") !== this.proofs && args.getValue("newValidator") === this.proofs) {
      const prefix = `${event.numberOf("clusterId")}/`;
      for (const [key, record] of this.records) if (key.startsWith(prefix)) this.records.set(key, resumed(record));
    }
    const keyOf = (field: string): string => `${event.numberOf("clusterId")}/${event.numberOf(field)}`;
    if (name === "NodeReplaced") this.left.add(keyOf("oldNodeId"));
    if (name === "NodeVacated") this.left.add(keyOf("nodeId"));
    // The end of an agreement is the end of the record, if the node has served since that began.
    if (name === "ExitFinished" && !this.left.delete(keyOf("nodeId"))) return;
    const change = CHANGES[name];
    if (!change) return;
    const key = keyOf("nodeId");
    const before = this.records.get(key) ?? EMPTY;
    this.records.set(key, { ...before, ...change(event, before) });
  }
}

describe("StorageProofs: a replica from logs", function () {
  this.timeout(PATIENCE);

  let fixture: WithCommitment;
  let ids: [clusterId: bigint, nodeId: bigint];
  beforeEach(async () => {
    fixture = await withCommitment();
    ids = [fixture.clusterId, fixture.nodeId];
  });

  const replay = async (): Promise<Replica> => {
    const { clusterRegistry, storageProofs, termsRegistry } = fixture;
    const sources = new Map<string, BaseContract>();
    for (const contract of [clusterRegistry, storageProofs, termsRegistry]) sources.set(await contract.getAddress(), contract);
    const replica = new Replica(await storageProofs.getAddress());
    const logs = await ethers.provider.getLogs({ fromBlock: 0, address: [...sources.keys()] });
    for (const log of logs) {
      const found: LogDescription | null = sources.get(log.address)!.interface.parseLog(log);
      const block = (await ethers.provider.getBlock(log.blockNumber))!;
      if (found) replica.follow(new Happened(found.name, found.args, BigInt(block.timestamp)));
    }
    return replica;
  };
  /** Compares all nodes with what the contract says. */
  const expectSame = async (step: string): Promise<void> => {
    const replica = await replay();
    for (const nodeId of fixture.nodeIds) {
      const status = fieldsOf(await fixture.storageProofs.proofStatusOf(fixture.clusterId, nodeId));
      expect(replica.of(fixture.clusterId, nodeId), `node ${nodeId} after: ${step}`).to.deep.equal(status);
    }
  };
  const replaceBy = async (validator: AddressLike): Promise<void> => {
    const { termsRegistry, manager } = fixture;
    await termsRegistry.connect(manager).offerValidator(fixture.clusterId, validator);
    await time.increaseTo((await termsRegistry.offeredValidator(fixture.clusterId)).effectiveAt);
    await termsRegistry.finishValidator(fixture.clusterId);
  };

  it("has every commitment, challenge, miss, answer and slash", async () => {
    const { admin, clusterRegistry, manager, otherManager, provider1, storageProofs, stranger, tree } = fixture;
    const approver = storageProofs.connect(otherManager);
    const steps: [step: string, run: () => Promise<unknown>][] = [
      ["a commitment", () => Promise.resolve()],
      ["another proposal", () => storageProofs.connect(provider1).commit(...ids, randomTree(5).root, 5)],
      ["a challenge", () => storageProofs.challenge(...ids)],
      ["a miss", () => letWindowPass(fixture).then(() => storageProofs.reportMiss(...ids))],
      ["a miss that slashes", () => miss(fixture)],
      ["an answer", () => answerNext(fixture, tree)],
      ["an answer that takes a miss back", () => answerNext(fixture, tree)],
      ["a request", () => approver.requestCommitment(...ids)],
      ["a missed commitment", () => time.increase(RULES.period + 1n).then(() => storageProofs.reportNoCommitment(...ids))],
      ["an answer while a commitment is due", () => answerNext(fixture, tree)],
      ["an answer while a commitment is overdue", () => time.increase(RULES.period + DAY).then(() => answerNext(fixture, tree))],
      ["an approval", () => commit(fixture, tree)],
      ["the network account is the manager's", () => clusterRegistry.connect(admin).setNetworkFee(0, manager)],
      ["a slash that is refused", () => miss(fixture)],
      ["the network account is not", () => clusterRegistry.connect(admin).setNetworkFee(0, stranger)],
      ["a slash that is enforced later", () => time.increase(7n * DAY).then(() => storageProofs.enforceSlash(...ids))],
      [
        "a draw",
        () =>
          letPeriodPass(fixture)
            .then(() => challenge(fixture))
            .then(() => storageProofs.draw(...ids)),
      ],
    ];
    for (const [step, run] of steps) {
      await run();
      await expectSame(step);
    }
  });

  it("has what is left when the validator takes office again, and when a node leaves and comes back", async () => {
    const { manager, provider1, storageProofs, termsRegistry, tree } = fixture;
    await miss(fixture);
    await letPeriodPass(fixture);
    await challenge(fixture);
    await replaceBy(manager);
    await expectSame("leaving office");
    await replaceBy(storageProofs);
    await expectSame("taking office again");
    await storageProofs.draw(...ids);
    await expectSame("drawing a challenge that is void");
    await miss(fixture);
    await expectSame("a miss in the second office");
    await termsRegistry.connect(provider1).announceExit(...ids);
    await time.increase(LEAVING_NOTICE);
    await termsRegistry.finishExit(...ids);
    await expectSame("leaving the cluster");
    await commit(fixture, tree);
    await expectSame("committing before coming back");
    await termsRegistry.connect(provider1).acceptTerms(...ids);
    await termsRegistry.connect(provider1).postBond(...ids, BOND);
    await termsRegistry.connect(manager).fillVacancy(fixture.clusterId, 0, fixture.nodeId, true);
    await storageProofs.challenge(...ids);
    await expectSame("a challenge after coming back");
    await letWindowPass(fixture);
    await exclude(fixture);
    await expectSame("an exclusion in the middle of a challenge");
    await storageProofs.reportMiss(...ids);
    await expectSame("a miss while the bond answers for it");
    await time.increase(LEAVING_NOTICE);
    await expectSame("the end of that");
    await termsRegistry.connect(provider1).announceExit(...ids);
    await time.increase(LEAVING_NOTICE);
    await termsRegistry.finishExit(...ids);
    await expectSame("the end of the agreement");
  });
});
