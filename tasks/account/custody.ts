import { type CustodyReport, checkCustody } from "../../src";
import { defineRead } from "../support/define";
import { amountOf, title } from "../support/sections";
import { table } from "../support/tables";

defineRead({
  name: "account:custody",
  description: "Checks that the registry holds all the tokens it owes, and that all balances add up to that debt, to the scaled unit",
  arguments: {},
  read: async ({ registries, deployment, nativeSymbol }) => {
    const reports = await checkCustody(registries, { fromBlock: deployment.fromBlock, nativeSymbol });
    const sound = reports.every((report) => report.sound);
    if (!sound) process.exitCode = 1;
    return [
      title(sound ? "Nothing is missing." : `The parts do not add up, or tokens are missing.${unsettledText(reports)}`),
      { key: "custody", text: custodyTable(reports), data: reports },
    ];
  },
});

function unsettledText(reports: readonly CustodyReport[]): string {
  const steps = reports.flatMap(({ unsettledClusters }) => unsettledClusters).map((id) => `cluster:settle --cluster ${id}`);
  return steps.length === 0 ? "" : ` Some clusters are not settled yet; settle them first: ${steps.join(", ")}.`;
}

function custodyTable(reports: readonly CustodyReport[]): string {
  return table(
    ["Currency", "Held", "Owed", "Balances", "Earned", "For refunds", "Late", "Shares", "Bonds", "Difference (scaled units)"],
    reports.map((report) => {
      const shown = (scaled: bigint): string => amountOf(report.owed === 0n ? 0n : (scaled * report.owed) / report.scaledOwed, report);
      return [
        report.symbol,
        amountOf(report.held, report),
        amountOf(report.owed, report),
        shown(report.balances),
        shown(report.revenues),
        shown(report.withheld),
        shown(report.late),
        shown(report.undistributed + report.unclaimed),
        shown(report.bonds),
        String(report.difference),
      ];
    }),
  );
}
