import { expect } from "chai";

import { Anvil, type Outcome, PATIENCE, Workplace } from "../helpers/processes";

const COMMANDS = [
  ["a task that looks", ["node:list"]],
  ["a task that writes", ["node:create", "--rent", "1", "--capacity", "1"]],
] as const;

function expectRefusal({ code, stdout, stderr }: Outcome, ...reasons: string[]): void {
  expect(code).to.equal(1);
  for (const reason of reasons) expect(stderr).to.include(reason);
  expect(stdout + stderr).to.not.match(/^\s+at /m);
}

describe("networks that tasks cannot use", function () {
  this.timeout(PATIENCE);

  let workplace: Workplace;
  beforeEach(function () {
    workplace = new Workplace();
  });
  afterEach(function () {
    workplace.remove();
  });

  /** Types each command at a network. */
  const type = (network: string, variables: Record<string, string> = {}): Promise<Outcome[]> =>
    Promise.all(COMMANDS.map(([, words]) => workplace.run([...words, "--network", network], variables)));

  context("given the embedded chain, which is empty with every command", function () {
    it("says how to start one that stays", async function () {
      for (const outcome of await type("hardhat")) {
        expectRefusal(outcome, "The embedded chain starts empty with every command.", "npx hardhat node", "--network localhost");
      }
    });
  });

  context("given a node that does not answer", function () {
    it("says so", async function () {
      for (const outcome of await type("localhost", { DDC_LOCALHOST_URL: "http://127.0.0.1:1" })) {
        expectRefusal(outcome, "The network does not answer. Check that the node is running and that its endpoint is the right one.");
      }
    });
  });

  context("given a public network without an endpoint", function () {
    it("names the variable to set", async function () {
      for (const outcome of await type("sepolia")) {
        expectRefusal(outcome, "The variable DDC_SEPOLIA_URL is not set.", "npx hardhat vars set DDC_SEPOLIA_URL");
      }
    });
  });

  context("given a network that nobody knows", function () {
    it("says so", async function () {
      for (const outcome of await type("nowhere")) expectRefusal(outcome, "nowhere");
    });
  });

  context("given a node", function () {
    let anvil: Anvil;
    let endpoint: Record<string, string>;
    before(async function () {
      anvil = await Anvil.start("--chain-id", "31337");
      endpoint = { DDC_LOCALHOST_URL: anvil.url };
    });
    after(() => anvil.stop());

    it("says how to deploy when nothing is deployed there", async function () {
      for (const outcome of await type("localhost", endpoint)) {
        expectRefusal(outcome, "The registries are not deployed on localhost.", "npx hardhat deploy --network localhost");
      }
      expect(await anvil.provider.getBlockNumber()).to.equal(0);
    });

    it("says so when what was deployed is gone", async function () {
      expect(await workplace.run(["deploy", "--no-compile", "--network", "localhost"], endpoint)).to.include({ code: 0 });
      await anvil.provider.send("anvil_reset", []);
      for (const outcome of await type("localhost", endpoint)) {
        expectRefusal(outcome, "is not on this chain", "deploy again with npx hardhat deploy --network localhost.");
      }
      expect(await anvil.provider.getBlockNumber()).to.equal(0);
    });
  });

  context("given another chain at the endpoint", function () {
    it("does not take it for the one that was meant", async function () {
      const anvil = await Anvil.start("--chain-id", "84532");
      try {
        for (const outcome of await type("localhost", { DDC_LOCALHOST_URL: anvil.url })) {
          expectRefusal(outcome, "chain id 31337", "84532");
        }
      } finally {
        await anvil.stop();
      }
    });
  });
});
