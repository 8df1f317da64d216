// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.30;

import {ClusterId} from "../types/Ids.sol";

/// @dev A cluster and what an account pays it (USD, 18 decimals, per month): 32 and 96 bits, so that two fit in a slot.
type Stream is uint128;

/// @dev The streams of an account in one currency; the account keeps their number. The rate of an only stream is that of the account, so
/// that most changes of a rate write nothing here.
struct StreamList {
    mapping(uint256 slot => uint256) words;
}

using StreamLists for Stream global;

/// @title StreamLists
/// @notice The clusters that an account pays, and how much: all of them run out at once, so they are read and moved together.
library StreamLists {
    /// @dev The most streams of an account in one currency: they all move together, and a transaction has to be able to pay for that.
    uint256 internal constant MAX_STREAMS = 32;
    uint256 private constant STREAM_BITS = 128;
    uint256 private constant RATE_BITS = 96;

    /// @notice A cluster and what it is paid.
    /// @param ratePerMonth At most 2^96 - 1.
    function toStream(ClusterId clusterId, uint256 ratePerMonth) internal pure returns (Stream) {
        // 32 + 96 bits.
        return Stream.wrap(uint128((uint256(ClusterId.unwrap(clusterId)) << RATE_BITS) | ratePerMonth));
    }

    /// @notice The cluster.
    function cluster(Stream stream) internal pure returns (ClusterId) {
        // The upper 32 of 128 bits.
        return ClusterId.wrap(uint32(Stream.unwrap(stream) >> RATE_BITS));
    }

    /// @notice The rate at which it is paid.
    function rate(Stream stream) internal pure returns (uint256) {
        // The lower 96 of 128 bits.
        return uint96(Stream.unwrap(stream));
    }

    /// @notice The first `count` streams, which are all that the account has, and room for one more.
    /// @param accountRate The sum of their rates; that of an only stream is not kept up to date in the list.
    function load(StreamList storage self, uint256 count, uint256 accountRate) internal view returns (Stream[] memory streams) {
        streams = new Stream[](count + 1);
        uint256 word = 0;
        // Reads each slot once.
        for (uint256 i = 0; i < count; ++i) {
            word = i % 2 == 0 ? self.words[i / 2] : word >> STREAM_BITS;
            // The lower half is the stream at hand.
            streams[i] = Stream.wrap(uint128(word));
        }
        if (count == 1) streams[0] = toStream(streams[0].cluster(), accountRate);
    }

    /// @notice Writes one of the streams.
    function set(StreamList storage self, uint256 position, Stream stream) internal {
        uint256 shift = (position % 2) * STREAM_BITS;
        uint256 word = self.words[position / 2];
        self.words[position / 2] = (word & ~(uint256(type(uint128).max) << shift)) | (uint256(Stream.unwrap(stream)) << shift);
    }

    /// @notice Where among the first `count` streams that to a cluster is; `count` if there is none.
    function find(Stream[] memory streams, ClusterId clusterId, uint256 count) internal pure returns (uint256 position) {
        uint256 wanted = ClusterId.unwrap(clusterId);
        while (position < count && ClusterId.unwrap(streams[position].cluster()) != wanted) ++position;
    }
}
