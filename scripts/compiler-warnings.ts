import { TASK_COMPILE_SOLIDITY_CHECK_ERRORS } from "hardhat/builtin-tasks/task-names";
import { subtask } from "hardhat/config";
import { HardhatPluginError } from "hardhat/plugins";
import { type CompilerOutput } from "hardhat/types";

interface Diagnostic {
  severity: "error" | "info" | "warning";
  formattedMessage: string;
  sourceLocation?: { file: string };
}

type CheckedOutput = CompilerOutput & { errors?: Diagnostic[] };

/** The compiler's warnings about the project's own contracts; those of packages are for their maintainers. */
export function ownWarnings(diagnostics: readonly Diagnostic[]): Diagnostic[] {
  return diagnostics.filter(
    ({ severity, sourceLocation }) =>
      severity === "warning" && (sourceLocation === undefined || sourceLocation.file.startsWith("contracts/")),
  );
}

// Imported by the Hardhat configuration: a warning fails the compilation, as an error does.
subtask(TASK_COMPILE_SOLIDITY_CHECK_ERRORS).setAction(async ({ output }: { output: CheckedOutput }, hre, runSuper) => {
  await runSuper();
  // Instrumented code warns about what the instrumentation does.
  if ("__SOLIDITY_COVERAGE_RUNNING" in hre) return;

  const warnings = ownWarnings(output.errors ?? []);
  if (warnings.length > 0) {
    throw new HardhatPluginError("compiler-warnings", `${warnings.length} compiler warning(s) in contracts/, which count as errors.`);
  }
});
