import type { HardhatEthersSigner } from "@nomicfoundation/hardhat-ethers/signers";
import type { BaseContract, ContractTransactionReceipt, TransactionResponse } from "ethers";
import { ethers, network } from "hardhat";

import { DEFAULTS, testUsd, usd } from "../fixtures";
import { Fraction } from "../model/fraction";
import { SCALED_PER_BASE_UNIT } from "./clusters";
import { ExactShares, type Holder, isVacant } from "./exactShares";
import { Random } from "./random";
import { BOND, CODE, encoded, NODE_BOND, REF, RENT, withPaidTerms, type WithPaidTerms } from "./terms";
import { DAY } from "./time";
import { at, now } from "./units";

// One honest provider (node 1) and one honest owner (bucket 1) against everybody else in the cluster: the manager, the validator, the other
// owner (bucket 2), and the other providers (nodes 2 and 3, and two spare ones), who do whatever the contracts let them.

const NETWORK_FEE_BPS = 100n;
const GAS_LIMIT = 3_000_000n;
/** Who pays so much is first in the block. */
const FIRST = { gasLimit: GAS_LIMIT, maxFeePerGas: 10n ** 12n, maxPriorityFeePerGas: 10n ** 11n };
const LATER = { gasLimit: GAS_LIMIT, maxFeePerGas: 10n ** 12n, maxPriorityFeePerGas: 10n ** 9n };

interface Action {
  from: HardhatEthersSigner;
  contract: BaseContract;
  name: string;
  args: readonly unknown[];
  /** What it changes if it goes through. */
  done?: (receipt: ContractTransactionReceipt) => void;
}

export interface AdversaryScenario extends WithPaidTerms {
  random: Random;
  exact: ExactShares;
  /** Nodes by id, while they are in the cluster. */
  members: Map<bigint, Holder>;
  rents: Map<bigint, bigint>;
  time: bigint;
  /** The block of the first distribution, from which on the exact account counts. */
  startBlock: number;
  /** What the honest provider has posted and lost. */
  posted: bigint;
  lost: bigint;
  /** When it lost what, to check the weekly limit by. */
  slashes: { time: bigint; amount: bigint; before: bigint }[];
  counts: Map<string, number>;
}

const DECISIONS = ["report", "report", "replaceOne", "replaceAll", "exit", "finishExit"] as const;
const OTHERS = ["rent", "slash", "resize", "fee", "validator", "settle", "claim", "steal"] as const;

/** The cluster of the fixtures with spare nodes of the colluders, two payers and fees. */
export async function startScenario(seed: number): Promise<AdversaryScenario> {
  const fixture = await withPaidTerms();
  const { accountRegistry, admin, bucketRegistry, clusterRegistry, deployer, nodeRegistry, otherOwner, owner, provider2, provider3 } =
    fixture;
  const { termsRegistry, testUSD } = fixture;
  await clusterRegistry.connect(admin).setNetworkFee(NETWORK_FEE_BPS, deployer);
  for (const [i, provider] of [provider2, provider3].entries()) {
    await nodeRegistry.connect(provider).createNode(usd("8"), DEFAULTS.capacity, "");
    await accountRegistry.connect(owner).depositFor(provider, testUSD, testUsd("1000"));
    await termsRegistry.connect(provider).acceptTerms(1, 4 + i);
    for (const nodeId of [2 + i, 4 + i]) await termsRegistry.connect(provider).postBond(1, nodeId, 6n * BOND);
  }
  await accountRegistry.connect(otherOwner).deposit(testUSD, testUsd("900000"));
  await bucketRegistry.connect(otherOwner).createBucket(1, "");
  const time = (await now()) + 10n;
  await at(time);
  await clusterRegistry.distributeRevenues(1);
  const startBlock = await ethers.provider.getBlockNumber();
  for (const nodeId of [1, 2, 3]) await clusterRegistry.claimRevenues(1, nodeId);
  await accountRegistry.connect(fixture.provider1).withdraw(testUSD, 2n ** 256n - 1n, fixture.provider1);
  await accountRegistry.connect(owner).depositFor(fixture.provider1, testUSD, testUsd("50"));

  const exact = new ExactShares(time, NETWORK_FEE_BPS, DEFAULTS.managementFeeBps);
  const members = new Map<bigint, Holder>();
  for (const [i, provider] of fixture.providers.entries()) {
    members.set(BigInt(i + 1), { rent: DEFAULTS.rentPerMonth, qualityBps: 10_000n, provider: provider.address });
  }
  for (const nodeId of [1n, 2n, 3n, 1n, 2n, 3n]) exact.vnodes.push(members.get(nodeId)!);
  exact.setRate(owner.address, RENT);
  const rents = new Map([1n, 2n, 3n, 4n, 5n].map((nodeId) => [nodeId, nodeId < 4n ? DEFAULTS.rentPerMonth : usd("8")]));
  const random = new Random(seed);
  return {
    ...fixture,
    random,
    exact,
    members,
    rents,
    time,
    startBlock,
    posted: NODE_BOND,
    lost: 0n,
    slashes: [],
    counts: new Map(),
  };
}

