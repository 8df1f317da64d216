import { setCode } from "@nomicfoundation/hardhat-network-helpers";
import { expect } from "chai";
import { dataSlice, MaxUint256, toBeHex, ZeroAddress } from "ethers";
import { ethers } from "hardhat";

import type { BucketRegistry } from "../../typechain-types";
import { DEFAULTS } from "../fixtures";
import { MAX_GAS } from "../helpers/clusters";
import { BURNS_GAS, contractOf, meddles, MEGABYTE, returns, reverts, uses } from "../helpers/code";
import { expectExactCustody } from "../helpers/custody";
import { fieldsOf } from "../helpers/fields";
import { accountNumber, ALL, BOTH, transferBucket, NONE, READ, READS, rightsOf, withSharing, WRITE } from "../helpers/sharing";

// Tokens that gate a bucket are whatever its owner says. They can keep people from entering that bucket, and nothing else.

const word = (value: bigint): string => toBeHex(value, 32);
const YES = returns(word(1n));
const ZERO = returns(word(0n));
const GATE_GAS = 100_000n;

const HOSTILE: Record<string, string> = {
  "has no code": "0x",
  "reverts without a reason": reverts("0x"),
  "reverts with a yes": reverts(word(1n)),
  "reverts with a megabyte": reverts("0x", MEGABYTE),
  "burns all gas": BURNS_GAS,
  "answers after more gas than there is": uses(101_000),
  "returns nothing": returns("0x"),
  "returns less than a word": returns(dataSlice(word(MaxUint256), 1)),
  "returns a word and a byte": returns(word(MaxUint256), 33),
  "returns two words": returns(word(MaxUint256) + word(MaxUint256).slice(2)),
  "returns as much as 100,000 gas allow": returns(word(MaxUint256), 80_000),
  "returns zero": ZERO,
};

/** What a question costs, beside the transaction that it is not. */
const gasOf = async (registry: BucketRegistry, bucketId: bigint, account: string, right = READ): Promise<bigint> =>
  registry.canAccess.estimateGas(bucketId, account, right);

