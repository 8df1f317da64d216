import { expect } from "chai";
import { ethers } from "hardhat";

import { type TypesHarness, TypesHarness__factory } from "../../cache/typechain-types";
import { MAX_UINT16, MAX_UINT32 } from "../helpers/clusters";

describe("NodeSlot", () => {
  let harness: TypesHarness;

  before(async () => {
    const [deployer] = await ethers.getSigners();
    harness = await new TypesHarness__factory(deployer).deploy();
  });

  const cases = [
    { nodeId: 0n, vnodes: 0n, packed: 0n },
    { nodeId: 1n, vnodes: 0n, packed: 0x1_0000n },
    { nodeId: 0n, vnodes: 1n, packed: 1n },
    { nodeId: 0x1234_5678n, vnodes: 0x9abcn, packed: 0x1234_5678_9abcn },
    { nodeId: MAX_UINT32, vnodes: 0n, packed: 0xffff_ffff_0000n },
    { nodeId: 0n, vnodes: MAX_UINT16, packed: 0xffffn },
    { nodeId: MAX_UINT32, vnodes: MAX_UINT16, packed: 0xffff_ffff_ffffn },
  ];

  for (const { nodeId, vnodes, packed } of cases) {
    context(`given node ${nodeId} with ${vnodes} vnodes`, () => {
      it("packs both", async () => {
        expect(await harness.toNodeSlot(nodeId, vnodes)).to.equal(packed);
      });

      it("unpacks the node", async () => {
        expect(await harness.node(packed)).to.equal(nodeId);
      });

      it("unpacks the number of vnodes", async () => {
        expect(await harness.vnodes(packed)).to.equal(vnodes);
      });
    });
  }
});
