import { expect } from "chai";

import { base, type Base, usd } from "../fixtures";
import { MAX_RENT, MAX_UINT32 } from "../helpers/clusters";
import { fields } from "./nodes";

describe("NodeRegistry: createNode", () => {
  let fixture: Base;

  beforeEach(async () => {
    fixture = await base();
  });

  context("when the rent is more than 88 bits", () => {
    it("reverts", async () => {
      const { nodeRegistry } = fixture;
      await expect(nodeRegistry.createNode(MAX_RENT + 1n, 1, ""))
        .to.be.revertedWithCustomError(nodeRegistry, "NodeRentTooHigh")
        .withArgs(MAX_RENT + 1n, MAX_RENT);
      await expect(nodeRegistry.createNode(2n ** 128n - 1n, 1, ""))
        .to.be.revertedWithCustomError(nodeRegistry, "NodeRentTooHigh")
        .withArgs(2n ** 128n - 1n, MAX_RENT);
    });
  });

  context("when the params are too long", () => {
    it("reverts", async () => {
      const { nodeRegistry } = fixture;
      await expect(nodeRegistry.createNode(1, 1, "x".repeat(24_001)))
        .to.be.revertedWithCustomError(nodeRegistry, "ParamsTooLong")
        .withArgs(24_001, 24_000);
    });
  });

  it("makes the caller the provider of a node with what it was given", async () => {
    const { nodeRegistry, provider1 } = fixture;
    await expect(nodeRegistry.connect(provider1).createNode(usd("10"), 100, '{"url":"https://a.example"}'))
      .to.emit(nodeRegistry, "NodeCreated")
      .withArgs(1, provider1, usd("10"), 100, '{"url":"https://a.example"}');
    expect(fields(await nodeRegistry.getNode(1))).to.deep.equal(
      fields({ nodeId: 1n, provider: provider1, rentPerMonth: usd("10"), capacity: 100n, params: '{"url":"https://a.example"}' }),
    );
  });

  it("takes the highest and the lowest values", async () => {
    const { nodeRegistry, provider1, provider2 } = fixture;
    await expect(nodeRegistry.connect(provider1).createNode(MAX_RENT, MAX_UINT32, ""))
      .to.emit(nodeRegistry, "NodeCreated")
      .withArgs(1, provider1, MAX_RENT, MAX_UINT32, "");
    await expect(nodeRegistry.connect(provider2).createNode(0, 0, ""))
      .to.emit(nodeRegistry, "NodeCreated")
      .withArgs(2, provider2, 0, 0, "");
    expect(fields(await nodeRegistry.getNode(1))).to.deep.equal(
      fields({ nodeId: 1n, provider: provider1, rentPerMonth: MAX_RENT, capacity: MAX_UINT32 }),
    );
    expect(fields(await nodeRegistry.getNode(2))).to.deep.equal(fields({ nodeId: 2n, provider: provider2 }));
  });

  it("gives ids in order from 1, and none of a removed node again", async () => {
    const { nodeRegistry, provider1 } = fixture;
    const registry = nodeRegistry.connect(provider1);
    await registry.createNode(1, 1, "");
    await registry.removeNode(1);
    expect(await registry.createNode.staticCall(1, 1, "")).to.equal(2);
  });

  it("can be called several times in a transaction", async () => {
    const { nodeRegistry, provider1 } = fixture;
    const create = (rent: bigint): string => nodeRegistry.interface.encodeFunctionData("createNode", [rent, 5, ""]);
    await nodeRegistry.connect(provider1).multicall([create(7n), create(8n)]);
    expect(fields(await nodeRegistry.getNode(2))).to.deep.equal(
      fields({ nodeId: 2n, provider: provider1, rentPerMonth: 8n, capacity: 5n }),
    );
  });
});