/** A step of up to two days: in one block the honest may settle and distribute, and then somebody of the others does something. */
export async function step(scenario: AdversaryScenario, watchful: boolean): Promise<void> {
  const { exact, random } = scenario;
  const isIncomplete = scenario.exact.vnodes.some(isVacant);
  const kind = isIncomplete && random.chance(40) ? "fill" : random.chance(60) ? random.pick(DECISIONS) : random.pick(OTHERS);
  const action = await choose(scenario, kind);
  scenario.time += BigInt(random.between(60, Number(random.pick([3_600n, DAY, DAY, 2n * DAY]))));
  const settled = watchful || random.chance(10);
  const actions: Action[] = [...(settled ? settling(scenario) : []), ...(await toppingUp(scenario)), ...(action ? [action] : [])];
  const receipts = await inOneBlock(scenario.time, actions);
  exact.pass(scenario.time);
  for (const [i, receipt] of receipts.entries()) {
    if (receipt.status !== 1) continue;
    actions[i]!.done?.(receipt);
    const name = actions[i]!.name;
    scenario.counts.set(name, (scenario.counts.get(name) ?? 0) + 1);
  }
}

function settling({ bucketRegistry, clusterRegistry, exact, owner, otherOwner, provider1 }: AdversaryScenario): Action[] {
  return [
    {
      from: provider1,
      contract: bucketRegistry,
      name: "settlePayments",
      args: [[1, 2]],
      done: () => {
        exact.touch(owner.address);
        exact.touch(otherOwner.address);
      },
    },
    {
      from: provider1,
      contract: clusterRegistry,
      name: "distributeRevenues",
      args: [1],
      done: () => {
        exact.distribute();
      },
    },
  ];
}

/** The honest provider posts again what it lost. */
async function toppingUp(scenario: AdversaryScenario): Promise<Action[]> {
  const { provider1, termsRegistry } = scenario;
  const { bond, exitAt } = await termsRegistry.getAgreement(1, 1);
  const amount = NODE_BOND - bond;
  if (amount === 0n || exitAt !== 0n) return [];
  const done = (): void => {
    scenario.posted += amount;
  };
  return [{ from: provider1, contract: termsRegistry, name: "postBond", args: [1, 1, amount], done }];
}

async function inOneBlock(time: bigint, actions: readonly Action[]): Promise<ContractTransactionReceipt[]> {
  await network.provider.send("evm_setAutomine", [false]);
  try {
    const sent: TransactionResponse[] = [];
    for (const { from, contract, name, args } of actions) {
      const fees = from.address === actions[0]!.from.address && actions.length > 1 ? FIRST : LATER;
      sent.push(await from.sendTransaction({ to: contract, data: encoded(contract, name, args), ...fees }));
    }
    await at(time);
    await network.provider.send("evm_mine");
    return await Promise.all(
      sent.map(async ({ hash }) => (await ethers.provider.getTransactionReceipt(hash)) as ContractTransactionReceipt),
    );
  } finally {
    await network.provider.send("evm_setAutomine", [true]);
  }
}

