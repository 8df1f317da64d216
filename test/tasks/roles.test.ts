import { expect } from "chai";

import { formatTime } from "../../src";
import { AccessManager__factory, PriceRegistry__factory } from "../../cache/typechain-types";
import { PATIENCE } from "../helpers/processes";
import type { Document } from "../helpers/terminal";
import { Terminal } from "../helpers/terminal";

const HOUR = 3_600;
const WEEK = 7 * 24 * HOUR;
const PRICE_ORACLE = 1n;
const setPrice = (price: string): string => `currency:set-price --currency TestUSD --price ${price} --as owner`;

describe("restricted tasks", function () {
  this.timeout(PATIENCE);

  let terminal: Terminal;
  let owner: string;
  before(async function () {
    terminal = await Terminal.open();
    owner = await terminal.account(5);
  });
  after(() => terminal.close());

  const price = async (): Promise<bigint> => {
    const prices = PriceRegistry__factory.connect(terminal.addressOf("PriceRegistry"), terminal.provider);
    return (await prices.getCurrency(terminal.addressOf("TestUSD"))).usdPerToken;
  };
  const accessManager = async () =>
    AccessManager__factory.connect(terminal.addressOf("AccessManager"), await terminal.provider.getSigner(1));

  context("given a signer without the role", function () {
    it("name the role, who has it, and who can grant it", async function () {
      const feed = terminal.addressOf("MockPriceFeed");
      const refused = (command: string, role: string): Promise<unknown> =>
        terminal.refused(
          `${command} --as owner`,
          [],
          `This needs the role ${role}, which owner does not have.`,
          `A holder of the role ADMIN can grant it, with grantRole of the AccessManager (${terminal.addressOf("AccessManager")}).`,
          "admin has it: add --as admin.",
        );
      await Promise.all([
        refused("currency:set-price --currency TestUSD --price 1.1", "PRICE_ORACLE"),
        refused("currency:pause --currency TestUSD", "GUARDIAN"),
        refused("cluster:set-network-fee --fee 1 --account owner", "FEE_MANAGER"),
        refused(`currency:set-feed --currency TestUSD --feed ${feed} --max-age 60`, "ADMIN"),
      ]);
    });
  });

  context("given a signer whose role has a delay of an hour", function () {
    before(async function () {
      await (await (await accessManager()).grantRole(PRICE_ORACLE, owner, HOUR)).wait();
    });

    it("schedule the call, wait, and execute it", async function () {
      const before = await terminal.now();
      const { stdout } = await terminal.runOk(setPrice("1.1"));
      const scheduled = await terminal.now();
      expect(scheduled).to.be.at.least(before);
      const readyAt = scheduled + HOUR;
      const [from, until] = [formatTime(BigInt(readyAt)), formatTime(BigInt(readyAt + WEEK))];
      expect(stdout).to.include(
        `Scheduled, since the role has a delay of 1 hour. The same command executes it from ${from} until ${until}.\nTransaction 0x`,
      );
      expect(await price()).to.equal(10n ** 18n);

      await terminal.passUntil(readyAt - 60);
      const wait = `This call is scheduled. Repeat the command from ${from} on to execute it.`;
      await terminal.refused(setPrice("1.1"), [], wait);
      await terminal.passUntil(readyAt);
      const executed = await terminal.runOk(setPrice("1.1"));
      expect(executed.stdout).to.match(/^The price is 1\.1 USD\.$/m);
      expect(await price()).to.equal(11n * 10n ** 17n);
    });

    it("schedule anew after a week in which nobody executed it, and with --json say when it is ready", async function () {
      const { scheduled } = (await terminal.json(setPrice("1.2"))) as { scheduled: Document };
      const at = await terminal.now();
      expect(scheduled).to.include({ readyAt: String(at + HOUR), expiresAt: String(at + HOUR + WEEK) });
      await terminal.passUntil(at + HOUR + WEEK);
      const again = (await terminal.json(setPrice("1.2"))) as { scheduled: Document };
      expect(again.scheduled).to.include({ operation: scheduled.operation, readyAt: String((await terminal.now()) + HOUR) });
      expect(await price()).to.equal(11n * 10n ** 17n);
    });
  });
});
