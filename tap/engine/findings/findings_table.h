/* findings_table.h - all findings, one row each: the only source of their ids, names, severities,
 * sections and units.
 *
 * Invariant: each check function stands in one row; the rows with NULL below it are the other findings
 * that it raises.
 *
 *   X(ID, name, of, severity, section, unit, function)
 *     of        CONNECTION, WAY (a hop between two vantage points) or CAPTURE
 *     severity  the usual one; the function may set another
 *     section   SAME: its number in RFC 8684 and in RFC 6824; BOTH: its number in each; OF_TCP: in RFC 9293;
 *               NO_RFC: none
 *     unit      what the finding's count counts
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef MPT_FINDINGS_TABLE_H
#define MPT_FINDINGS_TABLE_H

/* clang-format off */
#define MPT_FINDINGS(X) \
    X(FALLBACK, fallback, CONNECTION, WARNING, BOTH("3.7", "3.6"), TIMES, mpt_check_fallback) \
    X(CAPABLE_DROPPED, capable_dropped, CONNECTION, WARNING, BOTH("3.7", "3.6"), SEGMENTS, mpt_check_capable) \
    X(CAPABLE_UNANSWERED, capable_unanswered, CONNECTION, WARNING, SAME("3.1"), SEGMENTS, NULL) \
    X(CAPABLE_REFUSED, capable_refused, CONNECTION, NOTE, SAME("3.1"), TIMES, NULL) \
    X(BLACKHOLED, blackholed, CONNECTION, NOTE, BOTH("3.7", "3.6"), CONNECTIONS, NULL) \
    X(VERSION_MISMATCH, version_mismatch, CONNECTION, WARNING, SAME("3.1"), TIMES, mpt_check_capable_rules) \
    X(CAPABLE_FLAGS, capable_flags, CONNECTION, ERROR, SAME("3.1"), TIMES, NULL) \
    X(KEY_CHANGED, key_changed, CONNECTION, ERROR, SAME("3.1"), TIMES, NULL) \
    X(KEY_REUSED, key_reused, CONNECTION, ERROR, SAME("3.1"), CONNECTIONS, NULL) \
    X(KEYS_MISSING, keys_missing, CONNECTION, WARNING, SAME("3.1"), TIMES, NULL) \
    X(JOINS_DENIED, joins_denied, CONNECTION, CHAT, SAME("3.1"), TIMES, NULL) \
    X(RESERVED_BITS, reserved_bits, CONNECTION, CHAT, SAME("3"), OPTIONS, NULL) \
    X(JOIN_DENIED_ADDRESS, join_denied_address, CONNECTION, ERROR, SAME("3.1"), TIMES, mpt_check_join_rules) \
    X(JOIN_EARLY, join_early, CONNECTION, NOTE, SAME("3.1"), TIMES, NULL) \
    X(JOIN_DATA_EARLY, join_data_early, CONNECTION, ERROR, SAME("3.2"), BYTES, NULL) \
    X(JOIN_AFTER_CLOSE, join_after_close, CONNECTION, NOTE, SAME("3.2"), TIMES, NULL) \
    X(JOIN_FLOOD, join_flood, CONNECTION, WARNING, SAME("3.2"), SUBFLOWS, NULL) \
    X(TOKEN_SCAN, token_scan, CAPTURE, WARNING, NO_RFC, CONNECTIONS, mpt_check_token_scan) \
    X(SYN_FLOOD, syn_flood, CAPTURE, WARNING, NO_RFC, CONNECTIONS, mpt_check_syn_flood) \
    X(SUBTYPE_ON_JOIN, subtype_on_join, CONNECTION, ERROR, SAME("3.1"), TIMES, NULL) \
    X(PRIO_FLAPPING, prio_flapping, CONNECTION, NOTE, SAME("3.3.8"), TIMES, mpt_check_prio) \
    X(ALL_BACKUP, all_backup, CONNECTION, NOTE, SAME("3.3.8"), SUBFLOWS, NULL) \
    X(ADDRESS_ID_REUSED, address_id_reused, CONNECTION, ERROR, SAME("3.4.1"), TIMES, mpt_check_address_rules) \
    X(ADD_ADDR_ID_ZERO, add_addr_id_zero, CONNECTION, ERROR, SAME("3.2"), TIMES, NULL) \
    X(ADD_ADDR_ECHO_WRONG, add_addr_echo_wrong, CONNECTION, WARNING, SAME("3.4.1"), TIMES, NULL) \
    X(JOIN_UNREACHABLE, join_unreachable, CONNECTION, NOTE, SAME("3.4.1"), TIMES, NULL) \
    X(JOIN_HMAC, join_hmac, CONNECTION, ERROR, SAME("3.2"), TIMES, mpt_check_joins) \
    X(JOIN_UNKNOWN_TOKEN, join_unknown_token, CONNECTION, WARNING, SAME("3.2"), TIMES, NULL) \
    X(JOIN_LIMIT, join_limit, CONNECTION, WARNING, BOTH("3.6", "3.2"), TIMES, NULL) \
    X(JOIN_REFUSED, join_refused, CONNECTION, WARNING, SAME("3.2"), TIMES, NULL) \
    X(JOIN_UNANSWERED, join_unanswered, CONNECTION, WARNING, SAME("3.2"), TIMES, NULL) \
    X(JOIN_UNFINISHED, join_unfinished, CONNECTION, WARNING, SAME("3.2"), TIMES, NULL) \
    X(JOIN_ADDRESS, join_address, CONNECTION, NOTE, SAME("3.4.1"), TIMES, mpt_check_join_address) \
    X(JOIN_SLOW, join_slow, CONNECTION, NOTE, SAME("3.2"), SEGMENTS, mpt_check_join_slow) \
    X(RST_IGNORED, rst_ignored, CONNECTION, NOTE, OF_TCP("3.10.7.4"), TIMES, mpt_check_ignored) \
    X(OPTION_IGNORED, option_ignored, CONNECTION, NOTE, SAME("3"), TIMES, NULL) \
    X(OPTION_UNKNOWN, option_unknown, CONNECTION, NOTE, BOTH("7.2", "8"), TIMES, NULL) \
    X(SUBFLOW_RESET, subflow_reset, CONNECTION, WARNING, BOTH("3.6", "3.3.3"), TIMES, mpt_check_resets) \
    X(ADD_ADDR_NO_ECHO, add_addr_no_echo, CONNECTION, WARNING, SAME("3.4.1"), TIMES, mpt_check_add_addr) \
    X(ADD_ADDR_REPEATED, add_addr_repeated, CONNECTION, NOTE, SAME("3.4.1"), TIMES, NULL) \
    X(ADD_ADDR_UNUSED, add_addr_unused, CONNECTION, NOTE, SAME("3.4.1"), TIMES, NULL) \
    X(ADD_ADDR_HMAC, add_addr_hmac, CONNECTION, ERROR, SAME("3.4.1"), TIMES, mpt_check_add_addr_hmac) \
    X(REMOVE_ADDR_NOTHING, remove_addr_nothing, CONNECTION, NOTE, SAME("3.4.2"), TIMES, mpt_check_remove_addr) \
    X(SUBFLOW_MOVED, subflow_moved, CONNECTION, WARNING, SAME("6"), TIMES, mpt_check_moved) \
    X(ADDRESS_OUTLIVED, address_outlived, CONNECTION, WARNING, SAME("3.4.2"), TIMES, NULL) \
    X(MAPPING_MISPLACED, mapping_misplaced, CONNECTION, ERROR, SAME("3.3.1"), BYTES, mpt_check_misplaced) \
    X(SINGLE_PATH, single_path, CONNECTION, CHAT, SAME("3.2"), TIMES, mpt_check_single_path) \
    X(ABORTED, aborted, CONNECTION, WARNING, SAME("3.5"), TIMES, mpt_check_aborted) \
    X(DATA_UNMAPPED, data_unmapped, CONNECTION, WARNING, SAME("3.3.1"), BYTES, mpt_check_unmapped) \
    X(MAPPING_CONFLICT, mapping_conflict, CONNECTION, ERROR, SAME("3.3.1"), BYTES, mpt_check_conflicts) \
    X(DSN_FAR, dsn_far, CONNECTION, ERROR, SAME("3.3.1"), TIMES, mpt_check_far) \
    X(DSN_BEYOND_WINDOW, dsn_beyond_window, CONNECTION, WARNING, SAME("3.3.4"), BYTES, mpt_check_beyond_window) \
    X(DATA_ACK_BEYOND, data_ack_beyond, CONNECTION, ERROR, SAME("3.3.2"), DATA_ACKS, mpt_check_data_acks) \
    X(DATA_ACK_BACK, data_ack_back, CONNECTION, WARNING, SAME("3.3.2"), DATA_ACKS, NULL) \
    X(DATA_AFTER_FIN, data_after_fin, CONNECTION, ERROR, SAME("3.3.3"), BYTES, mpt_check_after_fin) \
    X(DATA_FIN_MOVED, data_fin_moved, CONNECTION, ERROR, SAME("3.3.3"), TIMES, mpt_check_fin_moved) \
    X(NO_DATA_ACKS, no_data_acks, CONNECTION, WARNING, SAME("3.3.2"), BYTES, mpt_check_no_data_acks) \
    X(DATA_ACK_STALLED, data_ack_stalled, CONNECTION, WARNING, SAME("3.3.2"), TIMES, mpt_check_stalled) \
    X(DATA_ACK_NARROW, data_ack_narrow, CONNECTION, NOTE, SAME("3.3.1"), DATA_ACKS, mpt_check_narrow) \
    X(CHECKSUM_MISSING, checksum_missing, CONNECTION, ERROR, SAME("3.3"), MAPPINGS, mpt_check_checksum_use) \
    X(CHECKSUM_UNINVITED, checksum_uninvited, CONNECTION, ERROR, SAME("3.3"), MAPPINGS, NULL) \
    X(FIN_WITHOUT_DATA_FIN, fin_without_data_fin, CONNECTION, WARNING, SAME("3.3.3"), TIMES, mpt_check_fin_alone) \
    X(FASTCLOSE_KEY, fastclose_key, CONNECTION, ERROR, SAME("3.5"), TIMES, mpt_check_fastclose) \
    X(FASTCLOSE_IGNORED, fastclose_ignored, CONNECTION, WARNING, SAME("3.5"), BYTES, NULL) \
    X(DATA_NOT_ACKED, data_not_acked, CONNECTION, WARNING, SAME("3.3.2"), BYTES, mpt_check_not_delivered) \
    X(CHECKSUM_BAD, checksum_bad, CONNECTION, ERROR, SAME("3.3"), MAPPINGS, mpt_check_checksums) \
    X(CHECKSUM_UNVERIFIED, checksum_unverified, CONNECTION, NOTE, SAME("3.3"), MAPPINGS, NULL) \
    X(MP_FAIL, mp_fail, CONNECTION, WARNING, BOTH("3.7", "3.6"), TIMES, mpt_check_mp_fail) \
    X(BACKUP_USED, backup_used, CONNECTION, WARNING, SAME("3.3.8"), BYTES, mpt_check_backup) \
    X(SUBFLOW_IDLE, subflow_idle, CONNECTION, NOTE, SAME("3.3.8"), BYTES, mpt_check_idle) \
    X(FAILOVER, failover, CONNECTION, WARNING, SAME("3.3.6"), BYTES, mpt_check_failover) \
    X(PATH_OUTAGE, path_outage, CONNECTION, WARNING, SAME("3.3.6"), TIMES, mpt_check_outages) \
    X(RESET_FOREIGN, reset_foreign, CONNECTION, WARNING, BOTH("3.6", "3.3.3"), TIMES, mpt_check_foreign_resets) \
    X(INTERFACE_MISMATCH, interface_mismatch, CONNECTION, WARNING, NO_RFC, TIMES, mpt_check_interfaces) \
    X(ICMP_ERROR, icmp_error, CONNECTION, WARNING, OF_TCP("3.9.2.2"), TIMES, mpt_check_icmp) \
    X(PATH_MTU, path_mtu, CONNECTION, WARNING, OF_TCP("3.7.2"), SEGMENTS, mpt_check_sizes) \
    X(SUBFLOW_ABANDONED, subflow_abandoned, CONNECTION, NOTE, SAME("3.3.8"), BYTES, mpt_check_abandoned) \
    X(SUBFLOW_FLAPPING, subflow_flapping, CONNECTION, WARNING, SAME("3.2"), SUBFLOWS, mpt_check_flapping) \
    X(NO_SUBFLOW, no_subflow, CONNECTION, WARNING, SAME("3.2"), TIMES, mpt_check_no_subflow) \
    X(DATA_WAITED, data_waited, CONNECTION, NOTE, SAME("3.3.4"), TIMES, mpt_check_waits) \
    X(WINDOW_CLOSED, window_closed, CONNECTION, NOTE, SAME("3.3.4"), TIMES, mpt_check_window_closed) \
    X(LIMITED, limited, CONNECTION, CHAT, NO_RFC, TIMES, mpt_check_limited) \
    X(WINDOW_LIMITED, window_limited, CONNECTION, WARNING, SAME("3.3.4"), TIMES, NULL) \
    X(WINDOW_SHRUNK, window_shrunk, CONNECTION, WARNING, SAME("3.3.4"), TIMES, mpt_check_window) \
    X(WINDOW_TINY, window_tiny, CONNECTION, NOTE, SAME("3.3.4"), TIMES, NULL) \
    X(BUFFERBLOAT, bufferbloat, CONNECTION, NOTE, NO_RFC, TIMES, mpt_check_bloat) \
    X(SAME_DATA_TWICE, same_data_twice, CONNECTION, NOTE, SAME("3.3.6"), BYTES, mpt_check_reinjections) \
    X(REINJECTIONS, reinjections, CONNECTION, NOTE, SAME("3.3.6"), BYTES, NULL) \
    X(REINJECTIONS_REDUNDANT, reinjections_redundant, CONNECTION, NOTE, SAME("3.3.6"), BYTES, NULL) \
    X(OPTION_REMOVED, option_removed, WAY, WARNING, SAME("6"), SEGMENTS, mpt_check_ways) \
    X(OPTION_CHANGED, option_changed, WAY, WARNING, SAME("6"), SEGMENTS, NULL) \
    X(OPTION_ADDED, option_added, WAY, WARNING, SAME("6"), SEGMENTS, NULL) \
    X(SYN_BLOCKED, syn_blocked, WAY, WARNING, SAME("6"), SEGMENTS, NULL) \
    X(ADDRESSES_CHANGED, addresses_changed, WAY, NOTE, SAME("6"), TIMES, NULL) \
    X(SEQUENCE_CHANGED, sequence_changed, WAY, NOTE, SAME("6"), TIMES, NULL) \
    X(MSS_CHANGED, mss_changed, WAY, NOTE, OF_TCP("3.7.1"), TIMES, NULL) \
    X(CAPTURED_TWICE, captured_twice, CAPTURE, WARNING, NO_RFC, SEGMENTS, mpt_check_twice) \
    X(CAPTURE_CLOCK_STEP, capture_clock_step, CAPTURE, NOTE, NO_RFC, TIMES, mpt_check_clock) \
    X(CAPTURE_PARTIAL, capture_partial, CAPTURE, NOTE, NO_RFC, CONNECTIONS, mpt_check_capture) \
    X(CAPTURE_ONE_WAY, capture_one_way, CAPTURE, NOTE, NO_RFC, SUBFLOWS, NULL) \
    X(CAPTURE_OPTIONS_CUT, capture_options_cut, CAPTURE, NOTE, NO_RFC, SEGMENTS, NULL) \
    X(CAPTURE_SEGMENTS_LOST, capture_segments_lost, CAPTURE, NOTE, NO_RFC, SEGMENTS, NULL) \
    X(CAPTURE_LATE, capture_late, CAPTURE, NOTE, NO_RFC, SEGMENTS, NULL) \
    X(CAPTURE_GAPS, capture_gaps, CAPTURE, NOTE, NO_RFC, BYTES, NULL) \
    X(CAPTURED_ONE_PATH, captured_one_path, CAPTURE, NOTE, NO_RFC, BYTES, NULL) \
    X(OPTIONS_MALFORMED, options_malformed, CAPTURE, WARNING, NO_RFC, OPTIONS, NULL)

