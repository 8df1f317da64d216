// Where providers, libraries and wallets put what is not the answer of a call but the call itself.
const NOT_ANSWERS = new Set(["transaction", "tx", "request", "payload", "params", "receipt", "fragment", "interface", "contract"]);
const REVERT_DATA = /^0x[0-9a-fA-F]{8}(?:[0-9a-fA-F]{64})*/;

/** The revert data somewhere in a thrown thing: ethers, Hardhat, anvil and wallets each nest it at another depth. */
export function findRevertData(thrown: unknown): string | undefined {
  return firstIn(thrown, (value, key) => {
    if (typeof value !== "string") return undefined;
    if (key === "data" || key === "result" || key === "output") return REVERT_DATA.test(value) ? value : undefined;
    if (key === "message") return /(?:return|revert) data[:=]?\s*"?(0x[0-9a-fA-F]{8,})/.exec(value)?.[1];
    if (key === "body") return findRevertData(tryParseJson(value));
    return undefined;
  });
}

/** The first message, code and so on of a thrown thing and of what it wraps that satisfies a test. */
export function findText(thrown: unknown, test: RegExp): string | undefined {
  return firstIn(thrown, (value) => (typeof value === "string" && test.test(value) ? value : undefined));
}

/** Searches breadth first, so that what is nearest to the surface wins. */
function firstIn(thrown: unknown, look: (value: unknown, key: string) => string | undefined): string | undefined {
  const seen = new Set<unknown>();
  const queue: [unknown, string][] = [[thrown, ""]];
  for (let next = queue.shift(); next !== undefined && seen.size < 500; next = queue.shift()) {
    const [value, key] = next;
    const found = look(value, key);
    if (found !== undefined) return found;
    if (typeof value !== "object" || value === null || seen.has(value)) continue;
    seen.add(value);
    // `message` and `cause` of an Error are not enumerable.
    for (const name of new Set([...Object.getOwnPropertyNames(value), "cause"])) {
      if (!NOT_ANSWERS.has(name) && name !== "stack") queue.push([readField(value, name), name]);
    }
  }
  return undefined;
}

function readField(value: object, name: string): unknown {
  try {
    return (value as Record<string, unknown>)[name];
  } catch {
    return undefined;
  }
}

function tryParseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
