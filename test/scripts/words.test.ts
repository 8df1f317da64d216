import { readFileSync, readdirSync } from "node:fs";
import { join, relative } from "node:path";

import { expect } from "chai";
import ts from "typescript";

// Keeps the words of the project: names that were replaced, American spelling, and sentences with a named subject.

const ROOT = join(__dirname, "..", "..");
const FOLDERS = ["contracts", "src", "tasks", "examples", "docs"];
const PAGES = ["README.md", "CONTRIBUTING.md", "SECURITY.md", "CHANGELOG.md"];
/** Written by scripts, from sources that are checked themselves. */
const GENERATED = ["docs/ERRORS.md", "docs/GAS.md", "docs/MUTATION.md", "docs/SCALE.md"];
/** Explains old names to users of earlier versions. */
const QUOTES_OLD_NAMES = ["CHANGELOG.md"];

/** Old names of the ABI and of code, none of which is a word of English prose. */
const OLD_NAMES = [
  ..."fineBalance fineOwed fineUnserved fineSettled fineAmount finePerBaseUnit fundedIndex drySpells UnservedReturned undividedOf".split(
    " ",
  ),
  ..."penalise NodePenalised maxPenaltyBps penaltyLeft PenaltyTooHigh PenaltyRecipientInvolved judgeOf finishRent finishReport".split(" "),
  ..."finishFill RentAnnounced FillAnnounced weightNotice standingOf StandingForgotten PublicityChanged handOver useResource".split(" "),
  ..."ClusterCallerNotManager BucketCallerNotManager NodeCallerNotProvider BucketCallerNotOwner BucketCallerNotOwnerOrManager".split(" "),
  ..."NothingAnnounced AnnouncementRunning ChangeNoticeRunning NoticeRunning ReportRunning".split(" "),
  ..."touchedBalance inPlace orNone _reweigh _degrade grownAt noticedIndex noticedFunded missingBps _keepCode keyedBelow".split(" "),
  ..."Authoriser authoriser serialise serialiseCursor Happening EventHappening AccountHappening happenings".split(" "),
  ..."chooseMaker makingArguments MakingArguments sayLacking sayNodeLacking shortfallsOf ClusterShortfall NodeShortfall".split(" "),
  ..."FickleToken TakingToken SkewedToken MuteToken IdleToken PlainToken FalseToken SilentToken VerboseToken BlockingToken".split(" "),
];

/** Old names that are words of English, too: refused as identifiers of TypeScript, in these folders. */
const OLD_IDENTIFIERS: readonly [folder: string, names: readonly string[]][] = [
  ["src", ["told", "tell", "insist", "eventually", "lacks", "offers", "Touched"]],
  ["tasks", ["told", "tell", "making", "Making", "Maker", "Steps", "Outcome", "headline", "Part", "offers", "lacks", "Stage", "tellStory"]],
  ["examples", ["told", "tell", "insist", "eventually", "Door", "Tap", "pieces", "neighbours", "asked", "answers", "Stage"]],
];

const BRITISH = new RegExp(
  "\\w*(?:authoris|serialis|initialis|organis|recognis|normalis|penalis|realis|utilis|minimis|maximis|centralis|generalis|standardis" +
    "|summaris|synchronis|characteris|customis|optimis(?=e|ing|ation)|behaviour|neighbour|colour|honour|favour|labour|cheque|labelled" +
    "|defence|licence|artefact|judgement)\\w*",
  "gi",
);

/** Who, what and so on as the subject of a sentence. */
const VAGUE_SUBJECT = /(?:^|[.:;?!] )(?:Who|Whoever|Whom|Whomever|Whose|What|Somebody|Nobody) .*/;

interface Text {
  path: string;
  text: string;
}