describe("attacks on access", function () {
  this.timeout(120_000);

  for (const [what, code] of Object.entries(HOSTILE)) {
    describe(`a token that ${what}`, () => {
      it("keeps everyone out but those who have another way in, and costs no more than its gas", async () => {
        const { mine, bucketId, owner, friend, other } = await withSharing();
        const plain = await gasOf(mine, bucketId, other.address, BOTH);
        const token = await contractOf(YES);
        await mine.setGate(bucketId, BOTH, token, 0, 1);
        await setCode(token, code);
        await mine.grantAccess(bucketId, [friend], READ, 0);
        expect(await mine.canAccess(bucketId, other, READ)).to.deep.equal([false, true]);
        expect(await rightsOf(mine, bucketId, other)).to.deep.equal(NONE);
        expect(await rightsOf(mine, bucketId, friend)).to.deep.equal(READS);
        expect(await rightsOf(mine, bucketId, owner)).to.deep.equal(ALL);
        // Those who may not read are not asked about writing. What comes on top is what a call and its question cost.
        expect(await gasOf(mine, bucketId, other.address, BOTH)).to.be.below(plain + 125_000n);
      });

      if (code === ZERO) return;
      it("cannot gate a bucket from the beginning, as the gate would never open", async () => {
        const { mine, bucketId } = await withSharing();
        const token = await contractOf(code);
        await expect(mine.setGate(bucketId, BOTH, token, 0, 1))
          .to.be.revertedWithCustomError(mine, "GateTokenUnanswered")
          .withArgs(token, false, GATE_GAS);
      });
    });
  }

  it("lets a token spoil no answer about another bucket, be there a hundred of them", async () => {
    const { mine, clusterId, bucketId, friend, other } = await withSharing();
    await mine.createBucket(clusterId, "");
    const burning = await contractOf(YES);
    await mine.setGate(bucketId, BOTH, burning, 0, 1);
    await setCode(burning, BURNS_GAS);
    await mine.setGate(2, READ, await contractOf(YES), 0, 1);
    await mine.grantAccess(2, [friend], WRITE, 0);
    const queries = Array.from({ length: 100 }, () => ({ bucketId, account: other.address, right: READ }));
    const answers = await mine.canAccessMany([
      ...queries,
      { bucketId: 2, account: other.address, right: READ },
      { bucketId: 2, account: friend.address, right: BOTH },
      { bucketId: 2, account: other.address, right: BOTH },
    ]);
    expect(answers.slice(0, 100).map(({ allowed, funded }) => [allowed, funded])).to.deep.equal(queries.map(() => [false, true]));
    expect(answers.slice(100).map(({ allowed }) => allowed)).to.deep.equal([true, true, false]);
  });

  it("answers as many questions as three times the gas of a gate allow for each, whatever the tokens use", async () => {
    const { mine, bucketId, other } = await withSharing();
    // To reading it says yes after nearly all the gas, so that the second token is asked too, which burns all of it.
    await mine.setGate(bucketId, READ, await contractOf(uses(99_000)), 0, 1);
    const burning = await contractOf(YES);
    await mine.setGate(bucketId, WRITE, burning, 0, 1);
    await setCode(burning, BURNS_GAS);
    const most = Number((MAX_GAS - 50_000n) / (3n * GATE_GAS));
    expect(most).to.equal(55);
    for (const count of [1, 2, most]) {
      const queries = Array.from({ length: count }, () => ({ bucketId, account: other.address, right: BOTH }));
      const answers = await mine.canAccessMany(queries, { gasLimit: 50_000n + BigInt(count) * 3n * GATE_GAS });
      expect(answers.map(({ allowed, funded }) => [allowed, funded])).to.deep.equal(queries.map(() => [false, true]));
    }
    // Without the bound the whole call fails, and gives no wrong answer.
    const tooMany = Array.from({ length: 90 }, () => ({ bucketId, account: other.address, right: BOTH }));
    await expect(mine.canAccessMany(tooMany, { gasLimit: MAX_GAS })).to.be.revertedWithCustomError(mine, "GateGasTooLow");
  });

  it("never takes a yes for a no because a caller leaves too little gas", async () => {
    const { mine, bucketId, other } = await withSharing();
    await mine.setGate(bucketId, READ, await contractOf(uses(99_000)), 0, 1);
    const { data } = await mine.canAccess.populateTransaction(bucketId, other, READ);
    const target = await mine.getAddress();
    const answers = new Map<string, number>();
    for (let gasLimit = 22_000n; gasLimit < 300_000n; gasLimit += 750n) {
      const answer = await ethers.provider.call({ to: target, data, gasLimit }).catch(() => "refused");
      const said = answer === "refused" ? answer : String(mine.interface.decodeFunctionResult("canAccess", answer)[0]);
      answers.set(said, (answers.get(said) ?? 0) + 1);
    }
    expect([...answers.keys()].sort()).to.deep.equal(["refused", "true"]);
  });

  it("never takes a token for another kind because its owner leaves too little gas", async () => {
    const { mine, bucketId } = await withSharing();
    // It says yes to being an ERC-1155, after nearly all the gas.
    const token = await contractOf(uses(99_000));
    let settings = 0;
    for (let gasLimit = 100_000n; gasLimit < 450_000n; gasLimit += 2_500n) {
      const sent = await mine.setGate(bucketId, READ, token, 0, 1, { gasLimit }).then(
        (transaction) => transaction.wait(),
        () => undefined,
      );
      if (sent === undefined) continue;
      settings++;
      expect((await mine.getAccess(bucketId)).readGate.byId).to.equal(true);
      await mine.setGate(bucketId, READ, ZeroAddress, 0, 0);
    }
    expect(settings).to.be.above(10);
  });

  it("lets a token ask the registry while it is asked, which changes nothing", async () => {
    const { mine, bucketId, other } = await withSharing();
    const question = mine.interface.encodeFunctionData("canAccess", [bucketId, other.address, READ]);
    const token = await contractOf(meddles(await mine.getAddress(), question, await contractOf(YES)));
    await mine.setGate(bucketId, READ, token, 0, 1);
    expect(await mine.canAccess(bucketId, other, READ)).to.deep.equal([true, true]);
  });

  it("lets no token grant anything while it is asked, not even one that owns the bucket", async () => {
    const { mine, bucketRegistry, clusterId, other } = await withSharing();
    const forwarder = await ethers.deployContract("Forwarder");
    const registry = await mine.getAddress();
    const api = mine.interface;
    const create = api.encodeFunctionData("createBucket", [clusterId, ""]);
    const grant = api.encodeFunctionData("grantAccess", [2, [other.address], BOTH, 0]);
    await forwarder.forward(registry, create);
    const token = await contractOf(
      meddles(await forwarder.getAddress(), forwarder.interface.encodeFunctionData("forward", [registry, grant]), await contractOf(YES)),
    );
    await forwarder.forward(registry, api.encodeFunctionData("setGate", [2, READ, token, 0, 1]));
    // The token says yes to reading. To writing, it does not matter what it says.
    expect(await rightsOf(bucketRegistry, 2n, other.address)).to.deep.equal(READS);
    expect(await bucketRegistry.grantOf(2, other)).to.deep.equal([0n, 0n]);
  });

  it("closes when the token is gone, and opens when it is back", async () => {
    const { mine, bucketId, other } = await withSharing();
    const token = await contractOf(YES);
    await mine.setGate(bucketId, READ, token, 0, 1);
    expect(await rightsOf(mine, bucketId, other)).to.deep.equal(READS);
    await setCode(token, "0x");
    expect(await rightsOf(mine, bucketId, other)).to.deep.equal(NONE);
    await setCode(token, YES);
    expect(await rightsOf(mine, bucketId, other)).to.deep.equal(READS);
  });

  it("is as dear with 1,000 grants as with one, to ask, to revoke one and to hand over", async () => {
    const costs: bigint[][] = [];
    for (const count of [1, 1_000]) {
      const fixture = await withSharing();
      const { accountRegistry, mine, bucketRegistry, bucketId, otherOwner, testUSD } = fixture;
      await accountRegistry.connect(otherOwner).deposit(testUSD, DEFAULTS.deposit);
      const accounts = Array.from({ length: count }, (_, i) => accountNumber(i));
      // A transaction may use 2^24 gas.
      for (let start = 0; start < count; start += 500) await mine.grantAccess(bucketId, accounts.slice(start, start + 500), BOTH, 0);
      for (const account of [accounts[0]!, accounts.at(-1)!]) expect(await rightsOf(mine, bucketId, account)).to.deep.equal(ALL);
      const asking = await gasOf(mine, bucketId, accounts[0]!);
      const revoking = await mine.revokeAccess.estimateGas(bucketId, [accounts[0]!]);
      await mine.offerBucket(bucketId, otherOwner);
      const accepting = await bucketRegistry.connect(otherOwner).acceptBucket.estimateGas(bucketId, MaxUint256 >> 128n);
      await bucketRegistry.connect(otherOwner).acceptBucket(bucketId, MaxUint256 >> 128n);
      for (const account of [accounts[0]!, accounts.at(-1)!]) expect(await rightsOf(mine, bucketId, account)).to.deep.equal(NONE);
      costs.push([asking, revoking, accepting]);
    }
    const [one, thousand] = costs as [bigint[], bigint[]];
    // How long a stream has been paid has some zero bytes more or less.
    one.forEach((cost, i) => expect(thousand[i]! - cost).to.be.within(-500n, 500n));
  });

  it("lets nobody who owned a bucket once do anything to it", async () => {
    const fixture = await withSharing();
    const { mine, bucketId, owner, otherOwner, friend, testUSD } = fixture;
    await transferBucket(fixture, mine, bucketId);
    const calls = [
      () => mine.grantAccess(bucketId, [friend], BOTH, 0),
      () => mine.revokeAccess(bucketId, [friend]),
      () => mine.setPublic(bucketId, true),
      () => mine.setGate(bucketId, READ, testUSD, 0, 1),
      () => mine.publishKeys(bucketId, 1, [friend], ["0x01"]),
    ];
    for (const call of calls) {
      await expect(call()).to.be.revertedWithCustomError(mine, "CallerNotOwner").withArgs(bucketId, owner, otherOwner);
    }
  });

  it("moves no money", async () => {
    const fixture = await withSharing();
    const { accountRegistry, mine, bucketId, friend, owner, testUSD } = fixture;
    const { ratePerMonth } = await accountRegistry.getAccount(owner, testUSD);
    const before = fieldsOf(await mine.getBucket(bucketId));
    await mine.grantAccess(bucketId, [friend], BOTH, 0);
    await mine.setPublic(bucketId, true);
    await mine.setGate(bucketId, READ, testUSD, 0, 1);
    await mine.publishKeys(bucketId, 0, [friend], ["0x01"]);
    await mine.revokeAccess(bucketId, [friend]);
    expect(fieldsOf(await mine.getBucket(bucketId))).to.deep.equal(before);
    expect((await accountRegistry.getAccount(owner, testUSD)).ratePerMonth).to.equal(ratePerMonth);
    await expectExactCustody(fixture);
  });
});
