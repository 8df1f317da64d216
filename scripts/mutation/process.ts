import { type ChildProcess, fork } from "node:child_process";
import { join } from "node:path";

import { type Baseline, type Task, type Verdict } from "./protocol";

/** Beyond this a change has made something endless. */
const PATIENCE = 20 * 60_000;
const ATTEMPTS = 3;
/** The chain in a process keeps some hundred megabytes of each suite: a process is replaced after so many tasks. */
const TASKS_PER_PROCESS = 40;

/** A process that runs tests, started when there is something to do and again after it died. */
export class Worker {
  private child: ChildProcess | undefined;
  private tasks = 0;

  async baseline(tests: string[]): Promise<Baseline> {
    return (await this.ask({ kind: "baseline", tests })) as Baseline;
  }

  async judge(task: Omit<Task & { kind: "mutant" }, "kind">): Promise<Verdict> {
    for (let attempt = 1; ; ++attempt) {
      try {
        return (await this.ask({ kind: "mutant", ...task })) as Verdict;
      } catch (error) {
        if (attempt === ATTEMPTS) throw error;
      }
    }
  }

  stop(): void {
    this.child?.kill("SIGKILL");
    this.child = undefined;
  }

  private ask(task: Task): Promise<unknown> {
    const child = (this.child ??= fork(join(__dirname, "worker.ts"), { stdio: ["ignore", "ignore", "inherit", "ipc"] }));
    return new Promise((resolve, reject) => {
      const done = (): void => {
        clearTimeout(timer);
        child.off("message", answered);
        child.off("exit", died);
      };
      const answered = (answer: unknown): void => {
        done();
        // What a test goes on doing after its time would disturb the next.
        const timedOut = typeof answer === "object" && answer !== null && "timedOut" in answer && answer.timedOut === true;
        if (timedOut || ++this.tasks % TASKS_PER_PROCESS === 0) this.stop();
        resolve(answer);
      };
      const died = (code: number | null): void => {
        done();
        this.child = undefined;
        reject(new Error(`A process that runs tests ended with ${code ?? "a signal"}.`));
      };
      const timer = setTimeout(() => {
        done();
        this.stop();
        reject(new Error("A process that runs tests did not answer."));
      }, PATIENCE);
      child.on("message", answered);
      child.on("exit", died);
      child.send(task);
    });
  }
}
