// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

/// @title IAdministration
/// @notice The access manager of the registries: OpenZeppelin's, with minimum delays of roles.
interface IAdministration {
    // ------------------------------------------------------------ events

    /// @notice The minimum delay of a role, in the constructor.
    /// @param roleId The role.
    /// @param minimumDelay Seconds.
    event MinimumDelaySet(uint64 indexed roleId, uint32 minimumDelay);

    // ------------------------------------------------------------ errors

    /// @notice Every member of a role waits for at least the role's minimum delay.
    /// @param executionDelay Seconds; what the account was to be granted.
    /// @param minimum Seconds.
    error ExecutionDelayTooShort(uint64 roleId, address account, uint32 executionDelay, uint32 minimum);
    /// @notice A function is given only to roles with at least the minimum delay of the role that it has.
    /// @param roleDelay Seconds; the minimum delay of the role that was to get the function.
    /// @param minimum Seconds.
    error FunctionDelayTooShort(address target, bytes4 selector, uint64 roleId, uint32 roleDelay, uint32 minimum);
    /// @notice A role is administered only by roles with at least the minimum delay of the role that administers it now.
    /// @param adminDelay Seconds; the minimum delay of the role that was to administer.
    /// @param minimum Seconds.
    error RoleAdminDelayTooShort(uint64 roleId, uint64 admin, uint32 adminDelay, uint32 minimum);
    /// @notice The authority of a registry never changes: another one could do without delays.
    error AuthorityUnchangeable(address target, address newAuthority);
    /// @notice The access manager calls no other contract. The member calls the function itself.
    error ExecuteUnsupported(address target, address caller);

    // ------------------------------------------------------------ views

    /// @notice The minimum execution delay of a role, for all its members. It is set at the deployment and never changes.
    /// @param roleId The role.
    /// @return Seconds.
    function minimumDelayOf(uint64 roleId) external view returns (uint32);
}
