import { type Row } from "./meter";

const INTRODUCTION = `# Gas

What every function that changes state costs, and \`canAccess\` if a transaction asks it, measured on the embedded chain. Written by \`npm run gas\`; \`npm run gas:check\`, which is
part of the checks, fails when the contracts no longer cost what is written here.

- **gas**: what the transaction used, after refunds.
- **floor**: the least that a transaction could have used that does the same to the chain: 21,000, its calldata, and each slot, account,
  log and new contract that \`debug_traceTransaction\` saw it touch, once, at its cheapest. A slot: 22,100 from zero to something, 5,000
  from one thing to another (and 4,800 back if it becomes zero, at most a fifth of all), 2,100 if it is only read. An account: 2,600. Native currency sent on: 6,700.
  A log: 375, 375 for each topic and 8 for each byte. A new contract: 32,000 and 200 for each byte of its code.
- **ratio**: gas / floor; 1.00 would be a contract that computes nothing.
- **reach**: the most that the project set itself.

"First" means that the storage it writes was empty before; where nothing is said, what is there changes. Tokens are \`TestUSD\`, both fees are on.

${reasons([
  "The account registry logs every credit (`Credited`): about 1,950 gas for each fee of a distribution, each share of a node, each bond that goes back and each slash.",
  "It logs every debit (`Debited`): about 1,950 gas for a bond that is posted.",
  "It logs every tick up to which a cluster is settled (`ClusterSettled`), also where no stream ended: about 1,600 gas, at most once in 256 ticks.",
  "The libraries of clusters read a slot again after each call to another registry: up to 1,500 gas for each change of a rent, a node or a quality.",
  "The cluster registry keeps every manager that a cluster has had, each in a slot: 22,100 gas for `removeCluster` and `acceptManagement`.",
  "`StorageProofs` asks the terms registry whether it judges a node, and since when, and of a node that left, whether its bond still answers: 3,000 gas for `commit` and `draw`, 5,300 to 22,000 for other calls, with the logs above.",
  "`announceExit` reads which validator judges the node, and whether another is announced: 3,400 gas. `finishExit` and `vacateUncovered` read until when the bond answers for vnodes: 2,100 gas.",
  "Checks that need no slot: 1,100 gas for `reclaim`, 180 a node for `removeCluster`, up to 4,200 for `vacateUncovered`.",
  "`setGate` asks the token for a balance before it keeps the gate: 3,600 gas for an ERC-20, 5,900 for an ERC-1155.",
  "`finishValidator` keeps each former validator in a slot: 17,500 gas from the second change on.",
])}
`;

/** What makes a function dearer than before, on purpose. */
function reasons(items: readonly string[]): string {
  return ["Dearer by more than 1 % than before, for a reason:", "", ...items.map((item) => `- ${item}`)].join("\n");
}

const COLUMNS = ["function", "case", "gas", "floor", "ratio", "reach"];
/** Of these the cells are text; the others have numbers. */
const TEXT_COLUMNS = new Set(["function", "case"]);

export function group(amount: bigint | number): string {
  return amount.toLocaleString("en");
}

function reached({ gas, reach }: Row): string {
  if (reach === undefined) return "";
  if (gas <= BigInt(reach)) return group(reach);
  const over = (Number(gas) / reach - 1) * 100;
  return `${group(reach)} (missed by ${over.toFixed(1)} %)`;
}

/** A line of a table in Markdown. */
export function line(cells: readonly string[]): string {
  return `| ${cells.join(" | ")} |`;
}

/** A table in Markdown. */
export function table(columns: readonly string[], rows: readonly (readonly string[])[]): string {
  const alignments = columns.map((column) => (TEXT_COLUMNS.has(column) ? ":--" : "--:"));
  return [line(columns), `|${alignments.join("|")}|`, ...rows.map(line)].join("\n");
}

function cells(row: Row): string[] {
  const ratio = (Number(row.gas) / Number(row.floor)).toFixed(2);
  return [`\`${row.function}\``, row.case, group(row.gas), group(row.floor), ratio, reached(row)];
}

function section(contract: string, rows: readonly Row[]): string {
  return [`## ${contract}`, "", table(COLUMNS, rows.map(cells)), ""].join("\n");
}

/** The rows of a contract, those of each function together. */
function rowsOf(contract: string, rows: readonly Row[]): Row[] {
  const own = rows.filter((row) => row.contract === contract);
  const functions = new Set(own.map((row) => row.function));
  return [...functions].flatMap((name) => own.filter((row) => row.function === name));
}

/** The page that shows all rows, a section for each contract. */
export function gasPage(rows: readonly Row[]): string {
  const contracts = [...new Set(rows.map(({ contract }) => contract))];
  return [INTRODUCTION, ...contracts.map((contract) => section(contract, rowsOf(contract, rows)))].join("\n");
}
