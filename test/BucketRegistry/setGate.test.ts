import { expect } from "chai";
import { MaxUint256, ZeroAddress } from "ethers";
import { ethers } from "hardhat";

import { answersOnly, contractOf, uses } from "../helpers/code";
import { fieldsOf } from "../helpers/fields";
import { ALL, BOTH, keyNumber, NONE, READ, READS, rightsOf, withSharing, WRITE, WRITES } from "../helpers/sharing";

const GATE_GAS = 100_000n;
/** The selector of `balanceOf(address)`. */
const BALANCE_OF = "0x70a08231";
const NO_GATE = { token: ZeroAddress, byId: false, id: 0n, minimum: 0n };

describe("BucketRegistry", () => {
  describe("setGate", () => {
    it("refuses a bucket that does not exist", async () => {
      const { mine, testUSD } = await withSharing();
      await expect(mine.setGate(2, READ, testUSD, 0, 1))
        .to.be.revertedWithCustomError(mine, "BucketUnknown")
        .withArgs(2);
    });

    it("refuses everyone but the owner", async () => {
      const { bucketRegistry, mine, bucketId, owner, friend, testUSD } = await withSharing();
      await mine.grantAccess(bucketId, [friend], BOTH, 0);
      await expect(bucketRegistry.connect(friend).setGate(bucketId, READ, testUSD, 0, 1))
        .to.be.revertedWithCustomError(bucketRegistry, "CallerNotOwner")
        .withArgs(bucketId, friend, owner);
    });

    it("refuses rights that there are not", async () => {
      const { mine, bucketId, testUSD } = await withSharing();
      for (const right of [0, 4, 255]) {
        await expect(mine.setGate(bucketId, right, testUSD, 0, 1))
          .to.be.revertedWithCustomError(mine, "RightsInvalid")
          .withArgs(right);
      }
    });

    it("refuses a gate that asks for nothing", async () => {
      const { mine, bucketId, testUSD } = await withSharing();
      await expect(mine.setGate(bucketId, READ, testUSD, 0, 0))
        .to.be.revertedWithCustomError(mine, "GateMinimumZero")
        .withArgs(testUSD);
    });

    it("lets those read who hold enough of an ERC-20, as long as they do", async () => {
      const { mine, bucketId, friend, other, testUSD } = await withSharing();
      await expect(mine.setGate(bucketId, READ, testUSD, 0, 100))
        .to.emit(mine, "GateChanged")
        .withArgs(bucketId, testUSD, READ, false, 0, 100)
        .and.not.to.emit(mine, "KeyEpochStarted");
      await testUSD.mint(friend, 99);
      expect(await rightsOf(mine, bucketId, friend)).to.deep.equal(NONE);
      await testUSD.mint(friend, 1);
      expect(await rightsOf(mine, bucketId, friend)).to.deep.equal(READS);
      await testUSD.connect(friend).transfer(other, 1);
      expect(await rightsOf(mine, bucketId, friend)).to.deep.equal(NONE);
      const { readGate, writeGate } = await mine.getAccess(bucketId);
      expect(fieldsOf(readGate)).to.deep.equal({ token: await testUSD.getAddress(), byId: false, id: 0n, minimum: 100n });
      expect(fieldsOf(writeGate)).to.deep.equal(NO_GATE);
    });

    it("lets those write who hold enough tokens of an ERC-721, whichever", async () => {
      const { mine, bucketId, friend, other } = await withSharing();
      const ticket = await ethers.deployContract("TestTicket");
      await expect(mine.setGate(bucketId, WRITE, ticket, 0, 2))
        .to.emit(mine, "GateChanged")
        .withArgs(bucketId, ticket, WRITE, false, 0, 2);
      await ticket.mint(friend, 7);
      expect(await rightsOf(mine, bucketId, friend)).to.deep.equal(NONE);
      await ticket.mint(friend, 9);
      expect(await rightsOf(mine, bucketId, friend)).to.deep.equal(WRITES);
      expect(await rightsOf(mine, bucketId, other)).to.deep.equal(NONE);
    });

    it("refuses tokens that do not answer the gate's question: no code, an ERC-721 or an ERC-20 with an id, no token", async () => {
      const { mine, bucketId, friend, testUSD } = await withSharing();
      const ticket = await ethers.deployContract("TestTicket");
      for (const [token, id] of [
        [friend, 0],
        [friend, 7],
        [mine, 0],
        [testUSD, 7],
        [ticket, 7],
      ] as const) {
        await expect(mine.setGate(bucketId, READ, token, id, 1))
          .to.be.revertedWithCustomError(mine, "GateTokenUnanswered")
          .withArgs(token, id !== 0, GATE_GAS);
      }
      expect(fieldsOf((await mine.getAccess(bucketId)).readGate)).to.deep.equal(NO_GATE);
    });

    it("asks the token about the owner, with as much gas as later, and with no more", async () => {
      const { mine, bucketId, owner, friend } = await withSharing();
      const scripted = await ethers.deployContract("ScriptedContract");
      for (const answer of ["0x", "0x01", ethers.toBeHex(1, 33), ethers.toBeHex(1, 64)]) {
        await scripted.setAnswer(BALANCE_OF, answer);
        await expect(mine.setGate(bucketId, READ, scripted, 0, 1))
          .to.be.revertedWithCustomError(mine, "GateTokenUnanswered")
          .withArgs(scripted, false, GATE_GAS);
      }
      await scripted.setAnswer(BALANCE_OF, ethers.toBeHex(0, 32));
      await mine.setGate(bucketId, READ, scripted, 0, 1);
      expect(await mine.GATE_GAS()).to.equal(GATE_GAS);
      await mine.setGate(bucketId, READ, await contractOf(uses(99_000)), 0, 1);
      expect(await rightsOf(mine, bucketId, friend)).to.deep.equal(READS);
      const slow = await contractOf(uses(101_000));
      await expect(mine.setGate(bucketId, READ, slow, 0, 1)).to.be.revertedWithCustomError(mine, "GateTokenUnanswered");
      const knowsOwner = await contractOf(answersOnly(owner.address));
      await mine.setGate(bucketId, READ, knowsOwner, 0, 1);
      expect(await rightsOf(mine, bucketId, friend)).to.deep.equal(NONE);
      await expect(mine.setGate(bucketId, READ, await contractOf(answersOnly(friend.address)), 0, 1)).to.be.revertedWithCustomError(
        mine,
        "GateTokenUnanswered",
      );
    });

    it("takes a token behind a proxy, and one that answers only sometimes counts as a balance of zero when it does not", async () => {
      const { mine, bucketId, friend } = await withSharing();
      const badge = await ethers.deployContract("TestBadge");
      const proxy = await ethers.deployContract("FacetedProxy", [badge]);
      await badge.attach(proxy).getFunction("mint").send(friend, 5, 1);
      await expect(mine.setGate(bucketId, READ, proxy, 5, 1))
        .to.emit(mine, "GateChanged")
        .withArgs(bucketId, proxy, READ, true, 5, 1);
      expect(await rightsOf(mine, bucketId, friend)).to.deep.equal(READS);

      const scripted = await ethers.deployContract("ScriptedContract");
      await scripted.setAnswer(BALANCE_OF, ethers.toBeHex(MaxUint256, 32));
      await mine.setGate(bucketId, READ, scripted, 0, 1);
      expect(await rightsOf(mine, bucketId, friend)).to.deep.equal(READS);
      await scripted.setAnswer(BALANCE_OF, "0x");
      expect(await rightsOf(mine, bucketId, friend)).to.deep.equal(NONE);
    });

    it("lets those do either who hold enough of an id of an ERC-1155", async () => {
      const { mine, bucketId, friend, other } = await withSharing();
      const badge = await ethers.deployContract("TestBadge");
      await expect(mine.setGate(bucketId, BOTH, badge, 5, 3))
        .to.emit(mine, "GateChanged")
        .withArgs(bucketId, badge, BOTH, true, 5, 3);
      await badge.mint(friend, 5, 3);
      await badge.mint(other, 6, 3);
      await badge.mint(other, 5, 2);
      expect(await rightsOf(mine, bucketId, friend)).to.deep.equal(ALL);
      expect(await rightsOf(mine, bucketId, other)).to.deep.equal(NONE);
      const { readGate, writeGate } = await mine.getAccess(bucketId);
      for (const gate of [readGate, writeGate]) {
        expect(fieldsOf(gate)).to.deep.equal({ token: await badge.getAddress(), byId: true, id: 5n, minimum: 3n });
      }
    });

    it("knows an ERC-1155 by what it says of itself, also for the id 0", async () => {
      const { mine, bucketId, friend, other } = await withSharing();
      const badge = await ethers.deployContract("TestBadge");
      await expect(mine.setGate(bucketId, READ, badge, 0, 1))
        .to.emit(mine, "GateChanged")
        .withArgs(bucketId, badge, READ, true, 0, 1);
      await badge.mint(friend, 0, 1);
      await badge.mint(other, 1, 1);
      expect(await rightsOf(mine, bucketId, friend)).to.deep.equal(READS);
      expect(await rightsOf(mine, bucketId, other)).to.deep.equal(NONE);
    });

    it("keeps ids and minima of any size", async () => {
      const { mine, bucketId, friend } = await withSharing();
      const badge = await ethers.deployContract("TestBadge");
      await mine.setGate(bucketId, READ, badge, MaxUint256, MaxUint256);
      await badge.mint(friend, MaxUint256, MaxUint256 - 1n);
      expect(await rightsOf(mine, bucketId, friend)).to.deep.equal(NONE);
      await badge.mint(friend, MaxUint256, 1);
      expect(await rightsOf(mine, bucketId, friend)).to.deep.equal(READS);
    });

    it("has one gate for each right, and replaces the one before", async () => {
      const { mine, bucketId, friend, other, testUSD } = await withSharing();
      const badge = await ethers.deployContract("TestBadge");
      await testUSD.mint(friend, 1);
      await badge.mint(other, 5, 1);
      await mine.setGate(bucketId, BOTH, badge, 5, 1);
      await mine.setGate(bucketId, READ, testUSD, 0, 1);
      expect(await rightsOf(mine, bucketId, friend)).to.deep.equal(READS);
      expect(await rightsOf(mine, bucketId, other)).to.deep.equal(WRITES);
    });

    it("removes a gate, whatever the id and the minimum", async () => {
      const { mine, bucketId, friend } = await withSharing();
      const badge = await ethers.deployContract("TestBadge");
      await badge.mint(friend, 5, 1);
      await mine.setGate(bucketId, BOTH, badge, 5, 1);
      await expect(mine.setGate(bucketId, WRITE, ZeroAddress, 5, 1))
        .to.emit(mine, "GateChanged")
        .withArgs(bucketId, ZeroAddress, WRITE, false, 0, 0);
      expect(await rightsOf(mine, bucketId, friend)).to.deep.equal(READS);
      await mine.setGate(bucketId, BOTH, ZeroAddress, 0, 0);
      expect(await rightsOf(mine, bucketId, friend)).to.deep.equal(NONE);
      const { readGate, writeGate } = await mine.getAccess(bucketId);
      expect([fieldsOf(readGate), fieldsOf(writeGate)]).to.deep.equal([NO_GATE, NO_GATE]);
    });

    it("lets nobody in who says not who it is, whatever the zero address holds", async () => {
      const { mine, bucketId } = await withSharing();
      const scripted = await ethers.deployContract("ScriptedContract");
      await scripted.setAnswer("0x70a08231", ethers.toBeHex(MaxUint256, 32));
      await mine.setGate(bucketId, BOTH, scripted, 0, 1);
      expect(await rightsOf(mine, bucketId, ethers.Wallet.createRandom().address)).to.deep.equal(ALL);
      expect(await rightsOf(mine, bucketId, ZeroAddress)).to.deep.equal(NONE);
    });

    it("starts a key epoch when a gate is replaced or removed, and only then", async () => {
      const { mine, bucketId, owner, testUSD } = await withSharing();
      await mine.publishKeys(bucketId, 0, [owner], [keyNumber(1)]);
      await expect(mine.setGate(bucketId, READ, ZeroAddress, 0, 0)).not.to.emit(mine, "KeyEpochStarted");
      await expect(mine.setGate(bucketId, READ, testUSD, 0, 1)).not.to.emit(mine, "KeyEpochStarted");
      await expect(mine.setGate(bucketId, WRITE, testUSD, 0, 1)).not.to.emit(mine, "KeyEpochStarted");
      await expect(mine.setGate(bucketId, BOTH, testUSD, 0, 2))
        .to.emit(mine, "KeyEpochStarted")
        .withArgs(bucketId, 1);
      await mine.publishKeys(bucketId, 1, [owner], [keyNumber(2)]);
      await expect(mine.setGate(bucketId, WRITE, ZeroAddress, 0, 0))
        .to.emit(mine, "KeyEpochStarted")
        .withArgs(bucketId, 2);
    });
  });
});
