import { TASK_COMPILE_SOLIDITY_CHECK_ERRORS } from "hardhat/builtin-tasks/task-names";
import { subtask } from "hardhat/config";
import { type CompilerOutput } from "hardhat/types";

import { plainError } from "../deployment/errors";

/** The part of what the compiler says about the sources that matters here. */
export interface Diagnostic {
  severity: "error" | "info" | "warning";
  sourceLocation?: { file: string };
}

interface CheckArguments {
  output: CompilerOutput & { errors?: Diagnostic[] };
  quiet: boolean;
}

/** Whether it is a warning about a package, which is for its maintainers. */
export function isForeignWarning({ severity, sourceLocation }: Diagnostic): boolean {
  return severity !== "error" && sourceLocation !== undefined && !sourceLocation.file.startsWith("contracts/");
}

// Imported by the Hardhat configuration: a warning about a contract of the project fails the compilation, as an error does.
subtask(TASK_COMPILE_SOLIDITY_CHECK_ERRORS).setAction(async ({ output, quiet }: CheckArguments, hre, runSuper) => {
  const errors = (output.errors ?? []).filter((diagnostic) => !isForeignWarning(diagnostic));
  await runSuper({ output: { ...output, errors }, quiet });
  // Instrumented code warns about what the instrumentation does.
  if ("__SOLIDITY_COVERAGE_RUNNING" in hre) return;

  const warnings = errors.filter(({ severity }) => severity === "warning");
  if (warnings.length > 0) throw plainError(`${warnings.length} compiler warning(s) in contracts/, which count as errors.`);
});