#define MPT_MORE_PHRASES(X) \
    X(INVALID_FLAG_B) X(INVALID_NO_ALGORITHM) X(INVALID_VERSION) X(INVALID_LENGTH) X(LIKELY_VERSION) X(LIKELY_DATA_SEGMENTS) \
    X(TCPRST_IGNORED) X(VERSION_DROPPED) X(FLAGS_ACCEPTED) X(ADD_ADDR_HMAC_LEFT) \
    X(JOIN_HMAC_USED) X(ID_OF_JOIN) X(ECHO_OF_NOTHING) X(UNREACHABLE_LOOPBACK) X(UNREACHABLE_MULTICAST) X(UNREACHABLE_LINK_LOCAL) X(UNREACHABLE_PRIVATE) X(MISPLACED_ABSOLUTE) X(MISPLACED_OFF_BY_ONE) X(MISPLACED_LENGTH) X(MALFORMED_FIRST) \
    X(FALLBACK_ACK_UNSURE) X(FALLBACK_ACK) X(FALLBACK_NO_DSS) X(FALLBACK_INFINITE) X(FALLBACK_MP_FAIL) X(FALLBACK_DSS_LOST) \
    X(LIKELY_OTHER_HOST) X(LIKELY_SERVER) X(LIKELY_SERVER_OR_MIDDLEBOX) X(LIKELY_CLIENT) X(LIKELY_MIDDLEBOX) \
    X(LIKELY_SYN_ONLY) X(LIKELY_PATH_CHANGE) X(CULPRIT_BETWEEN) X(CULPRIT_SERVER) X(CULPRIT_CLIENT) \
    X(CAPABLE_DROPPED_HERE) \
    X(CHECKSUM_IGNORED) X(CHECKSUM_SWAPPED) X(CHECKSUM_OFF) X(ALGORITHM_UNKNOWN) X(DSN_NOT_OF_KEY) \
    X(JOIN_CLOSING) X(JOIN_NO_LISTENER) X(JOIN_GIVEN_UP) X(JOIN_PLAIN_ANSWER) X(JOIN_UNCONFIRMED) X(JOIN_NO_THIRD_ACK) \
    X(GAPS_NOT_SENT) X(WAITED_FIRST_SENT) X(WAITED_UNKNOWN) X(MP_FAIL_INFINITE) X(MP_FAIL_RESET) X(BACKUP_REINJECTED) X(REDUNDANT_ARRIVED) \
    X(LIMITED_WINDOW) X(LIMITED_APPLICATION) X(LIMITED_RECOVERY) X(LIMITED_BY_SEVERAL) X(WINDOW_NEEDED) \
    X(WINDOW_NEEDED_UNKNOWN) X(WINDOW_UNREAD) \
    X(CARRIER_SYN) X(CARRIER_SYNACK) X(CARRIER_ACK) X(CARRIER_DATA) X(CARRIER_SEGMENTS) \
    X(OTHER_CONTENT) X(OTHER_KEYS) X(OTHER_TOKEN) X(INSTEAD_OF) X(REWRITTEN) X(REWRITTEN_HMAC) \
    X(SAYS_ADDRESS) X(SAYS_MAPPING) X(SAYS_NO_MAPPING) X(SAYS_CHECKSUM) X(SAYS_NO_CHECKSUM) X(SAYS_DATA_ACK) \
    X(SAYS_NO_DATA_ACK) \
    X(ICMP_MTU) X(ICMP_NO_JOIN) X(ICMP_NO_CONNECTION) X(ICMP_PATH_GONE) X(ICMP_GOES_ON) X(OUTAGE_LASTS) X(OUTAGE_SILENT) X(SILENT_WAIT) X(SILENT_MOVED) X(OUTAGE_USED_AGAIN) X(OUTAGE_UNUSED) X(FLAPPING_BY_ONE) X(FLAPPING_BY_BOTH) \
    X(SINGLE_TRIED) X(SINGLE_REFUSED) X(SINGLE_UNANSWERED) X(SINGLE_ICMP) X(SINGLE_BLACKHOLED) X(SINGLE_UNFINISHED) X(SINGLE_NONE_WORKED) X(SINGLE_DENIED) \
    X(SINGLE_NOTHING) X(SINGLE_ANNOUNCED) X(ABORTED_FASTCLOSE) X(ABORTED_LOST) X(ABORTED_UNKNOWN) \
    X(TWICE_CUT) X(TWICE_AGAIN) X(TWICE_CARRIER) X(TWICE_TTL) X(TWICE_INTERFACE) X(TWICE_ADDRESSES) \
    X(ONCE_AGAIN) X(ONCE_CARRIER) X(ONCE_TTL) X(ONCE_INTERFACE) X(ONCE_ADDRESSES)
/* clang-format on */

#endif
