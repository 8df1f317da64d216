import { mine } from "@nomicfoundation/hardhat-network-helpers";
import { expect } from "chai";
import { AbiCoder, Interface, ZeroHash, id, keccak256 } from "ethers";
import { deployments, ethers } from "hardhat";

import { type ChallengesHarness, IStorageProofs__factory } from "../../cache/typechain-types";
import { at, now } from "../helpers/units";
import { randomTree } from "../validators/trees";
import { positionsFrom, RULES, State } from "../validators/world";

const rules = { ...RULES, qualityAfter: [...RULES.qualityAfter], approver: "0x00000000000000000000000000000000000000C3" };
const IDLE = {
  root: ZeroHash,
  leafCount: 0n,
  leftAt: 0n,
  commitmentDue: 0n,
  challenges: 0n,
  misses: 0n,
  answersInRow: 0n,
  slashDue: false,
  officeSince: 0n,
  challengeMisses: 0n,
  proposedRoot: ZeroHash,
  challengedRoot: ZeroHash,
  challengedLeafCount: 0n,
  proposedLeafCount: 0n,
  seedBlock: 0n,
  openedAt: 0n,
  state: State.Idle,
  seed: ZeroHash,
};
const [CLUSTER, NODE] = [4, 5];
const errors = { interface: Interface.from(IStorageProofs__factory.abi) };

const fixture = deployments.createFixture(async (): Promise<ChallengesHarness> => ethers.deployContract("ChallengesHarness"));

describe("Challenges", () => {
  let harness: ChallengesHarness;
  beforeEach(async () => {
    harness = await fixture();
    await harness.store(IDLE, rules);
  });
  const seed = () => harness.currentSeed(CLUSTER, NODE);
  /** Opens a challenge, and returns the block that decides. */
  const open = async (): Promise<bigint> => {
    await harness.open();
    return (await harness.stored()).seedBlock;
  };

  it("open with a later block, and a window from now on", async () => {
    const time = (await now()) + 100n;
    await at(time);
    await harness.open();
    const { openedAt, seedBlock, state } = await harness.stored();
    const block = BigInt(await ethers.provider.getBlockNumber());
    expect([openedAt, seedBlock, state]).to.deep.equal([time, block + RULES.delay, State.Opened]);
    expect(await harness.deadlineOf()).to.equal(time + RULES.window);
  });

  it("have no seed before the block after the one that decides", async () => {
    const seedBlock = await open();
    await mine(RULES.delay - 1n);
    await expect(seed()).to.be.revertedWithCustomError(errors, "SeedNotReady");
    await mine(2);
    const block = await ethers.provider.getBlock(Number(seedBlock));
    const words = ["bytes32", "address", "uint32", "uint32"];
    const encoded = AbiCoder.defaultAbiCoder().encode(words, [block!.hash, await harness.getAddress(), CLUSTER, NODE]);
    expect(await seed()).to.equal(keccak256(encoded));
  });

  it("have none once the hash of the block is forgotten, unless it is drawn", async () => {
    const seedBlock = await open();
    await mine(10_000, { interval: 0 });
    await expect(seed()).to.be.revertedWithCustomError(errors, "SeedLapsed");
    expect(await harness.hashOf(seedBlock)).to.equal(ZeroHash);
    await harness.store({ ...IDLE, seedBlock, state: State.Drawn, seed: id("drawn") }, rules);
    expect(await seed()).to.equal(id("drawn"));
  });

  it("know the hashes of the last 256 blocks", async () => {
    await mine(300);
    const block = (await ethers.provider.getBlock("latest"))!;
    for (const number of [block.number - 1, block.number - 200]) {
      expect(await harness.hashOf(number)).to.equal((await ethers.provider.getBlock(number))!.hash);
    }
  });

  it("ask for positions that follow from the seed", async () => {
    const found = await Promise.all([0, 1, 2, 3].map((index) => harness.positionOf(id("seed"), index, 11)));
    expect(found).to.deep.equal(positionsFrom(id("seed"), 4n, 11n));
  });

  describe("requireProofs", () => {
    const tree = randomTree(11);
    const proofs = () => positionsFrom(id("seed"), 4n, 11n).map((position) => tree.prove(position));
    const check = (given: ReturnType<typeof proofs>) => harness.requireProofs(id("seed"), 4, tree.root, 11, given);

    it("takes the leaves at all positions", async () => {
      await check(proofs());
    });

    it("refuses fewer or more", async () => {
      for (const given of [proofs().slice(1), [...proofs(), ...proofs().slice(3)]]) {
        await expect(check(given)).to.be.revertedWithCustomError(errors, "ProofCountInvalid").withArgs(given.length, 4);
      }
    });

    it("refuses a leaf of another size, or at another position", async () => {
      const [first, ...others] = proofs();
      await expect(check([{ ...first!, leaf: first!.leaf.slice(0, -2) }, ...others] as ReturnType<typeof proofs>))
        .to.be.revertedWithCustomError(errors, "LeafSizeInvalid")
        .withArgs(0, 255, 256);
      const [position = 0n] = positionsFrom(id("seed"), 4n, 11n);
      await expect(check([tree.prove((position + 1n) % 11n), ...others]))
        .to.be.revertedWithCustomError(errors, "ProofInvalid")
        .withArgs(0, position);
    });
  });
});