function filesUnder(folder: string): string[] {
  return readdirSync(join(ROOT, folder), { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile() && /\.(?:sol|ts|md)$/.test(entry.name))
    .map((entry) => relative(ROOT, join(entry.parentPath, entry.name)));
}

function isIn(folders: readonly string[], path: string): boolean {
  return folders.some((folder) => path.startsWith(`${folder}/`));
}

/** The identifiers of a TypeScript file, without those in comments and texts. */
function identifiersOf({ path, text }: Text): Set<string> {
  const found = new Set<string>();
  const visit = (node: ts.Node): void => {
    if (ts.isIdentifier(node) || ts.isPrivateIdentifier(node)) found.add(node.text.replace(/^#/, ""));
    ts.forEachChild(node, visit);
  };
  visit(ts.createSourceFile(path, text, ts.ScriptTarget.ES2022));
  return found;
}

/** The strings of a TypeScript file, and the parts of its templates. */
function textsOf({ path, text }: Text): string[] {
  const found: string[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isStringLiteralLike(node) || ts.isTemplateHead(node) || ts.isTemplateMiddleOrTemplateTail(node)) found.push(node.text.trim());
    ts.forEachChild(node, visit);
  };
  visit(ts.createSourceFile(path, text, ts.ScriptTarget.ES2022));
  return found;
}

/** What stands before the first word of a line of a comment: its marks, and a tag of NatSpec or JSDoc with the name that it explains. */
const COMMENT_MARKS = /^\s*(?:\/\*\*|\*\/|\*|\/\/\/?)?\s*(?:@(?:title|notice|dev)\s+|@(?:param|return)\s+\w+\s+|@returns\s+)?/;

/** The lines of prose: of comments and texts in code, all but code blocks in Markdown. */
function proseOf({ path, text }: Text): string[] {
  if (path.endsWith(".md"))
    return text
      .replace(/^```[\s\S]*?^```/gm, "")
      .split("\n")
      .flatMap((line) => line.split(" | "))
      .map(stripMarks);
  const comments = text.match(/\/\*\*[\s\S]*?\*\/|(?<=^|\s)\/\/\/? .*/g) ?? [];
  const lines = comments.flatMap((comment) => comment.split("\n")).map((line) => line.replace(COMMENT_MARKS, "").trim());
  return path.endsWith(".ts") ? [...lines, ...textsOf({ path, text })] : lines;
}

function stripMarks(line: string): string {
  return line.replace(/^[\s>|#*\-\d.]+/, "").trim();
}

describe("the words of the project", () => {
  const paths = [...FOLDERS.flatMap(filesUnder), ...PAGES].filter((path) => !GENERATED.includes(path));
  const texts = paths.map((path): Text => ({ path, text: readFileSync(join(ROOT, path), "utf8") }));

  it("reads files of each kind", () => {
    for (const kind of [".sol", ".ts", ".md"]) expect(paths.filter((path) => path.endsWith(kind)).length).to.be.greaterThan(8);
  });

  it("has no name that was replaced", () => {
    const names = new Set(OLD_NAMES);
    const found = texts
      .filter(({ path }) => !QUOTES_OLD_NAMES.includes(path))
      .flatMap((file) => (file.text.match(/\w+/g) ?? []).filter((word) => names.has(word)).map((word) => `${file.path}: ${word}`));
    expect([...new Set(found)].join("\n")).to.equal("");
  });

  it("has no identifier that was replaced by a clearer one", () => {
    const found = OLD_IDENTIFIERS.flatMap(([folder, names]) =>
      texts
        .filter(({ path }) => isIn([folder], path) && path.endsWith(".ts"))
        .flatMap((file) => [...identifiersOf(file)].filter((name) => names.includes(name)).map((name) => `${file.path}: ${name}`)),
    );
    expect(found.join("\n")).to.equal("");
  });

  it("is spelled as Americans do", () => {
    const found = texts
      .filter(({ path }) => !QUOTES_OLD_NAMES.includes(path))
      .flatMap((file) => (file.text.match(BRITISH) ?? []).map((word) => `${file.path}: ${word}`));
    expect([...new Set(found)].join("\n")).to.equal("");
  });

  it("begins no sentence with a vague subject", () => {
    const found = texts
      .flatMap((file) => proseOf(file).map((line) => ({ path: file.path, sentence: VAGUE_SUBJECT.exec(line)?.[0] })))
      .filter(({ sentence }) => sentence !== undefined)
      .map(({ path, sentence }) => `${path}: ${sentence}`);
    expect(found.join("\n")).to.equal("");
  });

  it("recognizes what it refuses", () => {
    expect("an Authoriser colours".match(BRITISH)).to.deep.equal(["Authoriser", "colours"]);
    expect(VAGUE_SUBJECT.test("Whoever reads it.")).to.equal(true);
    expect(VAGUE_SUBJECT.test("It is so. What follows is not.")).to.equal(true);
    expect(VAGUE_SUBJECT.test("The registry says what it holds.")).to.equal(false);
    const commented = "  /// @notice Who pays.\n  /// @param payer Whose account.\n  // Who asks.\n";
    expect(proseOf({ path: "x.ts", text: "const text = `${1} pays. What it pays …`;" })).to.include("pays. What it pays …");
    expect(proseOf({ path: "x.sol", text: commented })).to.deep.equal(["Who pays.", "Whose account.", "Who asks."]);
    expect(identifiersOf({ path: "x.ts", text: 'const told = "making"; // eventually' })).to.deep.equal(new Set(["told"]));
  });
});
