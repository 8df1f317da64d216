// Tools for every engine. This part runs everywhere; `./node` has the parts that need Node.
export { Admission, type AdmissionOptions } from "./admission";
export * from "./authorizer";
export { REFUSALS, Refusal, type RefusalReason } from "./refusal";
export * from "./requests";
export * from "./ring";
