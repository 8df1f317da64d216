import { time } from "@nomicfoundation/hardhat-network-helpers";
import { expect } from "chai";
import { ethers } from "hardhat";

import { base, NATIVE } from "../fixtures";

// A random walk over clusters, nodes, buckets and money, at the ends of the ranges, beside a plain model of which vnode is on which node. After
// each step: places, weights and reservations are as the model says, and in each currency every fine unit is somewhere, once.

const SEEDS = (process.env.SEEDS ?? "1,2,3").split(",").map(Number);
const STEPS = Number(process.env.STEPS ?? 150);
/** What happens more often than the rest: money with odd seeds, nodes that come and go with even ones. */
const MONEY = [
  "createBucket",
  "allocate",
  "allocate",
  "allocate",
  "reserve",
  "release",
  "settle",
  "distribute",
  "wait",
  "reclaim",
];
const NODES = [
  "replaceNode",
  "replaceNodes",
  "acceptRent",
  "changeRent",
  "release",
  "distribute",
].flatMap((name) => [name, name, name, name]);
const MAX128 = 2n ** 128n - 1n;
const MAX_RENT = 2n ** 88n - 1n;
const WHOLE = 10n ** 36n * 2_678_400n;

function random(seed: number): (below: number) => number {
  let state = seed * 2_654_435_761;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) % below;
  };
}

interface Model {
  currency: string;
  decimals: bigint;
  vnodes: number[];
  rents: Map<number, bigint>;
  perVnode: bigint;
  used: bigint;
  /** What each node should have earned, in 2^-64 of a fine unit. */
  earned: Map<number, bigint>;
  paid: Map<number, bigint>;
  slack: bigint;
}

