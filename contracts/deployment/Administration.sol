// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {AccessManager} from "@openzeppelin/contracts/access/manager/AccessManager.sol";

import {IAdministration} from "../interfaces/IAdministration.sol";

/// @title Administration
/// @notice The access manager of the registries. Its constructor sets all roles, so the deployer never has one.
/// @dev A minimum delay belongs to a role, and no member of the role can act sooner:
///
/// - `grantRole` gives no member an execution delay below the role's minimum, at first or later.
/// - `setTargetFunctionRole` moves a function only to a role with the same minimum or a longer one. A function that was never
///   moved has the role ADMIN.
/// - `setRoleAdmin` moves the right to grant a role likewise.
/// - No registry can be moved to another authority. `updateAuthority` is refused. So is `execute`, by which the access manager
///   could call `setAuthority` of a registry, also inside the registry's `multicall`.
///
/// The role admin and the guardian of every role are ADMIN, OpenZeppelin's default. OpenZeppelin allows no other for ADMIN.
contract Administration is IAdministration, AccessManager {
    // ------------------------------------------------------------ types

    /// @notice A role that the admin gets.
    /// @param roleId The role; 0 is ADMIN.
    /// @param label The role's name. ADMIN has none: its name is fixed.
    /// @param minimumDelay Seconds; the minimum delay of all members, and the delay of the admin.
    struct RoleSetup {
        uint64 roleId;
        string label;
        uint32 minimumDelay;
    }

    /// @notice Functions of a contract that a role may call.
    /// @param target The contract. It need not exist yet.
    /// @param selectors The selectors of the functions.
    /// @param roleId The role.
    struct FunctionSetup {
        address target;
        bytes4[] selectors;
        uint64 roleId;
    }

    // ------------------------------------------------------------ storage

    mapping(uint64 roleId => uint32 delay) private _minimumDelayOf;

    // ------------------------------------------------------------ constructor

    /// @notice Sets all roles and all restricted functions.
    /// @param admin Gets every role, each with its minimum delay.
    /// @param roles The roles. ADMIN has to be among them, or it has no minimum delay.
    /// @param functions The functions that are restricted.
    constructor(address admin, RoleSetup[] memory roles, FunctionSetup[] memory functions) AccessManager(admin) {
        // First the functions: as long as no role has a minimum delay, each can go to any role.
        for (uint256 i = 0; i < functions.length; ++i) {
            FunctionSetup memory setup = functions[i];
            for (uint256 j = 0; j < setup.selectors.length; ++j) {
                _setTargetFunctionRole(setup.target, setup.selectors[j], setup.roleId);
            }
        }
        for (uint256 i = 0; i < roles.length; ++i) {
            RoleSetup memory setup = roles[i];
            _minimumDelayOf[setup.roleId] = setup.minimumDelay;
            emit MinimumDelaySet(setup.roleId, setup.minimumDelay);
            if (setup.roleId != ADMIN_ROLE) emit RoleLabel(setup.roleId, setup.label);
            _grantRole(setup.roleId, admin, 0, setup.minimumDelay);
        }
    }

    // ------------------------------------------------------------ functions that change state

    /// @notice Always refused: a member of the role calls the function itself, after the delay if there is one.
    function execute(address target, bytes calldata) public payable override returns (uint32) {
        revert ExecuteUnsupported(target, msg.sender);
    }

    /// @notice Always refused: a registry keeps its authority.
    function updateAuthority(address target, address newAuthority) public pure override {
        revert AuthorityUnchangeable(target, newAuthority);
    }

    // ------------------------------------------------------------ views

    /// @inheritdoc IAdministration
    function minimumDelayOf(uint64 roleId) public view returns (uint32) {
        return _minimumDelayOf[roleId];
    }

    // ------------------------------------------------------------ internal

    /// @dev In the constructor of {AccessManager} no role has a minimum yet: the admin gets ADMIN there without delay, and the
    /// delay in the constructor above.
    function _grantRole(uint64 roleId, address account, uint32 grantDelay, uint32 executionDelay) internal override returns (bool) {
        uint32 minimum = minimumDelayOf(roleId);
        require(executionDelay >= minimum, ExecutionDelayTooShort(roleId, account, executionDelay, minimum));
        return super._grantRole(roleId, account, grantDelay, executionDelay);
    }

    function _setTargetFunctionRole(address target, bytes4 selector, uint64 roleId) internal override {
        uint32 roleDelay = minimumDelayOf(roleId);
        uint32 minimum = minimumDelayOf(getTargetFunctionRole(target, selector));
        require(roleDelay >= minimum, FunctionDelayTooShort(target, selector, roleId, roleDelay, minimum));
        super._setTargetFunctionRole(target, selector, roleId);
    }

    function _setRoleAdmin(uint64 roleId, uint64 admin) internal override {
        uint32 adminDelay = minimumDelayOf(admin);
        uint32 minimum = minimumDelayOf(getRoleAdmin(roleId));
        require(adminDelay >= minimum, RoleAdminDelayTooShort(roleId, admin, adminDelay, minimum));
        super._setRoleAdmin(roleId, admin);
    }
}
