// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

/// @dev The cheatcodes that the campaign uses (https://getfoundry.sh/reference/cheatcodes/overview).
interface Vm {
    struct Log {
        bytes32[] topics;
        bytes data;
        address emitter;
    }

    function addr(uint256 privateKey) external pure returns (address);

    function computeCreateAddress(address deployer, uint256 nonce) external pure returns (address);

    function deal(address account, uint256 balance) external;

    function deployCode(string calldata artifact, bytes calldata arguments) external returns (address);

    function getBlockNumber() external view returns (uint256);

    function getBlockTimestamp() external view returns (uint256);

    function getNonce(address account) external view returns (uint64);

    function getRecordedLogs() external returns (Log[] memory);

    function load(address account, bytes32 slot) external view returns (bytes32);

    function prank(address caller) external;

    function recordLogs() external;

    function revertToState(uint256 snapshot) external returns (bool);

    function roll(uint256 blockNumber) external;

    function sign(uint256 privateKey, bytes32 digest) external pure returns (uint8 v, bytes32 r, bytes32 s);

    function snapshotState() external returns (uint256);

    function toString(uint256 value) external pure returns (string memory);

    function warp(uint256 timestamp) external;
}

Vm constant vm = Vm(address(uint160(uint256(keccak256("hevm cheat code")))));
