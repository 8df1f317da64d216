import { expect } from "chai";
import { type AddressLike, resolveAddress, ZeroAddress } from "ethers";
import { ethers } from "hardhat";

import { GRANT_WITHOUT_END, readAccessList, readToken, rebuildAccess } from "../../src";
import { returns, reverts, contractOf } from "../helpers/code";
import { registriesOf } from "../helpers/custody";
import { fieldsOf } from "../helpers/fields";
import { Random } from "../helpers/random";
import { accountNumber, BOTH, transferBucket, keyNumber, READ, withSharing, type WithSharing, WRITE } from "../helpers/sharing";
import { now } from "../helpers/units";

const ACCOUNTS = Array.from({ length: 6 }, (_, i) => accountNumber(i));

/** Expects what the events say of a bucket to be what the views say, about everyone who could be concerned. */
async function expectListed(fixture: WithSharing, bucketId: bigint): Promise<void> {
  const { bucketRegistry, owner, otherOwner } = fixture;
  const list = await readAccessList(await registriesOf(fixture), bucketId, { fromBlock: 0 });
  const { isPublic, epoch, hasKeys, readGate, writeGate } = await bucketRegistry.getAccess(bucketId);
  const { grants, keys, ...rest } = list;
  expect(rest).to.deep.equal({
    bucketId,
    owner: (await bucketRegistry.getBucket(bucketId)).owner,
    isPublic,
    epoch,
    hasKeys,
    readGate: fieldsOf(readGate),
    writeGate: fieldsOf(writeGate),
  });
  for (const account of [...ACCOUNTS, owner.address, otherOwner.address]) {
    const grant = grants.find((candidate) => candidate.account === account);
    expect([grant?.readUntil ?? 0n, grant?.writeUntil ?? 0n]).to.deep.equal(await bucketRegistry.grantOf(bucketId, account));
    const key = keys.find(({ reader }) => reader === account);
    expect([key?.epoch ?? 0n, key?.wrapped ?? "0x"]).to.deep.equal(await bucketRegistry.keyOf(bucketId, account));
  }
  const accounts = grants.map(({ account }) => account);
  expect(accounts).to.have.length(new Set(accounts).size);
}

