import {
  type Call,
  type Commitment,
  type DecodedEvent,
  ZERO_ADDRESS,
  type StorageChallenge,
  type StorageRules,
  UserError,
  challengesUntilMiss,
  explainRevertData,
  formatBps,
  formatDuration,
  formatTime,
  readProofStatus,
  readStorageRules,
} from "../../src";
import { type FileTree, openFileTree } from "../../src/storage-proofs/file";
import { clusterId, nodeId } from "./arguments";
import type { TaskContext } from "./context";
import { defineWrite } from "./define";
import { currencyOfBond } from "./governance";
import { amountOf, title } from "./sections";
import { type Section, progress } from "./report";
import { card } from "./tables";

/** A node in a cluster. */
interface Id {
  clusterId: bigint;
  nodeId: bigint;
}

const GIB = 2 ** 30;

/** Defines a task whose call needs nothing but a cluster and a node. */
export function defineOnNode(definition: {
  name: string;
  description: string;
  signer?: string;
  call: (addresses: TaskContext["addresses"], id: Id) => Call;
  done: (id: Id) => string;
}): void {
  const { name, description, signer, call, done } = definition;
  defineWrite({
    name,
    description,
    ...(signer !== undefined && { signer }),
    arguments: { cluster: clusterId(), node: nodeId() },
    call: ({ addresses }, { cluster, node }) => call(addresses, { clusterId: cluster, nodeId: node }),
    written: async (context, { cluster, node }, { sent }) => {
      const id = { clusterId: cluster, nodeId: node };
      return proofSections(context, id, done(id), sent.events);
    },
  });
}

/** The result of a call on a node: a title with its consequences, and the node's status now. */
export async function proofSections(context: TaskContext, id: Id, done: string, events: readonly DecodedEvent[]): Promise<Section[]> {
  const followed = await Promise.all(events.map((event) => consequenceOf(context, id, event)));
  return [title([done, ...followed.flat()].join(" ")), await proofStatusSection(context, id)];
}

async function consequenceOf(context: TaskContext, id: Id, { name, args }: DecodedEvent): Promise<string[]> {
  switch (name) {
    case "ChallengeOpened":
      return [`It can be answered until ${formatTime(args.deadline as bigint)}, once block ${String(args.seedBlock)} is there.`];
    case "ChallengeMissed":
      return [`It missed challenge ${String(args.number)}: ${String(args.misses)} count against it.`];
    case "QualityReported":
      return [`Its quality is ${formatBps(args.qualityBps as bigint)} from now on.`];
    case "SlashEnforced": {
      const currency = await currencyOfBond(context, id.clusterId, id.nodeId);
      return [`It loses ${amountOf(args.amount as bigint, currency)} of its bond.`];
    }
    case "EnforcementRefused":
      return [`The terms registry refuses it for now. ${explainRevertData(args.reason as string).message}`];
    default:
      return [];
  }
}

/** The tree over a file: as it was saved, or built now, which takes a while for a large one. */
export async function treeOver(path: string): Promise<FileTree> {
  let reported = 0;
  const tree = await openFileTree(path, (done, size) => {
    if (done - reported < GIB) return;
    reported = done;
    progress(`${((100 * done) / size).toFixed(1)} % of ${path} …`);
  });
  progress(`${path}: root ${tree.commitment.root}, ${tree.commitment.leafCount} leaves.`);
  return tree;
}

/** The commitment of a file, or of a root and a number of leaves. */
export async function commitmentFrom(given: {
  file: string | undefined;
  root: string | undefined;
  leaves: bigint | undefined;
}): Promise<Commitment> {
  const { file, root, leaves } = given;
  if (file !== undefined && root === undefined && leaves === undefined) return (await treeOver(file)).commitment;
  if (file === undefined && root !== undefined && leaves !== undefined) return { root, leafCount: leaves };
  throw new UserError("Give either --file, or both --root and --leaves.");
}

/** How a node stands, as a card. */
export async function proofStatusSection(context: TaskContext, id: Id): Promise<Section> {
  const status = await readProofStatus(context.registries, id);
  const { rules, prover, approved, proposed, commitmentDue, challenge, misses, answersInRow, slashDue, dueQualityBps } = status;
  const text = card([
    ["Node", `${id.nodeId} in cluster ${id.clusterId}`],
    ["Has to hold", approved === undefined ? "no approved commitment" : commitmentText(approved)],
    ["To be approved", proposed === undefined ? "nothing" : commitmentText(proposed)],
    ["New commitment due", commitmentDue === 0n ? "not requested" : formatTime(commitmentDue)],
    ["Challenge", challenge === undefined ? "none" : challengeText(challenge)],
    ["Misses", `${misses}${misses === 0n ? "" : `, ${answersInRow} of ${rules.answersPerMiss} answers to take one back`}`],
    ["Quality due", `${formatBps(dueQualityBps)}${slashDue ? ", and a slash is due" : ""}`],
    ["Prover", prover === ZERO_ADDRESS ? "the provider alone" : context.nameOf(prover)],
    ["Rules", rulesText(context, rules)],
  ]);
  return { key: "proofStatus", text, data: status };
}

function commitmentText({ root, leafCount }: Commitment): string {
  return `${root}, ${leafCount} leaves`;
}

function challengeText({ number, state, seedBlock, deadline, positions }: StorageChallenge): string {
  if (state === "idle") return `${number}, over`;
  const asked = positions === undefined ? `not known: it takes the hash of block ${seedBlock}` : positions.join(", ");
  return `${number}, to be answered until ${formatTime(deadline)}\npositions ${asked}`;
}

/** The rules of a cluster, as a card. */
export async function rulesSection(context: TaskContext, id: bigint): Promise<Section> {
  const rules = await readStorageRules(context.registries, id);
  return { key: "rules", text: card([["Rules", rulesText(context, rules)]]), data: rules };
}

function rulesText(context: TaskContext, rules: StorageRules): string {
  const { approver, period, window, positions, delay, slashFrom, slashBps, qualityAfter } = rules;
  const slash = slashFrom === 0n ? "never slashes the bond" : `${formatBps(slashBps)} of the bond from miss ${slashFrom} on`;
  const caught = challengesUntilMiss(0.1, Number(positions), 0.99);
  return [
    `${positions} leaves every ${formatDuration(period)}, within ${formatDuration(window)}, by the block ${delay} later`,
    `quality after misses: ${qualityAfter.map((bps) => formatBps(bps)).join(", ")}; ${slash}`,
    `a node that lost a tenth of its data misses one of ${caught} challenges, with 99 % probability`,
    `approved by ${context.nameOf(approver)}`,
  ].join("\n");
}
