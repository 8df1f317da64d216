import type { HardhatEthersSigner } from "@nomicfoundation/hardhat-ethers/signers";
import { setBalance } from "@nomicfoundation/hardhat-network-helpers";
import { MaxUint256, parseEther } from "ethers";

import { base, type Base, NATIVE, testUsd, usd } from "../fixtures";
import { addBucket, addCluster, addNode } from "../helpers/steps";

/** Who takes part in a random walk, and in what they pay. */
export interface World extends Base {
  currencies: [native: string, testUSD: string];
  providers: HardhatEthersSigner[];
  managers: HardhatEthersSigner[];
  owners: HardhatEthersSigner[];
  treasury: HardhatEthersSigner;
  /** All of them, by their addresses. */
  actors: ReadonlyMap<string, HardhatEthersSigner>;
}

export async function createWorld(): Promise<World> {
  const fixture = await base();
  const { accountRegistry, testUSD, admin, deployer: treasury } = fixture;
  const providers = [fixture.provider1, fixture.provider2, fixture.provider3];
  const managers = [fixture.manager, fixture.otherManager];
  const owners = [fixture.owner, fixture.otherOwner, fixture.stranger];
  for (const owner of owners) {
    await testUSD.mint(owner, testUsd("1000000000"));
    await testUSD.connect(owner).approve(accountRegistry, MaxUint256);
    await setBalance(owner.address, parseEther("1000000000"));
  }
  await furnish(fixture, providers, managers, owners);
  const everyone = [...providers, ...managers, ...owners, treasury, admin];
  return {
    ...fixture,
    currencies: [NATIVE, await testUSD.getAddress()],
    providers,
    managers,
    owners,
    treasury,
    actors: new Map(everyone.map((actor) => [actor.address, actor])),
  };
}

/** Something to begin with: two nodes of each provider, a cluster of each manager, and a bucket of each owner in both. */
async function furnish(
  fixture: Base,
  providers: readonly HardhatEthersSigner[],
  managers: readonly HardhatEthersSigner[],
  owners: readonly HardhatEthersSigner[],
): Promise<void> {
  const nodeIds: bigint[] = [];
  for (const rentPerMonth of [usd("1"), 333_333_333_333_333_333n]) {
    for (const provider of providers) {
      for (const manager of managers) await fixture.nodeRegistry.connect(provider).trustManager(manager);
      nodeIds.push(await addNode(fixture, provider, managers[0] ?? provider, rentPerMonth, 500n));
    }
  }
  const plan = { vnodeCount: 7n, managementFeeBps: 777n, reserved: 30n };
  for (const [i, manager] of managers.entries()) {
    const currency = i === 0 ? NATIVE : fixture.testUSD;
    const clusterId = await addCluster(fixture, manager, { ...plan, currency, nodeIds: nodeIds.slice(i, i + 4) });
    for (const owner of owners) await addBucket(fixture, owner, clusterId);
  }
}