/** What one of the colluders does next; undefined: nothing, this time. */
async function choose(
  scenario: AdversaryScenario,
  kind: (typeof DECISIONS)[number] | (typeof OTHERS)[number] | "fill",
): Promise<Action | undefined> {
  const { bucketRegistry, clusterRegistry, exact, manager, members, nodeRegistry, otherOwner, provider1, random, rents, termsRegistry } =
    scenario;
  const { stranger, validator } = scenario;
  const anyNode = random.pick([...members.keys()]);
  const theirs = [...members.keys()].filter((nodeId) => nodeId !== 1n);
  const theirNode = theirs.length === 0 ? undefined : random.pick(theirs);
  const spares = [2n, 3n, 4n, 5n].filter((nodeId) => !members.has(nodeId));
  const spare = spares.length === 0 ? undefined : random.pick(spares);
  const signerOf = (nodeId: bigint): HardhatEthersSigner =>
    nodeId === 1n ? provider1 : nodeId % 2n === 0n ? scenario.provider2 : scenario.provider3;
  const joining = (nodeId: bigint): Holder =>
    members.get(nodeId) ?? { rent: rents.get(nodeId)!, qualityBps: 10_000n, provider: signerOf(nodeId).address };
  const put = (vnodes: readonly number[], nodeId: bigint): void => {
    const holder = joining(nodeId);
    exact.put(vnodes, holder);
    members.set(nodeId, holder);
    forget(scenario);
  };
  const vacant = exact.vnodes.flatMap((holder, vnode) => (isVacant(holder) ? [vnode] : []));
  const terms = (name: string, from: HardhatEthersSigner, args: readonly unknown[], done?: Action["done"]): Action => ({
    from,
    contract: termsRegistry,
    name,
    args: [1, ...args],
    done,
  });

  switch (kind) {
    case "report": {
      const qualityBps = random.pick([0n, 0n, 2_500n, 5_000n, 10_000n, 10_000n]);
      return terms("reportQuality", validator, [anyNode, qualityBps, CODE, REF], () => {
        exact.judge(members.get(anyNode)!, qualityBps);
      });
    }
    case "replaceOne":
    case "steal": {
      const victim = kind === "steal" ? 1n : (theirNode ?? 1n);
      const to = random.pick([...theirs, ...spares]);
      const vnodes = exact.vnodesOf(members.get(victim));
      if (kind === "steal" && !random.chance(20)) return undefined;
      if (vnodes.length === 0 || (victim === 1n && vnodes.length === 1) || to === victim) return undefined;
      const vnode = random.pick(vnodes);
      return {
        from: manager,
        contract: clusterRegistry,
        name: "replaceNode",
        args: [1, vnode, to],
        done: () => {
          put([vnode], to);
        },
      };
    }
    case "replaceAll": {
      if (theirNode === undefined || spare === undefined) return undefined;
      const vnodes = exact.vnodesOf(members.get(theirNode));
      return {
        from: manager,
        contract: clusterRegistry,
        name: "replaceNodes",
        args: [1, theirNode, spare],
        done: () => {
          put(vnodes, spare);
        },
      };
    }
    case "fill": {
      if (spare !== undefined && (await termsRegistry.bondOf(1, spare)) === 0n) {
        const calls = [encoded(termsRegistry, "acceptTerms", [1, spare]), encoded(termsRegistry, "postBond", [1, spare, 6n * BOND])];
        return { from: signerOf(spare), contract: termsRegistry, name: "multicall", args: [calls] };
      }
      if (vacant.length === 0) return undefined;
      const [vnode, allVacant] = [random.pick(vacant), random.chance(50)];
      const nodeId = random.pick([...theirs, ...spares]);
      const vnodes = allVacant ? exact.vnodesOf(exact.vnodes[vnode]) : [vnode];
      return terms("fillVacancy", manager, [vnode, nodeId, allVacant], () => {
        put(vnodes, nodeId);
      });
    }
    case "exit":
      return theirNode === undefined || theirs.length < 2 ? undefined : terms("announceExit", signerOf(theirNode), [theirNode]);
    case "finishExit": {
      const nodeId = random.pick([2n, 3n, 4n, 5n]);
      return terms("finishExit", stranger, [nodeId], () => {
        const holder = members.get(nodeId);
        if (!holder) return;
        exact.vacate(holder);
        forget(scenario);
        scenario.members.delete(nodeId);
      });
    }
    case "rent": {
      if (theirNode === undefined) return undefined;
      if (random.chance(50)) {
        const rent = random.pick([usd("10"), usd("8"), usd("6"), usd("5")]);
        return {
          from: signerOf(theirNode),
          contract: nodeRegistry,
          name: "changeNodeRent",
          args: [theirNode, rent],
          done: () => {
            rents.set(theirNode, rent);
          },
        };
      }
      const accepted = rents.get(theirNode)!;
      return {
        from: manager,
        contract: clusterRegistry,
        name: "acceptRent",
        args: [1, theirNode, usd("10")],
        done: () => {
          exact.changeRent(members.get(theirNode)!, accepted);
        },
      };
    }
    case "slash": {
      const before = await termsRegistry.bondOf(1, 1);
      const amount = before === 0n ? 1n : 1n + (before * BigInt(random.between(0, 3_000))) / 10_000n;
      return terms("slash", validator, [1, amount, CODE, REF], () => {
        scenario.lost += amount;
        scenario.slashes.push({ time: scenario.time, amount, before });
      });
    }
    case "resize": {
      const { resource, ratePerMonth } = await bucketRegistry.getBucket(2);
      if (resource < 3n && random.chance(70)) {
        const added = exact.nominal / 10_000n;
        return {
          from: otherOwner,
          contract: bucketRegistry,
          name: "allocate",
          args: [2, 1, RENT],
          done: () => {
            exact.setRate(otherOwner.address, ratePerMonth + added);
          },
        };
      }
      if (resource === 0n) return undefined;
      const left = (ratePerMonth * (resource - 1n) + resource - 1n) / resource;
      return {
        from: otherOwner,
        contract: bucketRegistry,
        name: "release",
        args: [2, 1],
        done: () => {
          exact.setRate(otherOwner.address, left);
        },
      };
    }
    case "fee": {
      const fee = exact.managementFeeBps - 7n;
      return {
        from: manager,
        contract: clusterRegistry,
        name: "lowerManagementFee",
        args: [1, fee],
        done: () => {
          exact.changeManagementFee(fee);
        },
      };
    }
    case "validator":
      return random.chance(50) ? terms("offerValidator", manager, [validator.address]) : terms("finishValidator", stranger, []);
    case "settle":
      return random.chance(50) ? settling(scenario)[0] : settling(scenario)[1];
    case "claim":
      return { from: stranger, contract: clusterRegistry, name: "claimRevenues", args: [1, anyNode] };
  }
}

