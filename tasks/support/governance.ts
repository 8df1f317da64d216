import {
  type CurrencyInfo,
  type GovernanceInfo,
  type GovernedNode,
  ZERO_ADDRESS,
  type TermsInfo,
  formatBps,
  formatDuration,
  formatTime,
  readCluster,
  readGovernance,
} from "../../src";
import type { TaskContext } from "./context";
import { amountOf } from "./sections";
import type { Section } from "./report";
import { card, table } from "./tables";

const BPS = 10_000n;

/** The currency of a cluster, in which amounts in what is refused are shown from then on. */
export async function currencyOfCluster(context: TaskContext, clusterId: bigint): Promise<CurrencyInfo> {
  const { currency } = await context.registries.clusterRegistry.getCluster(clusterId);
  context.known.currency = currency;
  return context.currency(currency);
}

/** The currency of a bond, which outlives its cluster. */
export async function currencyOfBond(context: TaskContext, clusterId: bigint, nodeId: bigint): Promise<CurrencyInfo> {
  const { currencyId } = await context.registries.termsRegistry.getAgreement(clusterId, nodeId);
  const found = (await context.currencies()).find((currency) => currency.currencyId === currencyId);
  if (found === undefined) return currencyOfCluster(context, clusterId);
  context.known.currency = found.currency;
  return found;
}

/** The terms of a cluster, its quality, and announced changes. */
export async function governancePart(context: TaskContext, clusterId: bigint): Promise<Section> {
  const cluster = await readCluster(context.registries, clusterId);
  const [governance] = await readGovernance(context.registries, [cluster], { fromBlock: context.deployment.fromBlock });
  if (governance === undefined) throw new Error("the cluster was read, and its governance was not");
  const currency = await context.currency(cluster.currency);
  const text = card([
    ["Cluster", String(clusterId)],
    ...termsRows(context, governance, currency),
    ["Served", servedOf(governance)],
    ["Vnodes", `${cluster.vnodeCount}, ${governance.vacantVnodes} vacant`],
  ]);
  return { key: "governance", text: `${text}\n${governedNodesTable(context, [governance], [currency])}`, data: governance };
}

/** One line a cluster. */
export function governanceTable(context: TaskContext, governances: readonly GovernanceInfo[], currencies: readonly CurrencyInfo[]): string {
  return table(
    ["Cluster", "Validator", "Bond per vnode", "Served", "Vacant vnodes"],
    governances.map((governance) => [
      String(governance.clusterId),
      validatorOf(context, governance),
      bondIn(governance.terms.bondPerVnode, governance, currencies),
      servedOf(governance),
      String(governance.vacantVnodes),
    ]),
  );
}

/** One line for each node in a cluster, or with an agreement there, and what is announced about it. */
export function governedNodesTable(
  context: TaskContext,
  governances: readonly GovernanceInfo[],
  currencies: readonly CurrencyInfo[],
): string {
  return table(
    ["Cluster", "Node", "Vnodes", "Quality", "Bond", "Announced"],
    governances.flatMap((governance) =>
      governance.nodes.map((node) => [
        String(governance.clusterId),
        String(node.nodeId),
        String(node.vnodes),
        node.vnodes === 0n ? "" : formatBps(node.qualityBps),
        bondIn(node.bond, governance, currencies),
        announcementsOf(context, governance, node).join("\n"),
      ]),
    ),
  );
}

function termsRows(context: TaskContext, governance: GovernanceInfo, currency: CurrencyInfo): [string, string][] {
  const { terms } = governance;
  return [
    ["Validator", validatorOf(context, governance)],
    ["Bond", terms.bondPerVnode === 0n ? "none" : `${amountOf(terms.bondPerVnode, currency)} per vnode`],
    ["Slashing", `at most ${formatBps(terms.maxSlashBps)} of a bond in seven days`],
    ["Notices", noticesOf(terms)],
  ];
}

function noticesOf({ leavingNotice, validatorNotice }: TermsInfo): string {
  return [`${formatDuration(leavingNotice)} before a node leaves`, `${formatDuration(validatorNotice)} before the validator changes`].join(
    "\n",
  );
}

function validatorOf({ nameOf }: TaskContext, { terms, offeredValidator, validatorEffectiveAt }: GovernanceInfo): string {
  const next = offeredValidator === ZERO_ADDRESS ? "" : `\nto be ${nameOf(offeredValidator)}, from ${formatTime(validatorEffectiveAt)} on`;
  return nameOf(terms.validator) + next;
}

function servedOf({ served, nominal }: GovernanceInfo): string {
  return nominal === 0n ? "nothing: it has no nodes yet" : `${formatBps((served * BPS) / nominal)} of what owners pay for`;
}

function announcementsOf({ nameOf }: TaskContext, { terms }: GovernanceInfo, { pending }: GovernedNode): string[] {
  const { exitAt, canFinishExit, lockedUntil, shortSince, vacatableFrom, validator, acceptanceBlocked, nextValidatorAt } = pending;
  return [
    exitAt > 0n && `leaves from ${formatTime(exitAt)} on${canFinishExit ? "\nand can leave now" : ""}`,
    shortSince > 0n && `bond short since ${formatTime(shortSince)}\nto be topped up before ${formatTime(vacatableFrom)}`,
    lockedUntil > 0n && `bond withheld until ${formatTime(lockedUntil)}`,
    validator !== terms.validator && `judged by ${nameOf(validator)}`,
    acceptanceBlocked && `terms cannot be accepted before the next validator\nis in office: ${formatTime(nextValidatorAt)}`,
  ].filter((text) => text !== false);
}

function bondIn(bond: bigint, { currency }: GovernanceInfo, currencies: readonly CurrencyInfo[]): string {
  const known = currencies.find((candidate) => candidate.currency === currency);
  if (bond === 0n) return "none";
  return known === undefined ? `${bond} base units` : amountOf(bond, known);
}
