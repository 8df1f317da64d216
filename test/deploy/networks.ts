import { expect } from "chai";
import { JsonRpcProvider, Wallet, ZeroAddress } from "ethers";
import { config } from "hardhat";

import { gateGasOf, requireSequencerFeed } from "../../deployment/networks";

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

    context("given an admin that is not a contract there", function () {
      const variables = (): Record<string, string> => ({ ...endpoint, DDC_DEPLOYER_KEY: KEY, DDC_ADMIN: ADMIN });
      const refusal = `The admin ${ADMIN} is not a contract on baseSepolia. A multisig of another chain does not exist here`;
      // What follows the check of the admin, for a deployer without ether.
      const accepted = "Sender doesn't have enough funds";
      afterEach(() => anvil.provider.send("anvil_setCode", [ADMIN, "0x"]));

      it("refuses it, and says how to confirm that it is a key", async function () {
        expectRefusal(await deploy("baseSepolia", variables()), refusal, "npx hardhat vars set DDC_ADMIN_IS_KEY");
      });

      it("refuses it when another address is confirmed to be a key", async function () {
        expectRefusal(await deploy("baseSepolia", { ...variables(), DDC_ADMIN_IS_KEY: DEPLOYER }), refusal);
        expectRefusal(await deploy("baseSepolia", { ...variables(), DDC_ADMIN_IS_KEY: "yes" }), refusal);
      });

      it("refuses a key that delegates to a contract", async function () {
        await anvil.provider.send("anvil_setCode", [ADMIN, `0xef0100${DEPLOYER.slice(2)}`]);
        expectRefusal(await deploy("baseSepolia", variables()), refusal);
      });

      it("goes on when the key is confirmed, or the admin is a contract", async function () {
        const confirmed = await deploy("baseSepolia", { ...variables(), DDC_ADMIN_IS_KEY: ADMIN.toLowerCase() });
        expect(confirmed.stderr).to.not.include(refusal).and.to.include(accepted);
        await anvil.provider.send("anvil_setCode", [ADMIN, "0x00"]);
        const contract = await deploy("baseSepolia", variables());
        expect(contract.stderr).to.not.include(refusal).and.to.include(accepted);
      });
    });

    it("refuses another chain than the network's", async function () {
      expectRefusal(
        await deploy("sepolia", { DDC_SEPOLIA_URL: anvil.url, DDC_DEPLOYER_KEY: KEY, DDC_ADMIN: ADMIN }),
        "Hardhat was set to use chain id 11155111, but connected to a chain with id 84532",
      );
    });
  });

  describe("gateGasOf", function () {
    const gasOn = (name: string, live: boolean): bigint => gateGasOf({ network: { name, live } } as Parameters<typeof gateGasOf>[0]);

    it("is 100,000 where gas is Ethereum's, and more than 444 times as much on Filecoin", function () {
      for (const name of ["sepolia", "baseSepolia", "arbitrumSepolia", "optimismSepolia", "polygonAmoy"]) {
        expect(gasOn(name, true), name).to.equal(100_000n);
      }
      for (const name of ["hardhat", "localhost"]) expect(gasOn(name, false), name).to.equal(100_000n);
      expect(gasOn("filecoinCalibration", true)).to.equal(50_000_000n);
    });

    it("refuses a public network that is not in the table", function () {
      expect(() => gasOn("unknown", true)).to.throw('Network "unknown" is not in deployment/networks.ts. Add it there.');
    });
  });

  describe("requireSequencerFeed", function () {
    const [rollup, sequencerFeed] = [true, ZeroAddress];
    const refusal = 'Network "x" is a rollup and has no sequencerFeed in deployment/networks.ts.';

    it("refuses a rollup without a feed, and says how to exempt a test network", function () {
      expect(() => requireSequencerFeed("x", { chainId: 84_532, rollup, sequencerFeed }))
        .to.throw(refusal)
        .with.property("message")
        .that.includes("set testnetWithoutSequencerFeed there");
    });

    for (const chainId of [10, 8_453, 42_161]) {
      it(`refuses the main network ${chainId} without a feed, whatever the table says`, function () {
        for (const network of [
          { chainId, rollup, sequencerFeed, testnetWithoutSequencerFeed: true as const },
          { chainId, rollup: false, sequencerFeed },
        ]) {
          expect(() => requireSequencerFeed("x", network)).to.throw(refusal);
        }
      });
    }

    it("accepts a feed, a test network that is exempt, and a chain without a sequencer", function () {
      const feed = Wallet.createRandom().address;
      expect(requireSequencerFeed("x", { chainId: 8_453, rollup, sequencerFeed: feed })).to.equal(feed);
      const exempt = { chainId: 84_532, rollup, sequencerFeed, testnetWithoutSequencerFeed: true as const };
      expect(requireSequencerFeed("x", exempt)).to.equal(ZeroAddress);
      expect(requireSequencerFeed("x", { chainId: 1, rollup: false, sequencerFeed })).to.equal(ZeroAddress);
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
