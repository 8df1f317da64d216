import { expect } from "chai";

import { type Base, type WithNodes, testUsd, withNodes } from "../fixtures";
import { DAY } from "../helpers/time";
import { at, now } from "../helpers/units";

const WEEK = 7n * DAY;
const BOND = testUsd("100");

/** What SECURITY.md says that a provider can lose at most: with a fifth a week, and a week to leave, 36 %. */
describe("a provider whose validator turns on it", () => {
  let fixture: WithNodes;
  beforeEach(async () => {
    fixture = await withNodes();
    const { accountRegistry, clusterRegistry, termsRegistry, testUSD, admin, manager, owner, provider1, stranger } = fixture;
    await clusterRegistry.connect(admin).setNetworkFee(100, admin);
    await accountRegistry.connect(owner).depositFor(provider1, testUSD, BOND);
    const notices = { leavingNotice: WEEK, validatorNotice: WEEK };
    const terms = { validator: stranger, bondPerVnode: BOND, maxSlashBps: 2_000, ...notices };
    await termsRegistry.connect(manager).createClusterWithTerms(terms, testUSD, 1, 0, "");
    await termsRegistry.connect(provider1).acceptTerms(1, 1);
    await termsRegistry.connect(provider1).postBond(1, 1, BOND);
    await termsRegistry.connect(manager).fillCluster(1, [1]);
  });

  /** Takes an amount, which is all that the terms allow now. */
  async function takeAll({ termsRegistry, stranger }: Base, amount: bigint): Promise<void> {
    const validator = termsRegistry.connect(stranger);
    await validator.slash(1, 1, amount, 0, "");
    await expect(validator.slash(1, 1, 1, 0, ""))
      .to.be.revertedWithCustomError(termsRegistry, "SlashTooHigh")
      .withArgs(1, 1, 1, 0);
  }

  it("has lost a fifth of what was left, twice at most, when it may leave", async () => {
    const { accountRegistry, termsRegistry, testUSD, admin, provider1 } = fixture;
    await takeAll(fixture, BOND / 5n);
    const first = await now();
    await termsRegistry.connect(provider1).announceExit(1, 1);
    const exitAt = (await now()) + WEEK;
    expect(exitAt).to.be.greaterThan(first + WEEK);
    // The seven days of the first slash are over before the exit can be finished.
    await at(first + WEEK);
    await takeAll(fixture, (BOND * 4n) / 25n);
    await termsRegistry.finishExit(1, 1);
    expect((await accountRegistry.getAccount(provider1, testUSD)).balance).to.equal((BOND * 64n) / 100n);
    expect((await accountRegistry.getAccount(admin, testUSD)).balance).to.equal((BOND * 36n) / 100n);
  });

  it("does not serve unpaid: it leaves as soon as it is judged down, and has its bond a week later, but for what the terms allow", async () => {
    const { accountRegistry, clusterRegistry, termsRegistry, testUSD, provider1, stranger } = fixture;
    await termsRegistry.connect(stranger).reportQuality(1, 1, 0, 0, "");
    await takeAll(fixture, BOND / 5n);
    const first = await now();
    await at(first + 100n);
    await termsRegistry.connect(provider1).announceExit(1, 1);
    const until = (await now()) + WEEK;
    await termsRegistry.connect(provider1).finishExit(1, 1);
    expect(await clusterRegistry.getVnodes(1, 0, 1)).to.deep.equal([0n]);
    await at(first + WEEK);
    await takeAll(fixture, (BOND * 4n) / 25n);
    await at(until);
    await expect(termsRegistry.connect(stranger).slash(1, 1, 1, 0, ""))
      .to.be.revertedWithCustomError(termsRegistry, "BondNotLiable")
      .withArgs(1, 1);
    await termsRegistry.finishExit(1, 1);
    expect((await accountRegistry.getAccount(provider1, testUSD)).balance).to.equal((BOND * 64n) / 100n);
  });

  it("can be kept from leaving neither by the validator nor by the manager", async () => {
    const { clusterRegistry, termsRegistry, manager, provider1, stranger } = fixture;
    await termsRegistry.connect(provider1).announceExit(1, 1);
    const exitAt = (await now()) + WEEK;
    await termsRegistry.connect(stranger).reportQuality(1, 1, 5_000, 0, "");
    await termsRegistry.connect(manager).offerValidator(1, manager);
    await clusterRegistry.connect(manager).closeCluster(1, true);
    await takeAll(fixture, BOND / 5n);
    await at(exitAt);
    await termsRegistry.finishExit(1, 1);
    expect(await clusterRegistry.getVnodes(1, 0, 1)).to.deep.equal([0n]);
    expect(await termsRegistry.bondOf(1, 1)).to.equal(0);
  });
});
