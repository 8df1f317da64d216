import { expect } from "chai";

import { testUsd, usd, withCluster } from "../fixtures";
import { expectExactCustody } from "../helpers/custody";
import { addBucket, deposit } from "../helpers/steps";
import { scaled } from "../helpers/streams";
import { at, now, passTo } from "../helpers/units";

const RENT = usd("60");

describe("Scenario: the price changes on the way", () => {
  it("streams twice as fast at half the price, and half as fast at twice the price, from that second on", async () => {
    const fixture = await withCluster();
    const { accountRegistry, priceRegistry, bucketRegistry, testUSD, clusterId, admin, owner, otherOwner } = fixture;
    const patient = await addBucket(fixture, owner, clusterId);
    const settled = await addBucket(fixture, otherOwner, clusterId);
    await deposit(fixture, owner, testUSD, testUsd("10"));
    await deposit(fixture, otherOwner, testUSD, testUsd("10"));
    const start = (await now()) + 1_000n;
    await at(start);
    await bucketRegistry.connect(owner).allocate(patient, 1, RENT);
    await at(start + 1n);
    await bucketRegistry.connect(otherOwner).allocate(settled, 1, RENT);
    const oracle = priceRegistry.connect(admin);
    const coveredUntil = async (): Promise<bigint> => (await accountRegistry.getAccount(owner, testUSD)).coveredUntil;
    const balance = async (): Promise<bigint> => (await accountRegistry.getAccount(owner, testUSD)).scaledBalance;
    expect(await coveredUntil()).to.equal(start + 446_400n);

    // 111,600 seconds at 1 USD: 2.5 tokens. What is left lasts for twice as long at 2 USD.
    await at(start + 111_600n);
    await oracle.setPrice(testUSD, usd("2"));
    expect(await balance()).to.equal(scaled(testUsd("7.5")));
    expect(await coveredUntil()).to.equal(start + 111_600n + 2n * 334_800n);
    await bucketRegistry.settlePayment(settled);

    // 223,200 seconds at 2 USD: 2.5 tokens.
    await at(start + 334_800n);
    await oracle.setPrice(testUSD, usd("1"));
    expect(await balance()).to.equal(scaled(testUsd("5")));
    expect(await coveredUntil()).to.equal(start + 334_800n + 223_200n);
    await bucketRegistry.settlePayment(settled);
    await bucketRegistry.settlePayment(settled);

    // 133,920 seconds at 1 USD: 3 tokens. What is left lasts for half as long at 0.50 USD.
    await at(start + 468_720n);
    await oracle.setPrice(testUSD, usd("0.5"));
    expect(await balance()).to.equal(scaled(testUsd("2")));
    expect(await coveredUntil()).to.equal(start + 468_720n + 44_640n);

    await passTo(start + 468_720n + 44_640n);
    expect(await balance()).to.equal(0n);
    // The other account began a second later, and has a second at 1 USD left: half of one at 0.50 USD.
    expect((await accountRegistry.getAccount(otherOwner, testUSD)).scaledBalance).to.equal(RENT * 10n ** 18n);
    await passTo(start + 468_720n + 44_641n);
    expect((await accountRegistry.getAccount(otherOwner, testUSD)).scaledBalance).to.equal(0n);

    // One was settled after each change, the other never: both paid all they had.
    await bucketRegistry.settlePayments([patient, settled]);
    expect(await accountRegistry.poolOf(clusterId)).to.equal(scaled(testUsd("20")));
    await expectExactCustody(fixture);
  });

  it("changes what a bucket pays in tokens, never in USD", async () => {
    const fixture = await withCluster();
    const { priceRegistry, bucketRegistry, clusterRegistry, testUSD, clusterId, admin, owner } = fixture;
    const bucketId = await addBucket(fixture, owner, clusterId);
    await bucketRegistry.connect(owner).allocate(bucketId, 2, RENT);
    await priceRegistry.connect(admin).setPrice(testUSD, usd("0.8"));
    expect((await bucketRegistry.getBucket(bucketId)).ratePerMonth).to.equal(usd("120"));
    const [usdPerMonth, tokensPerMonth] = await clusterRegistry.quote(clusterId, 2);
    expect([usdPerMonth, tokensPerMonth]).to.deep.equal([usd("120"), testUsd("150")]);
    await expectExactCustody(fixture);
  });
});