/** Forgets the nodes that serve nothing any more. */
function forget({ exact, members }: AdversaryScenario): void {
  for (const [nodeId, holder] of members) if (exact.vnodesOf(holder).length === 0) members.delete(nodeId);
}

/** What a provider was paid and can claim in the cluster, in scaled units, as events and views tell. */
export async function distributedTo({ clusterRegistry, nodeRegistry }: AdversaryScenario, provider: string): Promise<bigint> {
  const claims = await clusterRegistry.queryFilter(clusterRegistry.filters.RevenuesClaimed(1, undefined, provider));
  let total = claims.reduce((sum, { args }) => sum + args.scaledAmount, 0n);
  for (const { nodeId, scaledClaimable } of await clusterRegistry.getMembers(1)) {
    if ((await nodeRegistry.providerOf(nodeId)) === provider) total += scaledClaimable;
  }
  return total;
}

/** A number of scaled units that is a millionth of a base unit: more than all that is ever rounded down. */
export const TOLERANCE = SCALED_PER_BASE_UNIT / 1_000_000n;

/** Whether an amount is what it should be, or less by no more than is rounded down. */
export function isNearly(actual: bigint, expected: Fraction): boolean {
  const difference = Fraction.of(actual).minus(expected);
  const bound = Fraction.of(TOLERANCE);
  return difference.isBelow(bound) && Fraction.ZERO.minus(bound).isBelow(difference);
}
