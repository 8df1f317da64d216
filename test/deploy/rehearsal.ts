import { expect } from "chai";
import { id, type JsonRpcProvider, Wallet, ZeroAddress } from "ethers";
import { once } from "node:events";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

import {
  AccountRegistry__factory,
  Administration__factory,
  Create3Deployer__factory,
  PriceRegistry__factory,
} from "../../cache/typechain-types";
import { DEPLOYED_CONTRACTS } from "../../src/contract-names";
import { Anvil, type Outcome, PATIENCE, Workplace } from "../helpers/processes";

const CONTRACTS = ["Create3Deployer", ...DEPLOYED_CONTRACTS];
// One transaction for each contract: the roles are set in a constructor.
const TRANSACTIONS = CONTRACTS.length;
const TWO_DAYS = 2n * 24n * 60n * 60n;

interface Saved {
  address: string;
  transactionHash: string;
}

describe("deployment to Sepolia, rehearsed", function () {
  this.timeout(PATIENCE);

  const deployer = Wallet.createRandom();
  const admin = Wallet.createRandom().address;
  let anvil: Anvil;
  let provider: JsonRpcProvider;
  let workplace: Workplace;
  let variables: Record<string, string>;

  beforeEach(async function () {
    anvil = await Anvil.start("--chain-id", "11155111");
    ({ provider } = anvil);
    workplace = new Workplace();
    variables = { DDC_SEPOLIA_URL: anvil.url, DDC_DEPLOYER_KEY: deployer.privateKey, DDC_ADMIN: admin, DDC_ADMIN_IS_KEY: admin };
    await provider.send("anvil_setBalance", [deployer.address, "0x56bc75e2d63100000"]);
  });

  afterEach(async function () {
    await anvil.stop();
    workplace.remove();
  });

  const folder = (): string => join(workplace.path, "deployments", "sepolia");
  const deploy = (...args: string[]): Promise<Outcome> =>
    workplace.run(["deploy", "--no-compile", "--network", "sepolia", ...args], variables);
  const saved = (name: string): Saved => JSON.parse(readFileSync(join(folder(), `${name}.json`), "utf8")) as Saved;
  const files = (): Record<string, string> =>
    Object.fromEntries(
      readdirSync(folder())
        .filter((file) => file.endsWith(".json"))
        .map((file) => [file, readFileSync(join(folder(), file), "utf8")]),
    );

  async function expectComplete(): Promise<void> {
    expect(Object.keys(files())).to.have.members(CONTRACTS.map((name) => `${name}.json`));
    const create3 = Create3Deployer__factory.connect(saved("Create3Deployer").address, provider);
    expect(await create3.DEPLOYER()).to.equal(deployer.address);
    for (const name of CONTRACTS.slice(1)) {
      expect(saved(name).address).to.equal(await create3.addressOf(id(name)));
      expect(await provider.getCode(saved(name).address)).to.not.equal("0x");
    }
    const registry = AccountRegistry__factory.connect(saved("AccountRegistry").address, provider);
    const prices = PriceRegistry__factory.connect(saved("PriceRegistry").address, provider);
    expect(await prices.authority()).to.equal(saved("AccessManager").address);
    expect(await registry.BUCKET_REGISTRY()).to.equal(saved("BucketRegistry").address);
    expect(await registry.PRICE_REGISTRY()).to.equal(prices.target);
    expect(await prices.SEQUENCER_FEED()).to.equal(ZeroAddress);

    const manager = Administration__factory.connect(saved("AccessManager").address, provider);
    expect(await manager.minimumDelayOf(0)).to.equal(TWO_DAYS);
    const granted = await manager.queryFilter(manager.filters.RoleGranted());
    expect(new Set(granted.map(({ args }) => args.account))).to.deep.equal(new Set([admin]));
    expect(await manager.hasRole(0, admin)).to.deep.equal([true, TWO_DAYS]);
    for (const role of [1, 2, 3]) {
      expect(await manager.hasRole(role, admin)).to.deep.equal([true, 0n]);
    }
  }

  it("gives every role to the admin, and changes nothing when it is run again", async function () {
    const first = await deploy();
    expect(first).to.include({ code: 0, stderr: "" });
    expect(first.stdout).to.include("every immutable and every role is as it should be");
    await expectComplete();
    expect(await provider.getTransactionCount(deployer.address)).to.equal(TRANSACTIONS);

    const before = files();
    const second = await deploy();
    expect(second).to.include({ code: 0, stderr: "" });
    expect(second.stdout).to.include("every immutable and every role is as it should be");
    expect(files()).to.deep.equal(before);
    expect(await provider.getTransactionCount(deployer.address)).to.equal(TRANSACTIONS);
  });

  /** Kills a deployment as soon as it has sent so many transactions. */
  async function killAfter(transactions: number): Promise<void> {
    const child = workplace.start(["deploy", "--no-compile", "--network", "sepolia"], variables);
    const ended = once(child, "close");
    while ((await provider.getTransactionCount(deployer.address, "pending")) < transactions) {
      expect(child.exitCode).to.equal(null);
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    child.kill("SIGKILL");
    await ended;
  }

  for (const transactions of [1, 4]) {
    it(`is completed after it was killed at transaction ${transactions}, with another one in between`, async function () {
      await killAfter(transactions);
      await deployer.connect(provider).sendTransaction({ to: admin, value: 1 });

      expect(await deploy()).to.include({ code: 0, stderr: "" });
      await expectComplete();
      expect(await provider.getTransactionCount(deployer.address)).to.equal(TRANSACTIONS + 1);
    });
  }

  it("waits for what a killed run has sent", async function () {
    await provider.send("evm_setAutomine", [false]);
    await killAfter(1);
    const refused = await deploy();
    expect(refused.code).to.equal(1);
    expect(refused.stderr).to.include(
      `Transactions of the deployer ${deployer.address} are not mined yet (1). Deploy again when they are.`,
    );

    await provider.send("evm_setAutomine", [true]);
    await provider.send("evm_mine", []);
    expect(await deploy()).to.include({ code: 0, stderr: "" });
    await expectComplete();
  });

  it("refuses to go on with another key, on another chain, or with another admin", async function () {
    expect(await deploy()).to.include({ code: 0 });
    const other = Wallet.createRandom();

    variables = { ...variables, DDC_ADMIN: other.address, DDC_ADMIN_IS_KEY: other.address };
    const otherAdmin = await deploy();
    expect(otherAdmin.code).to.equal(1);
    expect(otherAdmin.stderr).to.include("AccessManager was deployed to sepolia from other code, or with other constructor");
    expect(otherAdmin.stderr).to.not.match(/^\s+at /m);

    variables = { ...variables, DDC_ADMIN: admin, DDC_ADMIN_IS_KEY: admin, DDC_DEPLOYER_KEY: other.privateKey };
    const otherKey = await deploy();
    expect(otherKey.code).to.equal(1);
    expect(otherKey.stderr).to.include(`The deployment to sepolia was begun by ${deployer.address}`);

    await anvil.stop();
    anvil = await Anvil.start("--chain-id", "11155111");
    variables = { ...variables, DDC_SEPOLIA_URL: anvil.url, DDC_DEPLOYER_KEY: deployer.privateKey };
    const otherChain = await deploy();
    expect(otherChain.code).to.equal(1);
    expect(otherChain.stderr).to.include("Is the endpoint that of the right chain, and up to date?");
    expect(existsSync(join(folder(), "AccountRegistry.json"))).to.equal(true);
  });
});
