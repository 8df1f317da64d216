interface Location {
  start: { line: number };
}

/** A file as Istanbul reports it: what there is, and how often each was run. */
export interface FileCoverage {
  path: string;
  statementMap: Record<string, Location>;
  fnMap: Record<string, { name: string; line: number }>;
  branchMap: Record<string, { line: number; type: string }>;
  s: Record<string, number>;
  f: Record<string, number>;
  b: Record<string, number[]>;
  l: Record<string, number>;
}

export interface Gap {
  file: string;
  line: number;
  what: string;
}

/** Why a line cannot be reached by a test. It is known by what it says, as lines move. */
export interface CoverageException {
  file: string;
  code: string;
  reason: string;
}

/** What a line of a file says. */
export type Reader = (file: string, line: number) => string;

/** All that no test ran. */
export function uncovered({ path: file, statementMap, fnMap, branchMap, s, f, b, l }: FileCoverage): Gap[] {
  const never = (counts: Record<string, number>): string[] => Object.keys(counts).filter((key) => counts[key] === 0);
  return [
    ...never(l).map((line) => ({ file, line: Number(line), what: "the line" })),
    ...never(s).map((key) => ({ file, line: statementMap[key]?.start.line ?? 0, what: "the statement" })),
    ...never(f).map((key) => ({ file, line: fnMap[key]?.line ?? 0, what: `the function ${fnMap[key]?.name ?? ""}` })),
    ...Object.entries(b).flatMap(([key, counts]) =>
      counts.flatMap((count, path) =>
        count === 0 ? [{ file, line: branchMap[key]?.line ?? 0, what: `path ${path + 1} of the ${branchMap[key]?.type ?? "branch"}` }] : [],
      ),
    ),
  ];
}

/** The gaps that no exception names, and the exceptions that name no gap. */
export function unexcused(
  gaps: readonly Gap[],
  exceptions: readonly CoverageException[],
  codeAt: Reader,
): { gaps: Gap[]; idle: CoverageException[] } {
  const names = ({ file, code }: CoverageException, gap: Gap): boolean => file === gap.file && code === codeAt(file, gap.line).trim();
  return {
    gaps: gaps.filter((gap) => !exceptions.some((exception) => names(exception, gap))),
    idle: exceptions.filter((exception) => !gaps.some((gap) => names(exception, gap))),
  };
}

/** A line of text for each line of code with a gap. */
export function describeGaps(gaps: readonly Gap[]): string[] {
  const byLine = new Map<string, Set<string>>();
  for (const { file, line, what } of gaps) {
    const place = `${file}:${line}`;
    byLine.set(place, (byLine.get(place) ?? new Set()).add(what));
  }
  return [...byLine].map(([place, whats]) => `${place}: no test reaches ${[...whats].join(", ")}`);
}