describe("access", function () {
  this.timeout(120_000);

  describe("readAccessList", () => {
    it("lists everyone with what they were granted and their keys, and the gates", async () => {
      const fixture = await withSharing();
      const { mine, bucketId, owner, testUSD } = fixture;
      const [first, second] = ACCOUNTS as [string, string];
      const until = (await now()) + 1_000n;
      await mine.grantAccess(bucketId, [first, second], READ, 0);
      await mine.grantAccess(bucketId, [second], WRITE, until);
      await mine.setGate(bucketId, READ, testUSD, 0, 7);
      await mine.publishKeys(bucketId, 0, [owner, first], [keyNumber(1), keyNumber(2)]);
      const list = await readAccessList(await registriesOf(fixture), bucketId, { fromBlock: 0 });
      expect(list).to.deep.equal({
        bucketId,
        owner: owner.address,
        isPublic: false,
        epoch: 0n,
        hasKeys: true,
        readGate: { token: await testUSD.getAddress(), byId: false, id: 0n, minimum: 7n },
        writeGate: { token: ZeroAddress, byId: false, id: 0n, minimum: 0n },
        grants: [
          { account: first, readUntil: GRANT_WITHOUT_END, writeUntil: 0n },
          { account: second, readUntil: GRANT_WITHOUT_END, writeUntil: until },
        ],
        keys: [
          { reader: owner.address, epoch: 0n, wrapped: keyNumber(1) },
          { reader: first, epoch: 0n, wrapped: keyNumber(2) },
        ],
      });
      await expectListed(fixture, bucketId);
    });

    it("says what the registry does of buckets that there are not, or that are closed", async () => {
      const fixture = await withSharing();
      const { mine, bucketId } = fixture;
      const registries = await registriesOf(fixture);
      await mine.closeBucket(bucketId);
      for (const id of [bucketId, 9n]) {
        await expect(readAccessList(registries, id, { fromBlock: 0 }))
          .to.be.revertedWithCustomError(mine, "BucketUnknown")
          .withArgs(id);
      }
    });

    it("does not take a bucket for new whose first events it has not read", async () => {
      const fixture = await withSharing();
      const { mine, bucketId, friend } = fixture;
      await mine.grantAccess(bucketId, [friend], READ, 0);
      const fromBlock = await ethers.provider.getBlockNumber();
      const reading = readAccessList(await registriesOf(fixture), bucketId, { fromBlock });
      const thrown = await reading.catch((error: unknown) => (error as Error).message);
      expect(thrown).to.equal(`bucket 1 is older than block ${fromBlock}, from which on events were read`);
    });

    it("reads it as it was at a block", async () => {
      const fixture = await withSharing();
      const { mine, bucketId, friend } = fixture;
      const toBlock = await ethers.provider.getBlockNumber();
      await mine.grantAccess(bucketId, [friend], READ, 0);
      expect((await readAccessList(await registriesOf(fixture), bucketId, { fromBlock: 0, toBlock })).grants).to.be.empty;
    });
  });

  for (const seed of [1, 2, 3]) {
    it(`agrees with the views whatever happens, as seed ${seed} has it`, async () => {
      const fixture = await withSharing();
      const { bucketRegistry, clusterId, bucketId, owner, otherOwner, testUSD } = fixture;
      const badge = await ethers.deployContract("TestBadge");
      const random = new Random(seed);
      const owners = new Map([
        [bucketId, owner],
        [2n, owner],
      ]);
      await bucketRegistry.connect(owner).createBucket(clusterId, "");
      const some = (): string[] => random.shuffled(ACCOUNTS).slice(0, random.between(1, 3));
      const steps: ((id: bigint) => Promise<unknown>)[] = [
        async (id) => {
          const until = random.chance(50) ? 0n : (await now()) + BigInt(random.between(5, 5_000));
          return mine(id).grantAccess(id, some(), random.between(READ, BOTH), until);
        },
        (id) => mine(id).revokeAccess(id, some()),
        (id) => mine(id).setPublic(id, random.chance(50)),
        (id) => {
          const [token, minimum, lastId]: [AddressLike, number, number] = random.pick([
            [testUSD, 5, 0],
            [badge, 2, 1],
            [ZeroAddress, 0, 1],
          ]);
          return mine(id).setGate(id, random.between(READ, BOTH), token, random.between(0, lastId), minimum);
        },
        async (id) => {
          const { epoch } = await bucketRegistry.getAccess(id);
          const readers = some();
          const keys = readers.map(() => keyNumber(random.between(1, 1_000), random.between(32, 256)));
          return mine(id).publishKeys(id, epoch + BigInt(random.between(0, 1)), readers, keys);
        },
        async (id) => {
          const [from, to] = owners.get(id) === owner ? [owner, otherOwner] : [otherOwner, owner];
          await transferBucket({ ...fixture, otherOwner: to }, bucketRegistry.connect(from), id);
          owners.set(id, to);
        },
      ];
      const mine = (id: bigint) => bucketRegistry.connect(owners.get(id));
      for (let step = 0; step < 60; step++) {
        // Buckets change hands less often than they are shared.
        const kind = random.chance(8) ? steps.length - 1 : random.between(0, steps.length - 2);
        await steps[kind]!(random.pick([bucketId, 2n]));
        if (step % 10 === 9) for (const id of owners.keys()) await expectListed(fixture, id);
      }
    });
  }

  describe("rebuildAccess", () => {
    it("knows nothing of what it has no events of", () => {
      expect(rebuildAccess(1n, [])).to.equal(undefined);
    });

    it("leaves out what it does not know, and other buckets", async () => {
      const { mine, bucketRegistry, bucketId, clusterId, friend } = await withSharing();
      await mine.createBucket(clusterId, "");
      await mine.grantAccess(2, [friend], READ, 0);
      const logs = await ethers.provider.getLogs({ address: await resolveAddress(bucketRegistry), fromBlock: 0 });
      const unknown = { topics: [`0x${"12".repeat(32)}`], data: "0x" };
      expect(rebuildAccess(bucketId, [unknown, ...logs])!.grants).to.be.empty;
      expect(rebuildAccess(2n, [unknown, ...logs])!.grants).to.have.length(1);
    });
  });

  describe("readToken", () => {
    it("tells the standards apart, and what amounts look like", async () => {
      const fixture = await withSharing();
      const registries = await registriesOf(fixture);
      const ticket = await (await ethers.deployContract("TestTicket")).getAddress();
      const badge = await (await ethers.deployContract("TestBadge")).getAddress();
      const usd = await fixture.testUSD.getAddress();
      expect(await readToken(registries, usd)).to.deep.equal({ token: usd, symbol: "TestUSD", decimals: 6n, standard: "ERC-20" });
      expect(await readToken(registries, ticket)).to.deep.equal({ token: ticket, symbol: "TICKET", decimals: 0n, standard: "ERC-721" });
      expect(await readToken(registries, badge)).to.deep.equal({ token: badge, symbol: badge, decimals: 0n, standard: "ERC-1155" });
    });

    it("makes the best of one that says nothing, or nonsense", async () => {
      const registries = await registriesOf(await withSharing());
      const scripted = await ethers.deployContract("ScriptedContract");
      await scripted.setAnswer("0x313ce567", ethers.toBeHex(255, 32));
      const tokens = [reverts("0x"), returns("0x12"), "0x"].map(contractOf);
      for (const token of [...(await Promise.all(tokens)), await scripted.getAddress()]) {
        expect(await readToken(registries, token)).to.deep.equal({ token, symbol: token, decimals: 0n, standard: "ERC-20" });
      }
    });
  });
});
