// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {Create3} from "@openzeppelin/contracts/utils/Create3.sol";

/// @title Create3Deployer
/// @notice Deploys contracts to addresses that are known before any of them exists, whatever transactions come in between, so
/// that contracts that name each other in immutables can be deployed one by one.
/// @dev An address follows from this contract and the salt alone. Only the deployer may use it: no other account can
/// take an address first. The contract stores which salts are used, so that an interrupted deployment can be completed from the
/// state of the chain, without its logs and without local files.
contract Create3Deployer {
    /// @notice The account that may deploy: the creator of this contract.
    address public immutable DEPLOYER;

    /// @notice The hash of the init code (creation code and constructor arguments) that was deployed with a salt; 0: none yet.
    mapping(bytes32 salt => bytes32 initCodeHash) public initCodeHashOf;

    /// @notice A contract is deployed.
    /// @param salt The salt.
    /// @param deployed Its address.
    /// @param initCodeHash The hash of its creation code and constructor arguments.
    event ContractDeployed(bytes32 indexed salt, address indexed deployed, bytes32 initCodeHash);

    /// @notice Only the deployer may deploy.
    error CallerNotDeployer(address caller, address deployer);
    /// @notice There is a contract with this salt already.
    error SaltAlreadyUsed(bytes32 salt, address deployed);

    constructor() {
        DEPLOYER = msg.sender;
    }

    /// @notice Deploys a contract. For the deployer.
    /// @dev Raises the error of the contract's constructor, if it fails; the salt is then still free.
    /// @param salt Each salt can be used once.
    /// @param initCode The contract's creation code followed by its constructor arguments.
    /// @return deployed The contract's address, the one that {addressOf} announced.
    function deploy(bytes32 salt, bytes calldata initCode) external returns (address deployed) {
        require(msg.sender == DEPLOYER, CallerNotDeployer(msg.sender, DEPLOYER));
        require(initCodeHashOf[salt] == 0, SaltAlreadyUsed(salt, addressOf(salt)));

        bytes32 initCodeHash = keccak256(initCode);
        initCodeHashOf[salt] = initCodeHash;
        deployed = Create3.deploy(0, salt, initCode);

        emit ContractDeployed(salt, deployed, initCodeHash);
    }

    /// @notice Where the contract with this salt is, or will be.
    function addressOf(bytes32 salt) public view returns (address) {
        return Create3.computeAddress(salt);
    }
}
