import { expect } from "chai";
import { ZeroAddress } from "ethers";

import { explain } from "../../src";
import { usd } from "../fixtures";
import { fieldsOf } from "../helpers/fields";
import { COVERED } from "../helpers/notice";
import { ALL, BOTH, transferBucket, keyNumber, NONE, READ, READS, rightsOf, withSharing, WRITE } from "../helpers/sharing";
import { DAY } from "../helpers/time";
import { at, now, passTo } from "../helpers/units";

const RENT = usd("60");

describe("BucketRegistry", () => {
  describe("canAccess", () => {
    it("refuses rights that there are not", async () => {
      const { mine, bucketId, owner } = await withSharing();
      for (const right of [0, 4, 255]) {
        await expect(mine.canAccess(bucketId, owner, right))
          .to.be.revertedWithCustomError(mine, "RightsInvalid")
          .withArgs(right);
      }
    });

    it("gives the owner every right, and nobody else any", async () => {
      const { mine, bucketId, owner, manager, provider1, friend } = await withSharing();
      expect(await rightsOf(mine, bucketId, owner)).to.deep.equal(ALL);
      for (const account of [manager, provider1, friend, ZeroAddress]) {
        expect(await rightsOf(mine, bucketId, account)).to.deep.equal(NONE);
      }
    });

    it("says no for buckets that there are not, or that are closed", async () => {
      const { mine, bucketId, owner, friend } = await withSharing();
      await mine.grantAccess(bucketId, [friend], BOTH, 0);
      await mine.setPublic(bucketId, true);
      await mine.closeBucket(bucketId);
      for (const id of [0n, bucketId, 2n]) {
        for (const account of [owner, friend, ZeroAddress]) {
          for (const right of [READ, WRITE, BOTH]) expect(await mine.canAccess(id, account, right)).to.deep.equal([false, false]);
        }
      }
    });

    it("takes both rights together from different ways in", async () => {
      const { mine, bucketId, friend, testUSD } = await withSharing();
      await mine.grantAccess(bucketId, [friend], WRITE, 0);
      await mine.setPublic(bucketId, true);
      expect((await mine.canAccess(bucketId, friend, BOTH)).allowed).to.equal(true);
      await mine.setPublic(bucketId, false);
      expect((await mine.canAccess(bucketId, friend, BOTH)).allowed).to.equal(false);
      await testUSD.mint(friend, 1);
      await mine.setGate(bucketId, READ, testUSD, 0, 1);
      expect((await mine.canAccess(bucketId, friend, BOTH)).allowed).to.equal(true);
    });

    it("refuses to ask a token with less than the gas of a gate and a tenth of it", async () => {
      const { mine, bucketId, friend, testUSD } = await withSharing();
      await testUSD.mint(friend, 1);
      await mine.setGate(bucketId, READ, testUSD, 0, 1);
      const said = new Set<string>();
      let gasLimit = 60_000n;
      for (; !said.has("true"); gasLimit += 5_000n) {
        const answer = await mine.canAccess(bucketId, friend, READ, { gasLimit }).then(
          ({ allowed }) => String(allowed),
          (error: unknown) => explain(error).name,
        );
        said.add(answer);
      }
      expect(said).to.include("GateGasTooLow");
      expect(said).not.to.include("false");
      // By now there was just enough: what is refused before has less than that.
      for (let less = gasLimit; ; less -= 1_000n) {
        const asking = mine.canAccess(bucketId, friend, READ, { gasLimit: less });
        if (await asking.catch(() => undefined)) continue;
        await expect(asking)
          .to.be.revertedWithCustomError(mine, "GateGasTooLow")
          .withArgs((available: bigint) => available > 100_000n && available < 110_000n, 110_000);
        break;
      }
    });

    describe("funded", () => {
      it("is so until the second in which the owner's account is out of funds, whoever is allowed", async () => {
        const { mine, bucketId, owner, friend } = await withSharing();
        const endOfFunds = (await now()) + COVERED;
        await mine.grantAccess(bucketId, [friend], READ, 0);
        for (const [time, funded] of [
          [endOfFunds - 1n, true],
          [endOfFunds, false],
          [endOfFunds + DAY, false],
        ] as const) {
          await passTo(time);
          expect(await mine.canAccess(bucketId, owner, BOTH)).to.deep.equal([true, funded]);
          expect(await mine.canAccess(bucketId, friend, READ)).to.deep.equal([true, funded]);
          expect(await mine.canAccess(bucketId, friend, WRITE)).to.deep.equal([false, funded]);
          const { coveredUntil } = await mine.getBucket(bucketId);
          expect(coveredUntil > time).to.equal(funded);
        }
      });

      it("is so again with the next deposit", async () => {
        const { mine, accountRegistry, testUSD, bucketId, owner } = await withSharing();
        await passTo((await now()) + COVERED + DAY);
        await accountRegistry.connect(owner).deposit(testUSD, 1_000_000);
        expect((await mine.canAccess(bucketId, owner, READ)).funded).to.equal(true);
      });

      it("is not so for a bucket that holds nothing, which nobody has to serve", async () => {
        const { mine, clusterId, bucketId, owner } = await withSharing();
        await mine.createBucket(clusterId, "");
        expect(await mine.canAccess(2, owner, READ)).to.deep.equal([true, false]);
        await mine.allocate(2, 1, RENT);
        expect(await mine.canAccess(2, owner, READ)).to.deep.equal([true, true]);
        await mine.release(bucketId, 1);
        expect(await mine.canAccess(bucketId, owner, READ)).to.deep.equal([true, false]);
      });

      it("is not so for a bucket that was reclaimed from who did not pay, although it pays nothing", async () => {
        const { mine, accountRegistry, testUSD, bucketId, owner, friend } = await withSharing();
        const endOfFunds = (await now()) + COVERED;
        await at(endOfFunds + 100n);
        await mine.connect(friend).reclaim(bucketId);
        await at(endOfFunds + 100n + COVERED);
        await mine.connect(friend).reclaim(bucketId);
        expect(await mine.canAccess(bucketId, owner, READ)).to.deep.equal([true, false]);
        await accountRegistry.connect(owner).deposit(testUSD, 1_000_000);
        expect(await mine.canAccess(bucketId, owner, READ)).to.deep.equal([true, false]);
      });

      it("is so for a bucket that holds something for nothing", async () => {
        const { mine, clusterRegistry, nodeRegistry, testUSD, provider1, manager, otherOwner } = await withSharing();
        await nodeRegistry.connect(provider1).createNode(0, 10, "");
        await clusterRegistry.connect(manager).createCluster(testUSD, 1, [4], 0, "");
        await clusterRegistry.connect(manager).reserveResource(2, 1);
        await mine.connect(otherOwner).createBucket(2, "");
        await mine.connect(otherOwner).allocate(2, 1, 0);
        expect(await mine.canAccess(2, otherOwner, READ)).to.deep.equal([true, true]);
      });
    });
  });

  describe("acceptBucket", () => {
    it("voids all access that the old owner gave, and gives the new one every right", async () => {
      const fixture = await withSharing();
      const { accountRegistry, mine, bucketId, owner, otherOwner, friend, testUSD } = fixture;
      await accountRegistry.connect(otherOwner).deposit(testUSD, 1_000_000);
      await testUSD.mint(friend, 1);
      await mine.grantAccess(bucketId, [friend, otherOwner], BOTH, 0);
      await mine.setPublic(bucketId, true);
      await mine.setGate(bucketId, BOTH, testUSD, 0, 1);
      await mine.publishKeys(bucketId, 0, [owner, friend], [keyNumber(1), keyNumber(2)]);
      await transferBucket(fixture, mine, bucketId);

      expect(await rightsOf(mine, bucketId, otherOwner)).to.deep.equal(ALL);
      for (const account of [owner, friend, ZeroAddress]) expect(await rightsOf(mine, bucketId, account)).to.deep.equal(NONE);
      for (const account of [owner, friend]) {
        expect(await mine.grantOf(bucketId, account)).to.deep.equal([0n, 0n]);
        expect(await mine.keyOf(bucketId, account)).to.deep.equal([0n, "0x"]);
      }
      const { isPublic, epoch, hasKeys, readGate, writeGate } = await mine.getAccess(bucketId);
      expect([isPublic, epoch, hasKeys, readGate.token, writeGate.token]).to.deep.equal([false, 1n, false, ZeroAddress, ZeroAddress]);
    });

    it("voids what was void before, and what the owners in between gave, when a bucket comes back", async () => {
      const fixture = await withSharing();
      const { mine, bucketRegistry, bucketId, owner, otherOwner, friend, other } = fixture;
      const theirs = bucketRegistry.connect(otherOwner);
      await mine.grantAccess(bucketId, [friend], BOTH, 0);
      await mine.setPublic(bucketId, true);
      await transferBucket(fixture, mine, bucketId);
      await theirs.grantAccess(bucketId, [other], READ, 0);
      await theirs.setPublic(bucketId, true);
      await theirs.offerBucket(bucketId, owner);
      await mine.acceptBucket(bucketId, RENT);
      for (const account of [friend, other, otherOwner]) expect(await rightsOf(mine, bucketId, account)).to.deep.equal(NONE);
      await mine.grantAccess(bucketId, [other], READ, 0);
      expect(await rightsOf(mine, bucketId, other)).to.deep.equal(READS);
      expect(await rightsOf(mine, bucketId, friend)).to.deep.equal(NONE);
    });

    it("leaves access alone while a bucket is only offered", async () => {
      const { mine, bucketId, otherOwner, friend } = await withSharing();
      await mine.grantAccess(bucketId, [friend], READ, 0);
      await mine.offerBucket(bucketId, otherOwner);
      expect(await rightsOf(mine, bucketId, friend)).to.deep.equal(READS);
      expect(await rightsOf(mine, bucketId, otherOwner)).to.deep.equal(NONE);
    });
  });

  describe("canAccessMany", () => {
    it("answers each question as canAccess does, in order, of any buckets", async () => {
      const { mine, clusterId, bucketId, owner, friend } = await withSharing();
      await mine.createBucket(clusterId, "");
      await mine.grantAccess(bucketId, [friend], READ, 0);
      const queries = [
        { bucketId, account: friend.address, right: READ },
        { bucketId, account: friend.address, right: WRITE },
        { bucketId: 2n, account: owner.address, right: BOTH },
        { bucketId: 9n, account: owner.address, right: READ },
        { bucketId, account: ZeroAddress, right: READ },
      ];
      const answers = (await mine.canAccessMany(queries)).map(fieldsOf);
      const expected = await Promise.all(queries.map(({ bucketId: id, account, right }) => mine.canAccess(id, account, right)));
      expect(answers).to.deep.equal(expected.map(fieldsOf));
      expect(answers.map(({ allowed, funded }) => [allowed, funded])).to.deep.equal([
        [true, true],
        [false, true],
        [true, false],
        [false, false],
        [false, true],
      ]);
      expect(await mine.canAccessMany([])).to.deep.equal([]);
    });

    it("refuses rights that there are not", async () => {
      const { mine, bucketId, owner } = await withSharing();
      await expect(
        mine.canAccessMany([
          { bucketId, account: owner, right: READ },
          { bucketId, account: owner, right: 0 },
        ]),
      )
        .to.be.revertedWithCustomError(mine, "RightsInvalid")
        .withArgs(0);
    });
  });

  describe("getAccess", () => {
    it("refuses ids that were not given, as grantOf does", async () => {
      const { mine, friend } = await withSharing();
      for (const id of [0, 2]) {
        await expect(mine.getAccess(id)).to.be.revertedWithCustomError(mine, "BucketUnknown").withArgs(id);
        await expect(mine.grantOf(id, friend)).to.be.revertedWithCustomError(mine, "BucketUnknown").withArgs(id);
      }
    });

    it("shows a bucket that nobody else has access to", async () => {
      const { mine, bucketId } = await withSharing();
      const { isPublic, epoch, hasKeys, readGate, writeGate } = await mine.getAccess(bucketId);
      expect([isPublic, epoch, hasKeys]).to.deep.equal([false, 0n, false]);
      for (const gate of [readGate, writeGate]) {
        expect(fieldsOf(gate)).to.deep.equal({ token: ZeroAddress, byId: false, id: 0n, minimum: 0n });
      }
    });
  });
});
