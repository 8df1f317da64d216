import { expect } from "chai";
import hre from "hardhat";

import { json, run } from "../helpers/embedded";

/** Cluster 1 of the manager, on node 1 of provider1 and nodes 2 and 3 of provider2. */
const withCluster = hre.deployments.createFixture(async () => {
  await hre.deployments.fixture();
  for (const as of ["provider1", "provider2", "provider2"]) await run("node:create", { rent: "0.01", capacity: "100", as });
  for (const as of ["provider1", "provider2"]) await run("node:trust-manager", { manager: "manager", as });
  await run("cluster:create", { currency: "TestUSD", vnodes: "4", nodes: "1,2,3", managementFee: "5", as: "manager" });
  const { manager, owner, provider1, provider2 } = await hre.getNamedAccounts();
  return { manager: manager!, owner: owner!, provider1: provider1!, provider2: provider2! };
});

describe("who trusts a manager", function () {
  // The first of them deploys everything.
  this.timeout(120_000);

  it("is listed when the management is offered", async () => {
    const { owner, provider1, provider2 } = await withCluster();
    await run("node:trust-manager", { manager: "owner", as: "provider2" });
    const { done, trust, meaning } = await json("cluster:offer-management", { cluster: "1", to: "owner", as: "manager" });
    expect(done).to.equal("The management is offered to owner.");
    expect(trust).to.deep.equal({
      manager: owner,
      as: "offered",
      providers: [
        { provider: provider1, nodeIds: ["1"], vnodes: "2", trusts: false },
        { provider: provider2, nodeIds: ["2", "3"], vnodes: "2", trusts: true },
      ],
    });
    expect(meaning).to.equal(
      "Not yet: provider1. Their nodes go on serving and earning. owner (offered the management) can give them more " +
        `vnodes only after: node:trust-manager --manager ${owner}.`,
    );
    expect(await json("cluster:providers", { cluster: "1" })).to.deep.equal({ trust, meaning });
  });

  it("is not when an offer is taken back: then it is about the manager again", async () => {
    const { manager } = await withCluster();
    await run("cluster:offer-management", { cluster: "1", to: "owner", as: "manager" });
    expect(await json("cluster:offer-management", { cluster: "1", to: "nobody", as: "manager" })).to.not.have.any.keys("trust", "meaning");
    const { trust, meaning } = await json("cluster:providers", { cluster: "1" });
    expect(trust).to.deep.include({ manager, as: "manager" });
    expect(meaning).to.equal("All of them trust manager (the manager).");
  });

  it("can be asked of anyone", async () => {
    await withCluster();
    const { printed } = await run("cluster:providers", { cluster: "1", manager: "admin" });
    expect(printed).to.match(/│ Provider +│ Nodes +│ Vnodes +│ Trusts admin +│/);
    expect(printed).to.match(/│ provider2 +│ 2, 3 +│ 2 +│ no +│/);
    expect(printed).to.match(
      /\nNot yet: provider1, provider2\. Their nodes go on serving and earning\. admin can give them more vnodes only after/,
    );
  });
});
