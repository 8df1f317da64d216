// What any engine needs, whatever it does. This part runs everywhere; `./node` has what needs Node.
export { Admission, type AdmissionOptions } from "./admission";
export * from "./authorizer";
export { REFUSALS, Refusal, type RefusalReason } from "./refusal";
export * from "./requests";
export * from "./ring";
