// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {IERC1155} from "@openzeppelin/contracts/token/ERC1155/IERC1155.sol";
import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {IERC165} from "@openzeppelin/contracts/utils/introspection/IERC165.sol";
import {LibCall} from "solady/src/utils/LibCall.sol";

import {IBucketAccess} from "../interfaces/IBucketAccess.sol";

/// @param byId Whether the token is asked for the balance of an id, as an ERC-1155.
struct Gate {
    address token;
    bool byId;
    uint256 id;
    uint256 minimum;
}

using Gates for Gate global;

/// @title Gates
/// @notice Lets those pass who hold enough of a token, and nobody if the token does not say so in time and in a word.
/// @dev Tokens are asked with as much gas each, whoever asks and however much is left: a token that runs out of less would say no to those
/// whom it says yes to otherwise, and would be taken for another kind of token.
library Gates {
    uint256 private constant MAX_GAS = 100_000;
    /// @dev A call passes on 63/64 of what is left (EIP-150) after the access to the account and, if it delegates (EIP-7702), to its code:
    /// 100,000 x 64 / 63 + 2 x 2,600, and what comes between this being checked and the call.
    uint256 private constant NEEDED_GAS = 110_000;
    uint256 private constant TRUE = 1;

    /// @notice The gate of a token; zero: no gate.
    function gateOf(address token, uint256 id, uint256 minimum) internal view returns (Gate memory gate) {
        if (token == address(0)) return gate;
        require(minimum != 0, IBucketAccess.GateMinimumZero(token));
        return Gate({token: token, byId: id != 0 || _isMultiToken(token), id: id, minimum: minimum});
    }

    /// @notice Whether an account passes.
    function isOpenTo(Gate storage gate, address account) internal view returns (bool) {
        address token = gate.token;
        if (token == address(0)) return false;
        bytes memory question =
            gate.byId ? abi.encodeCall(IERC1155.balanceOf, (account, gate.id)) : abi.encodeCall(IERC20.balanceOf, (account));
        // At least one.
        return _ask(token, question) >= gate.minimum;
    }

    function _isMultiToken(address token) private view returns (bool) {
        return _ask(token, abi.encodeCall(IERC165.supportsInterface, (type(IERC1155).interfaceId))) == TRUE;
    }

    /// @dev The word that the token answers; zero for anything that is not one.
    function _ask(address token, bytes memory question) private view returns (uint256) {
        uint256 available = gasleft();
        require(available >= NEEDED_GAS, IBucketAccess.GateGasTooLow(available, NEEDED_GAS));
        (bool success, bool exceeded, bytes memory answer) = LibCall.tryStaticCall(token, MAX_GAS, 32, question);
        return success && !exceeded && answer.length == 32 ? uint256(bytes32(answer)) : 0;
    }
}
