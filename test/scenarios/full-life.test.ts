import { expect } from "chai";
import { MaxUint256 } from "ethers";

import { MONTH, NATIVE, testUsd, usd, withNodes } from "../fixtures";
import { FULL_QUALITY } from "../helpers/clusters";
import { expectExactCustody } from "../helpers/custody";
import { addBucket, addCluster, deposit } from "../helpers/steps";
import { scaled } from "../helpers/streams";
import { at, now, passTo } from "../helpers/units";

const RENT = usd("60");

describe("Scenario: the full life of a network", () => {
  it("pays 1 % to the network, 2 % of the rest to the manager, and thirds to three equal providers, to the last base unit", async () => {
    const fixture = await withNodes();
    const { accountRegistry, bucketRegistry, clusterRegistry, nodeRegistry, testUSD, nodeIds } = fixture;
    const { admin, manager, owner, provider1, provider2, provider3, stranger: treasury } = fixture;
    const providers = [provider1, provider2, provider3];
    await clusterRegistry.connect(admin).setNetworkFee(100, treasury);
    const clusterId = await addCluster(fixture, manager, {
      currency: testUSD,
      vnodeCount: 6n,
      nodeIds,
      managementFeeBps: 200n,
      reserved: 10n,
    });
    const bucketId = await addBucket(fixture, owner, clusterId);
    await deposit(fixture, owner, testUSD, testUsd("10"));
    const start = (await now()) + 1_000n;
    await at(start);
    await bucketRegistry.connect(owner).allocate(bucketId, 1, RENT);

    // All of it streams out.
    await passTo(start + 446_400n);
    await bucketRegistry.settlePayment(bucketId);
    expect((await clusterRegistry.getCluster(clusterId)).revenues).to.equal(testUsd("10"));
    await expect(clusterRegistry.distributeRevenues(clusterId))
      .to.emit(clusterRegistry, "RevenuesDistributed")
      // 60 USD of rent at full quality are the weight: 9.702 / 60 x 10^-22 of a token for each of its units.
      .withArgs(
        clusterId,
        treasury,
        manager,
        scaled(testUsd("0.1")),
        scaled(testUsd("0.198")),
        scaled(testUsd("9.702")),
        scaled(testUsd("9.702")) / (RENT * FULL_QUALITY),
      );
    expect((await clusterRegistry.getCluster(clusterId)).revenues).to.equal(0n);
    for (const [i, provider] of providers.entries()) {
      const nodeId = nodeIds[i] ?? 0n;
      expect(await clusterRegistry.claimable(clusterId, nodeId)).to.equal(testUsd("3.234"));
      await expect(clusterRegistry.claimRevenues(clusterId, nodeId))
        .to.emit(clusterRegistry, "RevenuesClaimed")
        .withArgs(clusterId, nodeId, provider, scaled(testUsd("3.234")));
      expect(await clusterRegistry.claimable(clusterId, nodeId)).to.equal(0n);
    }
    await expectExactCustody(fixture);

    // Everything ends, and everyone withdraws.
    await bucketRegistry.connect(owner).closeBucket(bucketId);
    await clusterRegistry.connect(manager).removeCluster(clusterId);
    for (const [i, provider] of providers.entries()) await nodeRegistry.connect(provider).removeNode(nodeIds[i] ?? 0n);
    const withdrawals = [[treasury, "0.1"], [manager, "0.198"], ...providers.map((provider) => [provider, "3.234"] as const)] as const;
    for (const [party, amount] of withdrawals) {
      await expect(accountRegistry.connect(party).withdraw(testUSD, MaxUint256, party)).to.changeTokenBalance(
        testUSD,
        party,
        testUsd(amount),
      );
    }
    const { held, owed } = await accountRegistry.custody(testUSD);
    expect([held, owed]).to.deep.equal([0n, 0n]);
    await expectExactCustody(fixture);
  });

  it("ends with exactly the dust that is still owed, where amounts do not divide", async () => {
    const fixture = await withNodes();
    const { accountRegistry, priceRegistry, bucketRegistry, clusterRegistry, nodeRegistry, nodeIds } = fixture;
    const { admin, manager, owner, provider1, provider2, provider3, stranger: treasury } = fixture;
    await clusterRegistry.connect(admin).setNetworkFee(123, treasury);
    await nodeRegistry.connect(provider2).changeNodeRent(nodeIds[1], 7_777_777_777_777_777_777n);
    const clusterId = await addCluster(fixture, manager, {
      currency: NATIVE,
      vnodeCount: 7n,
      nodeIds,
      managementFeeBps: 777n,
      reserved: 9n,
    });
    const { rentPerUnit } = await clusterRegistry.getCluster(clusterId);
    expect(rentPerUnit).to.equal(usd("50") + 2n * 7_777_777_777_777_777_777n);
    const bucketId = await addBucket(fixture, owner, clusterId);
    await priceRegistry.connect(admin).setPrice(NATIVE, usd("0.7"));
    await deposit(fixture, owner, NATIVE, 10n ** 18n + 1n);
    await bucketRegistry.connect(owner).allocate(bucketId, 3, rentPerUnit);
    await passTo((await now()) + MONTH);
    await bucketRegistry.connect(owner).closeBucket(bucketId);
    await clusterRegistry.connect(manager).removeCluster(clusterId);
    await expectExactCustody(fixture);

    // The account paid for as much of the index as its balance reached; the rest, less than the rate, it keeps.
    const total = scaled(10n ** 18n + 1n, 18n);
    const paid = total - (total % (3n * rentPerUnit));
    const networkFee = (paid * 123n) / 10_000n;
    const managementFee = ((paid - networkFee) * 777n) / 10_000n;
    const shares = paid - networkFee - managementFee;
    const weight = rentPerUnit * FULL_QUALITY;
    const perRent = (shares / weight) * FULL_QUALITY;
    const expected = [
      [owner, total - paid],
      // What did not divide by the weight goes to the network when the cluster is removed.
      [treasury, networkFee + (shares % weight)],
      [manager, managementFee],
      [provider1, 3n * usd("10") * perRent],
      [provider2, 2n * 7_777_777_777_777_777_777n * perRent],
      [provider3, 2n * usd("10") * perRent],
    ] as const;
    let scaledDust = 0n;
    for (const [party, scaledBalance] of expected) {
      const account = await accountRegistry.getAccount(party, NATIVE);
      expect(account.scaledBalance).to.equal(scaledBalance);
      if (account.balance !== 0n) await accountRegistry.connect(party).withdraw(NATIVE, MaxUint256, party);
      const left = (await accountRegistry.getAccount(party, NATIVE)).scaledBalance;
      expect(left).to.equal(scaledBalance % scaled(1n, 18n));
      scaledDust += left;
    }
    const { held, owed } = await accountRegistry.custody(NATIVE);
    expect(held).to.equal(owed);
    expect(owed * scaled(1n, 18n)).to.equal(scaledDust);
    await expectExactCustody(fixture);
  });
});
