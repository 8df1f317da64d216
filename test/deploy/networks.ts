import { expect } from "chai";
import { JsonRpcProvider, Wallet, ZeroAddress } from "ethers";
import { config } from "hardhat";

import { Anvil, HardhatNode, type Outcome, PATIENCE, Workplace } from "../helpers/processes";

const KEY = Wallet.createRandom().privateKey;
const DEPLOYER = new Wallet(KEY).address;
const ADMIN = Wallet.createRandom().address;

describe("networks", function () {
  this.timeout(PATIENCE);

  let workplace: Workplace;
  before(function () {
    workplace = new Workplace();
  });
  after(function () {
    workplace.remove();
  });

  const deploy = (network: string, variables: Record<string, string>): Promise<Outcome> =>
    workplace.run(["deploy", "--no-compile", "--network", network], variables);

  function expectRefusal(outcome: Outcome, ...texts: string[]): void {
    expect(outcome.code).to.equal(1);
    for (const text of texts) {
      expect(outcome.stderr).to.include(text);
    }
    expect(outcome.stdout + outcome.stderr).to.not.match(/^\s+at /m);
  }

  it("knows the public test networks by name and chain id", function () {
    const chainIds = Object.entries(config.networks).map(([name, { chainId }]) => [name, chainId]);
    expect(Object.fromEntries(chainIds)).to.deep.equal({
      hardhat: 31_337,
      localhost: 31_337,
      sepolia: 11_155_111,
      baseSepolia: 84_532,
      arbitrumSepolia: 421_614,
      optimismSepolia: 11_155_420,
      polygonAmoy: 80_002,
      filecoinCalibration: 314_159,
    });
  });

  it("names the variable when the endpoint is missing", async function () {
    const outcome = await deploy("filecoinCalibration", { DDC_DEPLOYER_KEY: KEY, DDC_ADMIN: ADMIN });
    expectRefusal(
      outcome,
      'The variable DDC_FILECOIN_CALIBRATION_URL is not set. Network "filecoinCalibration" needs it',
      "npx hardhat vars set DDC_FILECOIN_CALIBRATION_URL",
    );
  });

  it("says so when the endpoint does not answer", async function () {
    const outcome = await deploy("sepolia", {
      DDC_SEPOLIA_URL: "http://127.0.0.1:1",
      DDC_DEPLOYER_KEY: KEY,
      DDC_ADMIN: ADMIN,
    });
    expectRefusal(outcome, "Cannot connect to the network sepolia");
  });

  context("given an endpoint", function () {
    let anvil: Anvil;
    let endpoint: Record<string, string>;
    before(async function () {
      anvil = await Anvil.start("--chain-id", "84532");
      endpoint = { DDC_BASE_SEPOLIA_URL: anvil.url };
    });
    after(() => anvil.stop());

    it("names the variable when the key is missing", async function () {
      expectRefusal(
        await deploy("baseSepolia", { ...endpoint, DDC_ADMIN: ADMIN }),
        'The variable DDC_DEPLOYER_KEY is not set. Network "baseSepolia" needs it',
        "npx hardhat vars set DDC_DEPLOYER_KEY",
      );
    });

    it("names the variable when the key is mistyped, without showing it", async function () {
      const mistyped = KEY.slice(0, -1);
      const outcome = await deploy("baseSepolia", { ...endpoint, DDC_DEPLOYER_KEY: mistyped, DDC_ADMIN: ADMIN });
      expectRefusal(outcome, "The variable DDC_DEPLOYER_KEY is not valid.");
      expect(outcome.stdout + outcome.stderr).to.not.include(mistyped.slice(2));
    });

    it("names the variable when the admin is missing", async function () {
      expectRefusal(
        await deploy("baseSepolia", { ...endpoint, DDC_DEPLOYER_KEY: KEY }),
        'The variable DDC_ADMIN is not set. Network "baseSepolia" needs it',
        "npx hardhat vars set DDC_ADMIN",
      );
    });

    it("names the variable when the admin is nobody", async function () {
      expectRefusal(
        await deploy("baseSepolia", { ...endpoint, DDC_DEPLOYER_KEY: KEY, DDC_ADMIN: ZeroAddress }),
        "The variable DDC_ADMIN is not valid.",
      );
    });

    it("refuses the deployer as the admin", async function () {
      expectRefusal(
        await deploy("baseSepolia", { ...endpoint, DDC_DEPLOYER_KEY: KEY, DDC_ADMIN: DEPLOYER }),
        `The deployer ${DEPLOYER} must not be the admin`,
      );
    });

    it("refuses another chain than the network's", async function () {
      expectRefusal(
        await deploy("sepolia", { DDC_SEPOLIA_URL: anvil.url, DDC_DEPLOYER_KEY: KEY, DDC_ADMIN: ADMIN }),
        "Hardhat was set to use chain id 11155111, but connected to a chain with id 84532",
      );
    });
  });

  it("deploys to a running node, and again after the node is started anew", async function () {
    for (let times = 0; times < 2; times++) {
      const anvil = await Anvil.start();
      try {
        const outcome = await deploy("localhost", { DDC_LOCALHOST_URL: anvil.url });
        expect(outcome).to.include({ code: 0, stderr: "" });
        expect(outcome.stdout).to.include("every immutable and every role is as it should be");
      } finally {
        await anvil.stop();
      }
    }
  });

  it("deploys when a node is started, so that nothing is left to do", async function () {
    const node = await HardhatNode.start(workplace);
    try {
      const { url } = node;
      const provider = new JsonRpcProvider(url, undefined, { staticNetwork: true });
      const block = await provider.getBlockNumber();
      expect(await deploy("localhost", { DDC_LOCALHOST_URL: url })).to.include({ code: 0, stderr: "" });
      expect(await provider.getBlockNumber()).to.equal(block);
      provider.destroy();
    } finally {
      await node.stop();
    }
  });
});
