import { expect } from "chai";
import { ethers } from "hardhat";

import { checkCustody } from "../../src";
import { withFundedBucket } from "../fixtures";
import { registriesOf } from "../helpers/custody";
import { judge, withPaidTerms } from "../helpers/terms";
import { DAY } from "../helpers/time";
import { at, now } from "../helpers/units";

async function mineAt(time: bigint): Promise<void> {
  await at(time);
  await ethers.provider.send("evm_mine", []);
}

describe("checkCustody", () => {
  it("adds up to the last scaled unit, wherever the money is", async () => {
    const fixture = await withPaidTerms();
    const { accountRegistry, bucketRegistry, clusterId, clusterRegistry, owner, testUSD } = fixture;
    const currency = await testUSD.getAddress();
    const report = async () => {
      const reports = await checkCustody(await registriesOf(fixture));
      const found = reports.find((one) => one.currency === currency)!;
      expect(found).to.deep.include({ difference: 0n, sound: true, unsettledClusters: [] });
      const { balances, revenues, withheld, late, undistributed, unclaimed, bonds } = found;
      expect(balances + revenues + withheld + late + undistributed + unclaimed + bonds).to.equal(found.scaledOwed);
      return found;
    };
    await judge(fixture, 1n, 5_000n);
    await mineAt((await now()) + DAY);
    const running = await report();
    const line = await accountRegistry.getLine(clusterId);
    expect(running).to.include({ revenues: line.scaledRevenue, withheld: line.scaledUnserved, late: 0n });
    expect(line.scaledUnserved).to.be.greaterThan(0n);
    expect(running.bonds).to.be.greaterThan(0n);

    await clusterRegistry.distributeRevenues(clusterId);
    expect((await report()).unclaimed).to.be.greaterThan(0n);

    await mineAt((await accountRegistry.getAccount(owner, testUSD)).coveredUntil + DAY);
    const depleted = await report();
    const { scaledLate } = await accountRegistry.getStream(owner, clusterId);
    expect(depleted.late).to.equal(scaledLate).and.be.greaterThan(0n);

    await bucketRegistry.settlePayment(1);
    const settled = await report();
    expect(settled).to.include({ late: 0n });
    expect(settled.balances).to.be.greaterThan(depleted.balances);
  });

  it("reveals an account that it was not told of", async () => {
    const fixture = await withFundedBucket();
    const reports = await checkCustody(await registriesOf(fixture), { known: { accounts: [], bonds: [] } });
    const [{ scaledBalance }, currency] = [
      await fixture.accountRegistry.getAccount(fixture.owner, fixture.testUSD),
      await fixture.testUSD.getAddress(),
    ];
    expect(reports.find((one) => one.currency === currency)).to.include({ difference: scaledBalance, sound: false });
  });
});
