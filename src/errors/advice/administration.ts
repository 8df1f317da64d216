import type { AdviceTable } from "./advice";

/** Errors of the access manager that are not OpenZeppelin's. */
export const administrationAdvice: AdviceTable = {
  ExecutionDelayTooShort: {
    why: "{account} would have role {roleId} with a delay of {executionDelay:duration}, and every member waits at least {minimum:duration}.",
    todo: "Grant the role with the minimum delay or a longer one.",
  },
  FunctionDelayTooShort: {
    why: "Function {selector} of {target} has a minimum delay of {minimum:duration}, and role {roleId} one of {roleDelay:duration}.",
    todo: "Leave the function with its role.",
  },
  RoleAdminDelayTooShort: {
    why: "Role {roleId} is granted with a minimum delay of {minimum:duration}, and role {admin} has one of {adminDelay:duration}.",
    todo: "Leave the role with the role that grants it.",
  },
  AuthorityUnchangeable: {
    why: "{target} keeps its access manager: {newAuthority} cannot become its authority.",
    todo: "Grant the roles to other accounts instead.",
  },
  ExecuteUnsupported: {
    why: "The access manager does not call {target} for {caller}.",
    todo: "Call the function itself, after it was scheduled if the role has a delay.",
  },
};
