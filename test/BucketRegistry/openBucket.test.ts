import type { HardhatEthersSigner } from "@nomicfoundation/hardhat-ethers/signers";
import { setBalance } from "@nomicfoundation/hardhat-network-helpers";
import { expect } from "chai";
import { MaxUint256, ZeroAddress, ZeroHash } from "ethers";
import { ethers } from "hardhat";

import { signPermit } from "../../src";
import { NATIVE, testUsd, usd, withCluster, type WithCluster } from "../fixtures";
import { createCluster } from "../helpers/clusters";
import { expectExactCustody } from "../helpers/custody";
import { termsOf } from "../helpers/terms";
import { now, scale } from "../helpers/units";

const RENT = usd("60");
const PARAMS = '{"replication":3}';
const AMOUNT = testUsd("120");

interface Funding {
  amount: bigint;
  deadline: bigint;
  v: number;
  r: string;
  s: string;
}

const byAllowance = (amount = AMOUNT): Funding => ({ amount, deadline: 0n, v: 0, r: ZeroHash, s: ZeroHash });

describe("BucketRegistry: openBucket", () => {
  let fixture: WithCluster;
  beforeEach(async () => {
    fixture = await withCluster();
  });

  const open = (funding: Funding, more: { clusterId?: bigint; resource?: bigint; rent?: bigint; value?: bigint } = {}) =>
    fixture.bucketRegistry
      .connect(fixture.owner)
      .openBucket(more.clusterId ?? 1n, PARAMS, more.resource ?? 2n, more.rent ?? RENT, funding, { value: more.value ?? 0n });
  const byPermit = async (amount = AMOUNT, signer: HardhatEthersSigner = fixture.owner): Promise<Funding> => {
    const [token, spender] = await Promise.all([fixture.testUSD.getAddress(), fixture.accountRegistry.getAddress()]);
    const { deadline, v, r, s } = await signPermit(signer, { token, spender, amount, deadline: (await now()) + 3_600n });
    return { amount, deadline, v: Number(v), r, s };
  };
  const withoutAllowance = () => fixture.testUSD.connect(fixture.owner).approve(fixture.accountRegistry, 0);

  it("creates a bucket, deposits and allocates, in one transaction", async () => {
    const { accountRegistry, bucketRegistry, owner, testUSD } = fixture;
    await expect(open(byAllowance()))
      .to.emit(bucketRegistry, "BucketCreated")
      .withArgs(1, owner, 1, PARAMS)
      .and.to.emit(accountRegistry, "Deposited")
      .withArgs(owner, testUSD, owner, AMOUNT, AMOUNT * scale(6n))
      .and.to.emit(bucketRegistry, "ResourceAllocated")
      .withArgs(1, 1, owner, 2, 2n * RENT);
    const bucket = await bucketRegistry.getBucket(1);
    expect([bucket.owner, bucket.resource, bucket.ratePerMonth, bucket.params]).to.deep.equal([owner.address, 2n, 2n * RENT, PARAMS]);
    // 120 TestUSD pay for a month.
    expect(bucket.coveredUntil).to.equal((await now()) + 2_678_400n);
    expect(await testUSD.balanceOf(bucketRegistry)).to.equal(0);
    await expectExactCustody(fixture);
  });

  it("takes a permit, also one that somebody has sent ahead", async () => {
    const { accountRegistry, stranger, testUSD, owner } = fixture;
    await withoutAllowance();
    await open(await byPermit());
    const ahead = await byPermit();
    await testUSD.connect(stranger).permit(owner, accountRegistry, ahead.amount, ahead.deadline, ahead.v, ahead.r, ahead.s);
    await open(ahead);
    expect((await fixture.bucketRegistry.getBucket(2)).resource).to.equal(2);
    await expectExactCustody(fixture);
  });

  it("takes ether, and keeps none", async () => {
    const { accountRegistry, bucketRegistry, manager, owner } = fixture;
    await fixture.clusterRegistry.connect(manager).createCluster(NATIVE, 6, [1, 2, 3], 200, "");
    await fixture.clusterRegistry.connect(manager).reserveResource(2, 10);
    await open(byAllowance(usd("60")), { clusterId: 2n, value: usd("60") });
    expect((await accountRegistry.getAccount(owner, NATIVE)).ratePerMonth).to.equal(2n * RENT);
    expect(await ethers.provider.getBalance(bucketRegistry)).to.equal(0);
    expect(await ethers.provider.getBalance(accountRegistry)).to.equal(usd("60"));
    await expectExactCustody(fixture);
  });

  it("takes ether from a contract that refuses ether, as nothing is sent back: what is too much is refused", async () => {
    const { accountRegistry, bucketRegistry, clusterRegistry, manager } = fixture;
    await clusterRegistry.connect(manager).createCluster(NATIVE, 6, [1, 2, 3], 200, "");
    await clusterRegistry.connect(manager).reserveResource(2, 10);
    const refusing = await ethers.deployContract("RefusingReceiver");
    const caller = await ethers.getImpersonatedSigner(await refusing.getAddress());
    await setBalance(caller.address, usd("200"));
    const theirs = bucketRegistry.connect(caller);
    await expect(theirs.openBucket(2, PARAMS, 2, RENT, byAllowance(usd("60")), { value: usd("61") }))
      .to.be.revertedWithCustomError(bucketRegistry, "EtherMismatch")
      .withArgs(usd("61"), usd("60"));
    await theirs.openBucket(2, PARAMS, 2, RENT, byAllowance(usd("60")), { value: usd("60") });
    const [bucket, account] = [await bucketRegistry.getBucket(1), await accountRegistry.getAccount(refusing, NATIVE)];
    expect([bucket.owner, bucket.resource, account.ratePerMonth]).to.deep.equal([caller.address, 2n, 2n * RENT]);
    expect(await ethers.provider.getBalance(bucketRegistry)).to.equal(0);
    await expectExactCustody(fixture);
  });

  it("asks the cluster registry once, and the account registry for the deposit and the rate", async () => {
    const { accountRegistry, bucketRegistry, clusterRegistry } = fixture;
    const { hash } = await open(byAllowance());
    const trace = (await ethers.provider.send("debug_traceTransaction", [hash, { disableStorage: true, disableMemory: true }])) as {
      structLogs: { op: string; depth: number; stack: string[] }[];
    };
    const called = trace.structLogs
      .filter(({ op, depth }) => depth === 1 && (op === "CALL" || op === "STATICCALL"))
      .map(({ stack }) => ethers.getAddress(`0x${stack.at(-2)!.slice(-40)}`));
    const [clusters, accounts] = await Promise.all([clusterRegistry.getAddress(), accountRegistry.getAddress()]);
    expect(called).to.deep.equal([clusters, accounts, accounts]);
    expect(await bucketRegistry.CLUSTER_REGISTRY()).to.equal(clusters);
  });

  it("adds to what the account pays already", async () => {
    const { accountRegistry, owner, testUSD } = fixture;
    await open(byAllowance());
    await open(byAllowance(), { resource: 1n });
    const account = await accountRegistry.getAccount(owner, testUSD);
    expect([account.ratePerMonth, account.streamCount]).to.deep.equal([3n * RENT, 1n]);
    await expectExactCustody(fixture);
  });

  context("refuses, and nothing happens", () => {
    afterEach(async () => {
      expect((await fixture.bucketRegistry.listBuckets(1, 10, ZeroAddress)).items.length).to.equal(0);
      await expectExactCustody(fixture);
    });

    it("an amount of zero", async () => {
      await expect(open(byAllowance(0n))).to.be.revertedWithCustomError(fixture.bucketRegistry, "AmountZero");
    });

    it("more than the allowance, or than the owner holds", async () => {
      await withoutAllowance();
      await expect(open(byAllowance())).to.be.revertedWithCustomError(fixture.testUSD, "ERC20InsufficientAllowance");
    });

    it("a permit of somebody else, and one that has expired", async () => {
      await withoutAllowance();
      const { bucketRegistry, owner, stranger, testUSD } = fixture;
      for (const funding of [await byPermit(AMOUNT, stranger), { ...(await byPermit()), deadline: 1n }]) {
        await expect(open(funding))
          .to.be.revertedWithCustomError(bucketRegistry, "PermitFailed")
          .withArgs(testUSD, owner.address, 0, AMOUNT);
      }
    });

    it("ether for a token, with a permit or without", async () => {
      for (const funding of [byAllowance(), await byPermit()]) {
        await expect(open(funding, { value: 1n }))
          .to.be.revertedWithCustomError(fixture.bucketRegistry, "EtherMismatch")
          .withArgs(1, 0);
      }
    });

    it("ether together with a permit, and too much or too little of it", async () => {
      const { bucketRegistry, clusterRegistry, manager } = fixture;
      await clusterRegistry.connect(manager).createCluster(NATIVE, 6, [1, 2, 3], 200, "");
      await clusterRegistry.connect(manager).reserveResource(2, 10);
      const inEther = { clusterId: 2n, value: AMOUNT };
      await expect(open(await byPermit(), inEther))
        .to.be.revertedWithCustomError(bucketRegistry, "CurrencyWithoutPermit")
        .withArgs(NATIVE);
      for (const amount of [AMOUNT - 1n, AMOUNT + 1n]) {
        await expect(open(byAllowance(amount), inEther))
          .to.be.revertedWithCustomError(bucketRegistry, "EtherMismatch")
          .withArgs(AMOUNT, amount);
      }
    });

    it("an unknown cluster, one without nodes, and one that is closed", async () => {
      const { bucketRegistry, clusterRegistry, manager, termsRegistry, testUSD, stranger } = fixture;
      await termsRegistry.connect(manager).createClusterWithTerms(termsOf(stranger), testUSD, 6, 0, "");
      await expect(open(byAllowance(), { clusterId: 2n }))
        .to.be.revertedWithCustomError(bucketRegistry, "ClusterNotFilled")
        .withArgs(2);
      await expect(open(byAllowance(), { clusterId: 9n }))
        .to.be.revertedWithCustomError(bucketRegistry, "ClusterUnknown")
        .withArgs(9);
      await clusterRegistry.connect(manager).closeCluster(1, true);
      await expect(open(byAllowance())).to.be.revertedWithCustomError(bucketRegistry, "ClusterClosed").withArgs(1);
    });

    it("no resource, more than is free, and a rent above the maximum", async () => {
      const { bucketRegistry } = fixture;
      await expect(open(byAllowance(), { resource: 0n })).to.be.revertedWithCustomError(bucketRegistry, "ResourceZero");
      await expect(open(byAllowance(), { resource: 11n }))
        .to.be.revertedWithCustomError(bucketRegistry, "ClusterResourceExceeded")
        .withArgs(1, 11, 10);
      await expect(open(byAllowance(), { rent: RENT - 1n }))
        .to.be.revertedWithCustomError(bucketRegistry, "RentAboveMaximum")
        .withArgs(1, RENT, RENT - 1n);
    });

    it("a paused currency", async () => {
      const { admin, bucketRegistry, priceRegistry, testUSD } = fixture;
      await priceRegistry.connect(admin).pauseCurrency(testUSD, true);
      await expect(open(byAllowance())).to.be.revertedWithCustomError(bucketRegistry, "CurrencyPaused");
    });
  });

  it("refuses a permit of a token that knows none", async () => {
    const { bucketRegistry, admin, clusterRegistry, manager, owner, priceRegistry } = fixture;
    const token = await ethers.deployContract("StandardToken", [6]);
    await token.mint(owner, AMOUNT);
    await priceRegistry.connect(admin).addCurrency(token, usd("1"), ZeroAddress, 0);
    await clusterRegistry.connect(manager).createCluster(token, 6, [1, 2, 3], 200, "");
    await clusterRegistry.connect(manager).reserveResource(2, 10);
    const funding = { ...byAllowance(), deadline: MaxUint256, v: 27 };
    await expect(open(funding, { clusterId: 2n }))
      .to.be.revertedWithCustomError(bucketRegistry, "PermitFailed")
      .withArgs(token, owner.address, 0, AMOUNT);
  });

  it("lets a token that calls back find no bucket, and nothing that it could make somebody pay", async () => {
    const { accountRegistry, bucketRegistry, admin, clusterRegistry, manager, owner, priceRegistry } = fixture;
    const token = await ethers.deployContract("ReentrantToken");
    await token.mint(owner, AMOUNT);
    await token.connect(owner).approve(accountRegistry, AMOUNT);
    await priceRegistry.connect(admin).addCurrency(token, usd("1"), ZeroAddress, 0);
    await clusterRegistry.connect(manager).createCluster(token, 6, [1, 2, 3], 200, "");
    await clusterRegistry.connect(manager).reserveResource(2, 10);
    // It opens a bucket itself, which fails in the account registry's guard; and creates one, which is its own.
    const question = bucketRegistry.interface.encodeFunctionData("openBucket", [2, "", 1, RENT, byAllowance(1n)]);
    await token.setHook(bucketRegistry, question);
    await open(byAllowance(), { clusterId: 2n });
    expect([await token.calls(), await token.succeeded()]).to.deep.equal([1n, false]);
    await token.mint(owner, AMOUNT);
    await token.connect(owner).approve(accountRegistry, AMOUNT);
    await token.setHook(bucketRegistry, bucketRegistry.interface.encodeFunctionData("createBucket", [2, ""]));
    await open(byAllowance(), { clusterId: 2n });
    expect(await token.succeeded()).to.equal(true);
    const owners = (await bucketRegistry.listBuckets(1, 10, ZeroAddress)).items.map((bucket) => [bucket.owner, bucket.resource]);
    const itself = await token.getAddress();
    expect(owners).to.deep.equal([
      [owner.address, 2n],
      [itself, 0n],
      [owner.address, 2n],
    ]);
    expect((await accountRegistry.getAccount(itself, token)).ratePerMonth).to.equal(0);
  });

  it("lets nobody use the allowance of another: funds come from the caller alone", async () => {
    const { accountRegistry, bucketRegistry, otherOwner, stranger, testUSD } = fixture;
    await expect(bucketRegistry.connect(stranger).openBucket(1, "", 1, RENT, byAllowance())).to.be.revertedWithCustomError(
      testUSD,
      "ERC20InsufficientAllowance",
    );
    await expect(accountRegistry.connect(stranger).fundAccount(otherOwner, 1, byAllowance()))
      .to.be.revertedWithCustomError(accountRegistry, "CallerNotRegistry")
      .withArgs(stranger.address);
    expect(await createCluster(fixture, 6n, [1n, 2n, 3n])).to.equal(2n);
  });
});
