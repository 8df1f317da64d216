import { expect } from "chai";
import { ethers } from "hardhat";

import { readLatePayers, readPaid } from "../../src";
import { type WithFundedBucket, testUsd, usd, withFundedBucket } from "../fixtures";
import { registriesOf } from "../helpers/custody";
import { judge, withPaidTerms } from "../helpers/terms";
import { DAY } from "../helpers/time";
import { at, now } from "../helpers/units";

async function mineAt(time: bigint): Promise<void> {
  await at(time);
  await ethers.provider.send("evm_mine", []);
}

describe("readLatePayers", () => {
  it("finds one bucket of each payer that ran out of funds since its account was touched", async () => {
    const fixture = await withFundedBucket();
    const { accountRegistry, bucketRegistry, testUSD, otherOwner, owner, clusterId, bucketId } = fixture;
    const rent = usd("60");
    await bucketRegistry.connect(owner).createBucket(clusterId, "");
    await bucketRegistry.connect(owner).allocate(2, 1, rent);
    await accountRegistry.connect(otherOwner).deposit(testUSD, testUsd("100"));
    await bucketRegistry.connect(otherOwner).createBucket(clusterId, "");
    await bucketRegistry.connect(otherOwner).allocate(3, 1, rent);
    const connected = await registriesOf(fixture);
    expect(await readLatePayers(connected, [clusterId])).to.deep.equal([]);

    await mineAt((await accountRegistry.getAccount(owner, testUSD)).coveredUntil + DAY);
    const { ratePerMonth, scaledLate } = await accountRegistry.getStream(owner, clusterId);
    const late = { payer: owner.address, clusterId, bucketId: 2n, ratePerMonth, scaledLate, scaledUnserved: 0n };
    expect(scaledLate).to.be.greaterThan(0n);
    expect(await readLatePayers(connected, [clusterId])).to.deep.equal([late]);
    expect(await readLatePayers(connected, [clusterId + 1n])).to.deep.equal([]);
    expect(await readLatePayers(connected, [])).to.deep.equal([]);

    await bucketRegistry.settlePayment(bucketId);
    expect(await readLatePayers(connected, [clusterId])).to.deep.equal([]);
  });
});

describe("readPaid", () => {
  let fixture: WithFundedBucket;
  beforeEach(async () => {
    fixture = await withFundedBucket();
  });

  async function paidBy({ address }: { address: string }) {
    const toBlock = await ethers.provider.getBlockNumber();
    return readPaid(await registriesOf(fixture), address, { fromBlock: 0, toBlock });
  }

  it("is all of the deposits that is not there any more, whatever happened in between", async () => {
    const { accountRegistry, admin, bucketRegistry, clusterId, owner, priceRegistry, testUSD } = fixture;
    const currencyId = await accountRegistry.currencyIdOf(testUSD);
    const scaledDeposits = async () => (await accountRegistry.custody(testUSD)).owed * (await accountRegistry.getListing(testUSD)).scale;
    const expectPaid = async (): Promise<void> => {
      const { scaledBalance } = await accountRegistry.getAccount(owner, testUSD);
      const scaledPaid = (await scaledDeposits()) - scaledBalance;
      expect(scaledPaid).to.be.greaterThan(0n);
      expect(await paidBy(owner)).to.deep.equal([{ clusterId, currencyId, scaledPaid, scaledRefunded: 0n }]);
    };
    await mineAt((await now()) + DAY);
    await expectPaid();
    await priceRegistry.connect(admin).setPrice(testUSD, usd("1.1"));
    await bucketRegistry.connect(owner).allocate(1, 1, usd("60"));
    await mineAt((await now()) + DAY);
    await expectPaid();
    // It is out of funds for a while, and pays again.
    await mineAt((await now()) + 30n * DAY);
    await expectPaid();
    await accountRegistry.connect(owner).deposit(testUSD, testUsd("5"));
    await mineAt((await now()) + 1_000n);
    await expectPaid();
    await bucketRegistry.connect(owner).closeBucket(1);
    await mineAt((await now()) + DAY);
    await expectPaid();
  });

  it("says what came back, as it was not served", async () => {
    const judged = await withPaidTerms();
    const { accountRegistry, clusterId, owner, testUSD } = judged;
    await judge(judged, 1n, 5_000n);
    await mineAt((await now()) + DAY);
    await accountRegistry.touchAccount(owner, testUSD);
    const refunds = await accountRegistry.queryFilter(accountRegistry.filters.UnservedRefunded(owner, clusterId));
    const scaledRefunded = refunds.reduce((total, { args }) => total + args.scaledAmount, 0n);
    expect(scaledRefunded).to.be.greaterThan(0n);
    const [paid, ...others] = await readPaid(await registriesOf(judged), owner.address, {
      fromBlock: 0,
      toBlock: await ethers.provider.getBlockNumber(),
    });
    expect(others).to.deep.equal([]);
    expect(paid).to.deep.include({ clusterId, scaledRefunded });
    const { scaledBalance } = await accountRegistry.getAccount(owner, testUSD);
    const touches = await accountRegistry.queryFilter(accountRegistry.filters.AccountTouched(owner));
    expect(scaledBalance).to.equal(touches[touches.length - 1]?.args.scaledBalance);
  });

  it("finds nothing of an account that has never paid", async () => {
    expect(await paidBy(fixture.stranger)).to.deep.equal([]);
  });
});
