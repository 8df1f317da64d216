import { expect } from "chai";
import { MaxUint256 } from "ethers";
import { ethers } from "hardhat";

import { readReputations } from "../../src";
import { DEFAULTS, testUsd, usd, withNodes } from "../fixtures";
import { addressesOf } from "../helpers/custody";
import { addBucket, deposit } from "../helpers/steps";
import { scaled, streamed } from "../helpers/streams";
import { DAY, HOUR } from "../helpers/time";
import { at, now } from "../helpers/units";

const TERMS = { bondPerVnode: testUsd("5"), maxSlashBps: 5_000, leavingNotice: DAY, validatorNotice: HOUR };

describe("Scenario: a network has a history", () => {
  it("says what each node and provider has done, to the second and the scaled unit", async () => {
    const fixture = await withNodes();
    const { accountRegistry, bucketRegistry, clusterRegistry, nodeRegistry, termsRegistry, testUSD } = fixture;
    const { manager, owner, provider1, provider2, provider3, stranger: validator } = fixture;
    const currency = await testUSD.getAddress();
    await nodeRegistry.connect(provider1).createNode(DEFAULTS.rentPerMonth, 100, "");

    // Nodes 1 and 2 serve two vnodes each of a cluster with bonds.
    await termsRegistry.connect(manager).createClusterWithTerms({ ...TERMS, validator }, testUSD, 4, 0, "");
    for (const [nodeId, provider] of [
      [1, provider1],
      [2, provider2],
    ] as const) {
      await testUSD.mint(provider, testUsd("10"));
      await testUSD.connect(provider).approve(accountRegistry, MaxUint256);
      await deposit(fixture, provider, testUSD, testUsd("10"));
      await termsRegistry.connect(provider).acceptTerms(1, nodeId);
      await termsRegistry.connect(provider).postBond(1, nodeId, testUsd("10"));
    }
    const start = (await now()) + 1_000n;
    await at(start);
    await termsRegistry.connect(manager).fillCluster(1, [1, 2]);
    await clusterRegistry.connect(manager).reserveResource(1, 10);
    const bucketId = await addBucket(fixture, owner, 1n);
    await deposit(fixture, owner, testUSD, testUsd("1000"));
    await bucketRegistry.connect(owner).allocate(bucketId, 1, usd("40"));
    const allocated = await now();

    // Ten days later node 2 is at half its quality, and loses 4 of its bond; node 1 is well.
    await at(start + 10n * DAY);
    await termsRegistry.connect(validator).reportQuality(1, 2, 5_000, 7, "slow");
    await termsRegistry.connect(validator).reportQuality(1, 1, 10_000, 0, "");
    const reported = await now();
    await termsRegistry.connect(validator).slash(1, 2, testUsd("4"), 7, "slow");

    // It leaves, a day after it said so.
    await at(start + 20n * DAY);
    await termsRegistry.connect(provider2).announceExit(1, 2);
    await at(start + 21n * DAY);
    await termsRegistry.finishExit(1, 2);

    // In another cluster node 3 is replaced, and not by a node of its own provider.
    await at(start + 25n * DAY);
    await clusterRegistry.connect(manager).createCluster(testUSD, 3, [3], 0, "");
    await at(start + 26n * DAY);
    await clusterRegistry.connect(manager).replaceNodes(2, 3, 4);

    await at(start + 31n * DAY);
    await clusterRegistry.distributeRevenues(1);
    await clusterRegistry.claimRevenues(1, 1);

    const toBlock = await ethers.provider.getBlockNumber();
    const end = await now();
    const { nodes, providers } = await readReputations(ethers.provider, await addressesOf(fixture), { fromBlock: 0, toBlock });
    const balanceOf = async (who: { address: string }): Promise<bigint> =>
      (await accountRegistry.getAccount(who.address, testUSD)).scaledBalance;
    const [earned1, earned2] = [await balanceOf(provider1), (await balanceOf(provider2)) - scaled(testUsd("6"))];
    expect([earned1 > 0n, earned2 > 0n]).to.deep.equal([true, true]);
    const none = { earned: {}, reports: 0n, misses: 0n, slashes: 0n, slashed: {}, exits: 0n, exclusions: 0n, qualityBps: 10_000n };
    const first = {
      ...none,
      servedSince: start,
      vnodes: 2n,
      clusters: 1n,
      vnodeSeconds: 2n * (end - start),
      earned: { [currency]: earned1 },
      reports: 1n,
    };
    const second = {
      ...none,
      servedSince: start,
      vnodes: 0n,
      clusters: 0n,
      vnodeSeconds: 2n * 21n * DAY,
      // 10 of 21 days whole, 11 half.
      qualityBps: (10n * 10_000n + 11n * 5_000n) / 21n,
      earned: { [currency]: earned2 },
      reports: 1n,
      misses: 1n,
      slashes: 1n,
      slashed: { [currency]: testUsd("4") },
      exits: 1n,
    };
    const third = { ...none, servedSince: start + 25n * DAY, vnodes: 0n, clusters: 0n, vnodeSeconds: 3n * DAY, exclusions: 1n };
    const fourth = {
      ...none,
      servedSince: start + 26n * DAY,
      vnodes: 3n,
      clusters: 1n,
      vnodeSeconds: 3n * (end - start - 26n * DAY),
    };
    expect(nodes).to.deep.equal([
      { nodeId: 1n, provider: provider1.address, ...first },
      { nodeId: 2n, provider: provider2.address, ...second },
      { nodeId: 3n, provider: provider3.address, ...third },
      { nodeId: 4n, provider: provider1.address, ...fourth },
    ]);
    expect(providers).to.deep.equal([
      {
        provider: provider1.address,
        nodeIds: [1n, 4n],
        ...first,
        vnodes: 5n,
        clusters: 2n,
        vnodeSeconds: first.vnodeSeconds + fourth.vnodeSeconds,
      },
      { provider: provider2.address, nodeIds: [2n], ...second },
      { provider: provider3.address, nodeIds: [3n], ...third },
    ]);

    // At an earlier block it is what it was then: a report pays the node first, and half of what the owner pays is for node 1.
    const { nodes: before } = await readReputations(ethers.provider, await addressesOf(fixture), { fromBlock: 0, toBlock: toBlock - 1 });
    expect(before[0]?.earned).to.deep.equal({ [currency]: streamed(usd("20"), reported - allocated) });
  });

  it("is read for everyone whatever somebody wrote as params", async () => {
    const fixture = await withNodes();
    const { nodeRegistry, stranger } = fixture;
    const data = nodeRegistry.interface.encodeFunctionData("createNode", [1, 1, "text"]).replace("74657874", "ffffffff");
    await stranger.sendTransaction({ to: nodeRegistry, data });
    const range = { fromBlock: 0, toBlock: await ethers.provider.getBlockNumber() };
    const { nodes } = await readReputations(ethers.provider, await addressesOf(fixture), range);
    expect(nodes.map(({ nodeId }) => nodeId)).to.deep.equal([1n, 2n, 3n, 4n]);
  });
});
