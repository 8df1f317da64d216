// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {IERC1155} from "@openzeppelin/contracts/token/ERC1155/IERC1155.sol";
import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {IERC165} from "@openzeppelin/contracts/utils/introspection/IERC165.sol";
import {LibCall} from "solady/src/utils/LibCall.sol";

import {IBucketAccess} from "../interfaces/IBucketAccess.sol";
import {Gate} from "../types/AccessState.sol";

/// @title Gates
/// @notice Lets accounts pass that hold enough of a token. No account passes while the token does not answer in time and with a word.
/// @dev Each question gets the same gas, whatever the caller has left. With less gas a token could fail for an account that it knows, or
/// be taken for another kind of token.
library Gates {
    /// @dev `supportsInterface` answers yes with this word.
    uint256 private constant YES = 1;

    /// @notice The gate of a token; zero: no gate. Requires that the token answers the question that the gate asks.
    /// @param account For which account the token is asked, which must not be zero: an ERC-721 refuses the zero address.
    /// @param gateGas The gas with which a token is asked.
    function gateOf(address token, uint256 id, uint256 minimum, address account, uint256 gateGas) internal view returns (Gate memory gate) {
        if (token == address(0)) return gate;
        require(minimum != 0, IBucketAccess.GateMinimumZero(token));
        gate = Gate({token: token, byId: id != 0 || _isMultiToken(token, gateGas), id: id, minimum: minimum});
        (bool answered, ) = _ask(token, _question(gate.byId, account, id), gateGas);
        require(answered, IBucketAccess.GateTokenUnanswered(token, gate.byId, gateGas));
    }

    /// @notice Whether an account passes.
    /// @param gateGas The gas with which the token is asked.
    function isOpenTo(Gate storage gate, address account, uint256 gateGas) internal view returns (bool) {
        (address token, bool byId) = (gate.token, gate.byId);
        if (token == address(0)) return false;
        (, uint256 balance) = _ask(token, _question(byId, account, byId ? gate.id : 0), gateGas);
        // The minimum is at least one.
        return balance >= gate.minimum;
    }

    /// @notice The gate as views show it.
    function toStatus(Gate storage gate) internal view returns (IBucketAccess.GateStatus memory) {
        return IBucketAccess.GateStatus({token: gate.token, byId: gate.byId, id: gate.id, minimum: gate.minimum});
    }

    /// @notice How much gas has to be left when a token is asked.
    /// @dev A call passes on 63/64 of what is left (EIP-150), after the access to the account and, if the account delegates (EIP-7702), to
    /// its code. So a token gets `gateGas` if a 63rd of it is left beside it, and the price of the accesses: 2 x 2,600 on Ethereum. A
    /// tenth covers both from a `gateGas` of 75,000 on.
    function neededGas(uint256 gateGas) internal pure returns (uint256) {
        return gateGas + gateGas / 10;
    }

    function _isMultiToken(address token, uint256 gateGas) private view returns (bool) {
        (, uint256 answer) = _ask(token, abi.encodeCall(IERC165.supportsInterface, (type(IERC1155).interfaceId)), gateGas);
        return answer == YES;
    }

    /// @notice Asks a token for a word.
    /// @return answered Whether the token answered with one.
    /// @return word The word; zero: the token did not answer with one.
    function _ask(address token, bytes memory question, uint256 gateGas) private view returns (bool answered, uint256 word) {
        uint256 available = gasleft();
        uint256 needed = neededGas(gateGas);
        require(available >= needed, IBucketAccess.GateGasTooLow(available, needed));
        (bool success, bool exceeded, bytes memory answer) = LibCall.tryStaticCall(token, gateGas, 32, question);
        answered = success && !exceeded && answer.length == 32;
        if (answered) word = uint256(bytes32(answer));
    }

    function _question(bool byId, address account, uint256 id) private pure returns (bytes memory) {
        return byId ? abi.encodeCall(IERC1155.balanceOf, (account, id)) : abi.encodeCall(IERC20.balanceOf, (account));
    }
}
