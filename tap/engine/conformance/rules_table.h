/* rules_table.h - the rules of the RFCs, sections 3.1 to 3.9, one row each: the only source of their ids, names, levels and
 * sections.
 *
 *   X(ID, name, level, section, bound, judged, finding, phrase, at most, party)
 *     level    MUST, SHOULD, or STATES: what the RFC says of the protocol without either word
 *     section  SAME: its number in RFC 8684 and in RFC 6824; BOTH: its number in each; V1, V0: only there
 *     bound    the host that the rule binds: CLIENT, SERVER or EITHER
 *     judged   the function that tells whether the capture shows the occasion, and whether the rule was kept
 *     finding  that shows a violation, with which phrase (FINDINGS: any; NO_FINDING: the function shows it)
 *     at most  the least severity that shows one; a finding of less is not proven
 *     party    how the finding tells who did it
 *
 *   Y(ID, name, level, section, bound, reason): rules that no capture shows, and why
 *
 * Invariant: together all MUST and SHOULD of these sections. Their words are in
 * plugin/report/common/rule_text.c.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef MPT_RULES_TABLE_H
#define MPT_RULES_TABLE_H

/* clang-format off */
#define MPT_RULES(X, Y) \
    /* 3.1 */ \
    X(VERSION_ANSWER, version_answer, MUST, SAME("3.1"), SERVER, synack_capable, VERSION_MISMATCH, VERSION_MISMATCH, WARNING, SERVER) \
    Y(VERSION_HIGHEST, version_highest, SHOULD, SAME("3.1"), EITHER, INSIDE) \
    X(FLAG_B, flag_b, MUST, SAME("3.1"), EITHER, flag_b, NO_FINDING, FINDINGS, ERROR, NOBODY) \
    X(FLAG_B_IGNORED, flag_b_ignored, MUST, SAME("3.1"), EITHER, flag_b_ignored, CAPABLE_FLAGS, INVALID_FLAG_B, ERROR, OTHER_THAN_TERM) \
    X(FLAG_C, join_denied_address, MUST, V1("3.1"), EITHER, denied, JOIN_DENIED_ADDRESS, FINDINGS, ERROR, TERM) \
    X(ALGORITHM, algorithm, MUST, SAME("3.1"), EITHER, algorithm, NO_FINDING, FINDINGS, ERROR, NOBODY) \
    X(ALGORITHM_IGNORED, algorithm_ignored, MUST, SAME("3.1"), EITHER, algorithm_ignored, CAPABLE_FLAGS, INVALID_NO_ALGORITHM, ERROR, OTHER_THAN_TERM) \
    X(ALGORITHM_OFFERED, algorithm_offered, STATES, SAME("3.1"), SERVER, synack_capable, CAPABLE_FLAGS, CAPABLE_FLAGS, ERROR, SERVER) \
    Y(KEY_RANDOM, key_random, MUST, SAME("3.1"), EITHER, INSIDE) \
    Y(TOKEN_CHECKED, token_checked, SHOULD, SAME("3.1"), EITHER, INSIDE) \
    X(TOKEN, token_of_key, MUST, SAME("3.1"), EITHER, token, NO_FINDING, FINDINGS, ERROR, NOBODY) \
    X(KEY_UNIQUE, key_unique, MUST, SAME("3.1"), EITHER, key_unique, KEY_REUSED, FINDINGS, ERROR, TERM) \
    X(KEY_CHANGED, key_changed, STATES, SAME("3.1"), CLIENT, keys_again, KEY_CHANGED, FINDINGS, ERROR, TERM) \
    X(KEYS_IN_ACK, keys_in_ack, STATES, V1("3.1"), CLIENT, keys_in_ack, KEYS_MISSING, FINDINGS, WARNING, CLIENT) \
    X(IDSN, idsn, MUST, SAME("3.1"), EITHER, idsn, NO_FINDING, FINDINGS, ERROR, NOBODY) \
    Y(CHECKSUM_ASKED, checksum_asked, SHOULD, SAME("3.1"), EITHER, FEASIBLE) \
    X(CHECKSUM_USED, checksum_missing, MUST, SAME("3.1"), EITHER, checksum_used, CHECKSUM_MISSING, FINDINGS, ERROR, SENDER) \
    X(CHECKSUM_CONFIRMED, checksum_confirmed, STATES, SAME("3.1"), CLIENT, checksum_confirmed, NO_FINDING, FINDINGS, ERROR, NOBODY) \
    X(PLAIN_ANSWER, plain_answer, MUST, SAME("3.1"), CLIENT, plain_answer, NO_FINDING, FINDINGS, ERROR, NOBODY) \
    X(UNINVITED, capable_uninvited, MUST, SAME("3.1"), SERVER, uninvited, NO_FINDING, FINDINGS, ERROR, NOBODY) \
    X(JOIN_EARLY, join_early, MUST, SAME("3.1"), EITHER, join_early, NO_FINDING, FINDINGS, ERROR, NOBODY) \
    X(ON_JOIN, subtype_on_join, STATES, SAME("3.1"), EITHER, on_join, SUBTYPE_ON_JOIN, FINDINGS, ERROR, TERM) \
    /* 3.2 */ \
    X(JOIN_HMAC, join_hmac, STATES, SAME("3.2"), EITHER, join_hmac, NO_FINDING, FINDINGS, ERROR, NOBODY) \
    X(TOKEN_REFUSED, join_token_refused, STATES, SAME("3.2"), EITHER, token_refused, NO_FINDING, FINDINGS, ERROR, NOBODY) \
    X(JOIN_DATA_EARLY, join_data_early, STATES, SAME("3.2"), EITHER, join_data_early, JOIN_DATA_EARLY, FINDINGS, ERROR, TERM) \
    X(FOURTH_ACK, join_confirmed, MUST, SAME("3.2"), EITHER, fourth_ack, NO_FINDING, FINDINGS, ERROR, NOBODY) \
    X(ADDRESS_ID_ZERO, add_addr_id_zero, STATES, SAME("3.2"), EITHER, add_addr, ADD_ADDR_ID_ZERO, FINDINGS, ERROR, TERM) \
    Y(IDS_STORED, address_ids_stored, MUST, SAME("3.2"), EITHER, INSIDE) \
    Y(DEMULTIPLEXING, token_demultiplexing, MUST, SAME("3.2"), EITHER, INSIDE) \
    Y(HMAC_ACK_AGAIN, join_ack_again, MUST, SAME("3.2"), EITHER, LOSS) \
    /* 3.3 */ \
    X(RESERVED_BITS, reserved_bits, MUST, SAME("3.3"), EITHER, options_sent, RESERVED_BITS, FINDINGS, CHAT, TERM) \
    X(CHECKSUM_RESET, checksum_missing_reset, MUST, SAME("3.3"), EITHER, checksum_reset, NO_FINDING, FINDINGS, ERROR, NOBODY) \
    X(CHECKSUM_UNINVITED, checksum_uninvited, STATES, V1("3.3"), EITHER, checksum_left_out, CHECKSUM_UNINVITED, FINDINGS, ERROR, SENDER) \
    X(UNINVITED_RESET, checksum_uninvited_reset, MUST, V1("3.3"), EITHER, uninvited_reset, NO_FINDING, FINDINGS, ERROR, NOBODY) \
    X(RESET_REASON, reset_reason, SHOULD, V1("3.3"), EITHER, reset_reason, NO_FINDING, FINDINGS, ERROR, NOBODY) \
    X(MAPPED, data_mapped, STATES, SAME("3.3.1"), EITHER, mapped, DATA_UNMAPPED, FINDINGS, WARNING, SENDER) \
    X(MAPPING_PLACE, mapping_misplaced, STATES, SAME("3.3.1"), EITHER, mapped, MAPPING_MISPLACED, FINDINGS, ERROR, SENDER) \
    X(MAPPING_FIXED, mapping_conflict, STATES, SAME("3.3.1"), EITHER, mapped, MAPPING_CONFLICT, FINDINGS, ERROR, SENDER) \
    Y(FIRST_COPY, first_copy_delivered, SHOULD, SAME("3.3.1"), EITHER, INSIDE) \
    Y(DSN_WIDE, dsn_wide, MUST, SAME("3.3.1"), EITHER, INSIDE) \
    X(ACKS_SENT, data_acks_sent, STATES, SAME("3.3.2"), EITHER, acks_sent, NO_FINDING, FINDINGS, ERROR, NOBODY) \
    X(ACK_RECEIVED, data_ack_beyond, STATES, SAME("3.3.2"), EITHER, data_acks, DATA_ACK_BEYOND, FINDINGS, ERROR, RECEIVER) \
    X(ACK_CUMULATIVE, data_ack_back, STATES, SAME("3.3.2"), EITHER, data_acks, DATA_ACK_BACK, FINDINGS, WARNING, RECEIVER) \
    X(ACK_WIDE, data_ack_narrow, STATES, V1("3.3.1"), EITHER, wide_acks, DATA_ACK_NARROW, FINDINGS, NOTE, TERM) \
    Y(KEPT_UNTIL_ACKED, kept_until_acked, MUST, SAME("3.3.2"), EITHER, INSIDE) \
    X(DATA_FIN_MAPPING, data_fin_mapping, MUST, SAME("3.3.3"), EITHER, data_fin_mapping, NO_FINDING, FINDINGS, ERROR, NOBODY) \
    X(DATA_AFTER_FIN, data_after_fin, STATES, SAME("3.3.3"), EITHER, data_fin, DATA_AFTER_FIN, FINDINGS, ERROR, SENDER) \
    X(DATA_FIN_MOVED, data_fin_moved, STATES, SAME("3.3.3"), EITHER, data_fin, DATA_FIN_MOVED, FINDINGS, ERROR, SENDER) \
    X(DATA_FIN_SENT, fin_without_data_fin, STATES, SAME("3.3.3"), EITHER, data_fin, FIN_WITHOUT_DATA_FIN, FINDINGS, WARNING, BOTH) \
    X(CLOSED_EARLY, closed_early, MUST, SAME("3.3.3"), EITHER, closed_early, NO_FINDING, FINDINGS, ERROR, NOBODY) \
    X(SUBFLOWS_CLOSED, subflows_closed, MUST, SAME("3.3.3"), EITHER, subflows_closed, NO_FINDING, FINDINGS, ERROR, NOBODY) \
    Y(DATA_FIN_DELIVERED, data_fin_delivered, STATES, SAME("3.3.3"), EITHER, INSIDE) \
    X(RECEIVE_WINDOW, receive_window, STATES, SAME("3.3.4"), EITHER, window, DSN_BEYOND_WINDOW, FINDINGS, WARNING, SENDER) \
    Y(BUFFER_SHARED, buffer_shared, STATES, SAME("3.3.5"), EITHER, INSIDE) \
    X(RETRANSMITTED, retransmitted, MUST, SAME("3.3.6"), EITHER, retransmitted, NO_FINDING, FINDINGS, ERROR, NOBODY) \
    Y(CONGESTION, congestion_coupled, SHOULD, SAME("3.3.7"), EITHER, INSIDE) \
    X(BACKUP, backup_used, SHOULD, SAME("3.3.8"), EITHER, backup, BACKUP_USED, FINDINGS, WARNING, SENDER) \
    /* 3.4 */ \
    X(ADDRESS_ID, address_id_reused, MUST, SAME("3.4.1"), EITHER, address_ids, ADDRESS_ID_REUSED, FINDINGS, ERROR, TERM) \
    X(ADD_ADDR_HMAC, add_addr_hmac, STATES, V1("3.4.1"), EITHER, add_addr_hmac, ADD_ADDR_HMAC, FINDINGS, ERROR, TERM) \
    X(ADD_ADDR_IGNORED, add_addr_hmac_ignored, SHOULD, V1("3.4.1"), EITHER, bad_add_addr, NO_FINDING, FINDINGS, ERROR, NOBODY) \
    X(ADD_ADDR_ECHO, add_addr_echo, STATES, V1("3.4.1"), EITHER, echoed, NO_FINDING, FINDINGS, ERROR, NOBODY) \
    X(ECHO_SAME, add_addr_echo_same, STATES, V1("3.4.1"), EITHER, echo, ADD_ADDR_ECHO_WRONG, FINDINGS, WARNING, TERM) \
    Y(SOFT_STATE, addresses_soft_state, MUST, SAME("3.4.1"), EITHER, INSIDE) \
    Y(SIGNALS_PACED, address_signals_paced, SHOULD, SAME("3.4.1"), EITHER, FEASIBLE) \
    X(JOIN_AGAIN, join_again, SHOULD, SAME("3.4.1"), EITHER, join_again, NO_FINDING, FINDINGS, ERROR, NOBODY) \
    X(REMOVED_CLOSED, address_outlived, STATES, SAME("3.4.2"), EITHER, removed, ADDRESS_OUTLIVED, FINDINGS, WARNING, TERM) \
    X(REMOVED_UNUSED, removed_unused, SHOULD, SAME("3.4.2"), EITHER, removed_unused, NO_FINDING, FINDINGS, ERROR, NOBODY) \
    Y(KEEPALIVE, remove_addr_keepalive, SHOULD, SAME("3.4.2"), EITHER, INSIDE) \
    Y(REMOVAL_TOLD, remove_addr_told, SHOULD, SAME("3.4.2"), EITHER, INSIDE) \
    Y(REMOVAL_TESTED, remove_addr_tested, MUST, SAME("3.4.2"), EITHER, INSIDE) \
    Y(REMOVAL_RESET, remove_addr_reset, SHOULD, SAME("3.4.2"), EITHER, FEASIBLE) \
    Y(FIN_NOT_REMOVAL, fin_not_remove_addr, MUST, SAME("3.4.2"), EITHER, INSIDE) \
    /* 3.5, 3.6; in v0 there is no MP_TCPRST */ \
    X(FASTCLOSE_KEY, fastclose_key, STATES, SAME("3.5"), EITHER, fastclose_key, FASTCLOSE_KEY, FINDINGS, ERROR, TERM) \
    X(FASTCLOSE_ANSWERED, fastclose_answered, STATES, SAME("3.5"), EITHER, fastclose_answered, FASTCLOSE_IGNORED, FINDINGS, WARNING, SENDER) \
    Y(FASTCLOSE_AGAIN, fastclose_again, SHOULD, SAME("3.5"), EITHER, LOSS) \
    X(TCPRST_ON_RST, tcprst_on_rst, STATES, V1("3.6"), EITHER, tcprst, NO_FINDING, FINDINGS, ERROR, NOBODY) \
    X(PERMANENT, tcprst_permanent, SHOULD, V1("3.6"), EITHER, permanent, NO_FINDING, FINDINGS, ERROR, NOBODY) \
    Y(RETRY_DELAY, tcprst_retry_delay, SHOULD, V1("3.6"), EITHER, INSIDE) \
    /* 3.7; in v0 3.6 */ \
    X(DSS_UNTIL_ACKED, dss_until_acked, MUST, BOTH("3.7", "3.6"), EITHER, dss_until_acked, NO_FINDING, FINDINGS, ERROR, NOBODY) \
    X(CHECKSUM_FAILED, checksum_failed, MUST, BOTH("3.7", "3.6"), EITHER, checksum_failed, NO_FINDING, FINDINGS, ERROR, NOBODY) \
    X(FELL_BACK, fallback_stays, MUST, BOTH("3.7", "3.6"), EITHER, fell_back, NO_FINDING, FINDINGS, ERROR, NOBODY) \
    Y(UNACKED_ENDS, no_data_ack_ends, MUST, BOTH("3.7", "3.6"), EITHER, ON_THE_WAY) \
    Y(INFINITE_ACKS, infinite_subflow_acks, MUST, BOTH("3.7", "3.6"), EITHER, INSIDE) \
    Y(BROKEN_RESET, unmapped_reset, SHOULD, BOTH("3.7", "3.6"), EITHER, INSIDE) \
    /* 3.8; in v0 3.7. That these are a MUST stands in 3.9.3 (3.8.3). */ \
    X(HMAC_REFUSED, join_hmac_refused, MUST, BOTH("3.8", "3.7"), EITHER, hmac_refused, NO_FINDING, FINDINGS, ERROR, NOBODY) \
    X(PLAIN_JOIN_RESET, join_plain_answer_reset, MUST, BOTH("3.8", "3.7"), EITHER, plain_join, NO_FINDING, FINDINGS, ERROR, NOBODY) \
    /* 3.9; in v0 3.8 */ \
    X(JOIN_PORT, join_port, SHOULD, BOTH("3.9.1", "3.8.1"), EITHER, join_port, NO_FINDING, FINDINGS, ERROR, NOBODY) \
    Y(LOCAL_PORT, local_port, SHOULD, BOTH("3.9.1", "3.8.1"), EITHER, FEASIBLE) \
    Y(PORTS_RESERVED, ports_reserved, SHOULD, BOTH("3.9.1", "3.8.1"), EITHER, INSIDE) \
    Y(SUBFLOW_DELAYED, subflow_delayed, SHOULD, BOTH("3.9.2", "3.8.2"), EITHER, INSIDE) \
    Y(SYN_FALLBACK, syn_fallback, SHOULD, BOTH("3.9.3", "3.8.3"), CLIENT, FEASIBLE)

/* Why a verdict is "not visible": the name. */
#define MPT_RULE_REASONS(X) \
    X(NONE, NULL) \
    X(INSIDE, "inside_the_host") \
    X(FEASIBLE, "exceptions_allowed") \
    X(LOSS, "lost_or_not_sent") \
    X(BEGAN_BEFORE, "began_before") \
    X(ENDS_EARLY, "capture_ends") \
    X(OPTIONS_CUT, "options_cut") \
    X(SEGMENTS_MISSING, "segments_missing") \
    X(ONE_WAY, "one_way") \
    X(KEYS_UNKNOWN, "keys_unknown") \
    X(ON_THE_WAY, "changed_on_the_way") \
    X(UNPROVEN, "not_proven")
/* clang-format on */

#endif
