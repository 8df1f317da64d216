import { type Engine, prove } from "./checker";
import { type Property } from "./source";

/** The compiler waits for the solver: a process each, so that all processors have something to do. */
process.on("message", ({ property, engine }: { property: Property; engine: Engine }) => {
  process.send?.(prove(property, engine));
});