for (const seed of SEEDS) {
  describe(`attack: a random walk with the seed ${seed}`, function () {
    this.timeout(1_200_000);

    it(`loses and makes nothing in ${STEPS} steps`, async () => {
      const pick = random(seed);
      const one = <T>(items: readonly T[]): T => items[pick(items.length)] as T;
      const {
        accountRegistry,
        bucketRegistry,
        clusterRegistry,
        nodeRegistry,
        admin,
        manager,
        stranger,
        ...rest
      } = await base();
      const owners = [rest.owner, rest.otherOwner, rest.provider1, stranger];
      const payers = owners;
      const currencies: { address: string; decimals: bigint }[] = [];
      for (const [decimals, price] of [
        [0n, 10n ** 25n],
        [24n, 10n ** 10n],
        [18n, 10n ** 18n],
      ] as const) {
        const token = await ethers.deployContract("SilentToken", [decimals]);
        const address = await token.getAddress();
        await accountRegistry
          .connect(admin)
          .addCurrency(address, price, NATIVE, 0);
        const maximum =
          (2n ** 224n - 1n) / (2_678_400n * 10n ** (36n - decimals));
        for (const payer of payers)
          await token.getFunction("setBalance")(
            payer.address,
            maximum < MAX128 ? maximum : MAX128,
          );
        currencies.push({ address, decimals });
      }
      await clusterRegistry.connect(admin).setNetworkFee(777, admin);

      const rents = new Map<number, bigint>();
      const newRent = (): bigint =>
        one([
          0n,
          1n,
          1n,
          10n ** 18n,
          3n * 10n ** 15n + 7n,
          10n ** 19n,
          pick(6) === 0 ? MAX_RENT : MAX_RENT / 65_535n,
        ]);
      const provider = rest.provider2;
      await nodeRegistry.connect(provider).trustManager(manager);
      for (let i = 1; i <= 12; ++i) {
        rents.set(i, newRent());
        await nodeRegistry
          .connect(provider)
          .createNode(rents.get(i) ?? 0n, 2n ** 32n - 1n, "");
      }
      const clusters = new Map<number, Model>();
      const buckets: number[] = [];
      let clusterCount = 0;
      let bucketCount = 0;
      const done: Record<string, [number, number]> = {};

      const learn = async (hash: string): Promise<void> => {
        const receipt = await ethers.provider.getTransactionReceipt(hash);
        for (const log of receipt?.logs ?? []) {
          if (log.address !== (await clusterRegistry.getAddress())) continue;
          const event = clusterRegistry.interface.parseLog(log);
          const model = clusters.get(Number(event?.args.clusterId ?? 0));
          if (!event || !model) continue;
          if (event.name === "RevenuesDistributed") {
            const weights = new Map<number, bigint>();
            for (const node of model.vnodes)
              weights.set(
                node,
                (weights.get(node) ?? 0n) + (model.rents.get(node) ?? 0n),
              );
            const all = [...weights.values()].reduce((a, b) => a + b, 0n);
            for (const [node, weight] of weights) {
              model.earned.set(
                node,
                (model.earned.get(node) ?? 0n) +
                  (((event.args.shares as bigint) << 64n) * weight) / all,
              );
            }
            model.slack = model.slack > all ? model.slack : all;
          }
          if (event.name === "RevenuesClaimed") {
            const node = Number(event.args.nodeId);
            model.paid.set(
              node,
              (model.paid.get(node) ?? 0n) + (event.args.fineAmount as bigint),
            );
          }
        }
      };

      const steps: Record<string, () => Promise<void>> = {
        async createCluster() {
          if (clusters.size > 5) throw new Error("enough");
          const nodes = [...rents.keys()]
            .sort(() => pick(3) - 1)
            .slice(0, 1 + pick(8));
          const vnodeCount = one([
            nodes.length,
            nodes.length + pick(12),
            nodes.length + pick(5),
            65_535,
          ]);
          const { address, decimals } = one(currencies);
          const tx = await clusterRegistry
            .connect(manager)
            .createCluster(
              address,
              vnodeCount,
              nodes,
              one([0, 3_000, 333]),
              "",
            );
          void tx;
          clusters.set(++clusterCount, {
            currency: address,
            decimals,
            vnodes: Array.from(
              { length: vnodeCount },
              (_, i) => nodes[i % nodes.length] as number,
            ),
            rents: new Map(nodes.map((node) => [node, rents.get(node) ?? 0n])),
            perVnode: 0n,
            used: 0n,
            earned: new Map(),
            paid: new Map(),
            slack: 0n,
          });
        },
        async reserve() {
          const [id, model] = one([...clusters]);
          const more = one([1n, 5n, 1_000n]);
          await clusterRegistry.connect(manager).reserveResource(id, more);
          model.perVnode += more;
        },
        async unreserve() {
          const [id, model] = one([...clusters]);
          await clusterRegistry.connect(manager).releaseResource(id, 1);
          model.perVnode -= 1n;
        },
        async replaceNode() {
          const [id, model] = one([...clusters]);
          const index = pick(Math.min(model.vnodes.length, 14));
          const to = 1 + pick(12);
          const tx = await clusterRegistry
            .connect(manager)
            .replaceNode(id, index, to);
          await learn(tx.hash);
          const from = model.vnodes[index] as number;
          model.vnodes[index] = to;
          if (!model.rents.has(to)) model.rents.set(to, rents.get(to) ?? 0n);
          if (!model.vnodes.includes(from)) model.rents.delete(from);
        },
        async replaceNodes() {
          const [id, model] = one([...clusters]);
          const from = one([...model.rents.keys()]);
          const to = 1 + pick(12);
          const tx = await clusterRegistry
            .connect(manager)
            .replaceNodes(id, from, to);
          await learn(tx.hash);
          model.vnodes = model.vnodes.map((node) =>
            node === from ? to : node,
          );
          model.rents.delete(from);
          model.rents.set(to, rents.get(to) ?? 0n);
        },
        async changeRent() {
          const node = 1 + pick(12);
          const rent = newRent();
          await nodeRegistry.connect(provider).changeNodeRent(node, rent);
          rents.set(node, rent);
        },
        async acceptRent() {
          const [id, model] = one([...clusters]);
          const node = one([...model.rents.keys()]);
          const tx = await clusterRegistry
            .connect(manager)
            .acceptRent(id, node, MAX128);
          await learn(tx.hash);
          model.rents.set(node, rents.get(node) ?? 0n);
        },
        async removeCluster() {
          if (pick(12) !== 0) throw new Error("not now");
          const [id] = one([...clusters]);
          await clusterRegistry.connect(manager).removeCluster(id);
          clusters.delete(id);
        },
        async createBucket() {
          if (bucketCount > 25) throw new Error("enough");
          const [id] = one([...clusters]);
          await bucketRegistry.connect(one(payers)).createBucket(id, "");
          buckets.push(++bucketCount);
        },
        async allocate() {
          const id = one(buckets);
          const { owner, clusterId } = await bucketRegistry.getBucket(id);
          const signer = await ethers.getSigner(owner);
          const more = one([1n, 2n, 900n]);
          await bucketRegistry.connect(signer).allocate(id, more, MAX128);
          const model = clusters.get(Number(clusterId));
          if (model) model.used += more;
        },
        async release() {
          const id = one(buckets);
          const { owner, clusterId, resource } =
            await bucketRegistry.getBucket(id);
          const less = seed % 2 ? one([1n, resource]) : resource;
          await bucketRegistry
            .connect(await ethers.getSigner(owner))
            .release(id, less);
          const model = clusters.get(Number(clusterId));
          if (model) model.used -= less;
        },
        async reclaim() {
          const id = one(buckets);
          const before = await bucketRegistry.getBucket(id);
          await bucketRegistry.connect(manager).reclaim(id);
          const after = await bucketRegistry.getBucket(id);
          const model = clusters.get(Number(before.clusterId));
          if (model) model.used -= before.resource - after.resource;
        },
        async pass() {
          const id = one(buckets);
          const { owner } = await bucketRegistry.getBucket(id);
          const to = one(payers);
          await bucketRegistry
            .connect(await ethers.getSigner(owner))
            .offerBucket(id, to);
          await bucketRegistry.connect(to).acceptBucket(id, MAX128);
        },
        async deposit() {
          const { address, decimals } = one(currencies);
          const maximum =
            (2n ** 224n - 1n) / (2_678_400n * 10n ** (36n - decimals));
          const amount = one([
            1n,
            10n ** decimals,
            1_000n * 10n ** decimals,
            (maximum < MAX128 ? maximum : MAX128) / 5n,
          ]);
          await accountRegistry
            .connect(stranger)
            .depositFor(one(payers), address, amount);
        },
        async withdraw() {
          if (pick(3) !== 0) throw new Error("not now");
          await accountRegistry
            .connect(one(payers))
            .withdraw(
              one(currencies).address,
              one([1n, 2n ** 256n - 1n]),
              stranger,
            );
        },
        async settle() {
          await bucketRegistry.settlePayments([
            one(buckets),
            one(buckets),
            one(buckets),
          ]);
        },
        async distribute() {
          const [id] = one([...clusters]);
          await learn((await clusterRegistry.distributeRevenues(id)).hash);
        },
        async claim() {
          const [id, model] = one([...clusters]);
          await learn(
            (
              await clusterRegistry.claimRevenues(
                id,
                one([...model.rents.keys()]),
              )
            ).hash,
          );
        },
        async price() {
          const { address } = one(currencies);
          const { minPrice, maxPrice } =
            await accountRegistry.getCurrency(address);
          await accountRegistry
            .connect(admin)
            .setPrice(address, one([minPrice, maxPrice]));
        },
        async wait() {
          await time.increase(
            one([1, 1, 3_600, 86_400, 2_678_400, 315_360_000]),
          );
        },
      };

      for (let step = 0; step < STEPS; ++step) {
        const name = one([
          ...Object.keys(steps),
          ...(seed % 2 ? MONEY : NODES),
        ]);
        const count = (done[name] ??= [0, 0]);
        ++count[1];
        try {
          await (steps[name] as () => Promise<void>)();
          ++count[0];
        } catch (error) {
          const { message } = error as Error;
          expect(message, name).not.to.match(
            /panic|without a reason|out of gas/i,
          );
          continue;
        }

        const reserved = new Map<number, bigint>();
        const inClusters = new Map<number, bigint>();
        for (const [id, model] of clusters) {
          const count = Math.min(model.vnodes.length, 20);
          const { nodeIds } = await clusterRegistry.getVnodes(id, 0, count);
          expect(
            nodeIds.map(Number),
            `vnodes of ${id} after ${name}`,
          ).to.deep.equal(model.vnodes.slice(0, count));
          const counts = new Map<number, bigint>();
          for (const node of model.vnodes)
            counts.set(node, (counts.get(node) ?? 0n) + 1n);
          const members = await clusterRegistry.getMembers(id);
          expect(members.length).to.equal(counts.size);
          let weight = 0n;
          for (const {
            nodeId,
            vnodes,
            rentPerMonth,
            fineClaimable,
          } of members) {
            const node = Number(nodeId);
            expect(vnodes).to.equal(counts.get(node));
            expect(rentPerMonth).to.equal(model.rents.get(node));
            weight += vnodes * rentPerMonth;
            reserved.set(
              node,
              (reserved.get(node) ?? 0n) + vnodes * model.perVnode,
            );
            inClusters.set(node, (inClusters.get(node) ?? 0n) + 1n);
            const difference =
              ((model.earned.get(node) ?? 0n) >> 64n) -
              fineClaimable -
              (model.paid.get(node) ?? 0n);
            const bound = 100n * (model.slack + 2n ** 96n);
            expect(
              difference > -bound && difference < bound,
              `share of ${node} in ${id} after ${name}: ${difference}`,
            ).to.equal(true);
          }
          const status = await clusterRegistry.getCluster(id);
          expect(status.rentPerUnit, `weight of ${id}`).to.equal(weight);
          expect(status.resourceUsed).to.equal(model.used);
          expect(status.resourcePerVnode).to.equal(model.perVnode);
          expect(status.nodeCount).to.equal(BigInt(counts.size));
        }
        for (const node of rents.keys()) {
          const status = await nodeRegistry.getNode(node);
          expect(status.reserved, `reserved of ${node}`).to.equal(
            reserved.get(node) ?? 0n,
          );
          expect(status.clusters).to.equal(inClusters.get(node) ?? 0n);
        }
        for (const { address, decimals } of currencies) {
          const perBaseUnit = WHOLE / 10n ** decimals;
          const { owed } = await accountRegistry.custody(address);
          const { held } = await accountRegistry.custody(address);
          expect(held).to.equal(owed);
          let sum = 0n;
          for (const { address: account } of [
            ...payers,
            admin,
            manager,
            provider,
          ]) {
            sum += (await accountRegistry.getAccount(account, address))
              .fineBalance;
          }
          for (const [id, model] of clusters) {
            if (model.currency !== address) continue;
            for (const payer of payers)
              sum += (await accountRegistry.getStream(payer, id)).fineOwed;
            sum +=
              (await accountRegistry.poolOf(id)) +
              (await clusterRegistry.undividedOf(id));
            for (const { fineClaimable } of await clusterRegistry.getMembers(
              id,
            ))
              sum += fineClaimable;
          }
          expect(sum, `custody of ${decimals} decimals after ${name}`).to.equal(
            owed * perBaseUnit,
          );
        }
      }
      console.log(
        `      ${Object.entries(done)
          .map(([name, [ok, all]]) => `${name} ${ok}/${all}`)
          .join(", ")}`,
      );
    });
  });
}
