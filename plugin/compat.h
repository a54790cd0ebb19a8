/* compat.h - what differs between Wireshark 4.0, 4.2, 4.4 and 4.6.
 *
 * Invariant: no other file has an #if on Wireshark's version.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef MPT_COMPAT_H
#define MPT_COMPAT_H

#include <wireshark.h>
#include <ws_version.h>

#define MPT_WIRESHARK_AT_LEAST(major, minor)                                                                 \
    (WIRESHARK_VERSION_MAJOR > (major) ||                                                                    \
     (WIRESHARK_VERSION_MAJOR == (major) && WIRESHARK_VERSION_MINOR >= (minor)))

/* The bool of Wireshark's own interfaces: gboolean, 4 bytes wide, up to 4.2. */
#if MPT_WIRESHARK_AT_LEAST(4, 4)
typedef bool mpt_ws_bool;
#else
typedef gboolean mpt_ws_bool;
#endif

/* Since 4.6 the init callback of stat_tap_ui returns whether it worked; before, a wrong argument has
 * to end tshark. */
#if MPT_WIRESHARK_AT_LEAST(4, 6)
typedef bool mpt_stat_result;
#define MPT_STAT_RETURN(ok) return (ok)
#define MPT_STAT_CAN_FAIL   1
#else
typedef void mpt_stat_result;
#define MPT_STAT_RETURN(ok) return
#define MPT_STAT_CAN_FAIL   0
#endif

/* Since 4.2 the Follow window can switch between streams and needs their number. */
#if MPT_WIRESHARK_AT_LEAST(4, 2)
#define MPT_REGISTER_FOLLOW(proto, tap, conversation, index, address, port, handler, count)                  \
    register_follow_stream((proto), (tap), (conversation), (index), (address), (port), (handler), (count),   \
                           NULL)
#else
#define MPT_REGISTER_FOLLOW(proto, tap, conversation, index, address, port, handler, count)                  \
    ((void)(count),                                                                                          \
     register_follow_stream((proto), (tap), (conversation), (index), (address), (port), (handler)))
#endif

/* Since 4.2 or 4.4 (CMake tries it) a file may have several sections, each with interfaces of its own. */
#ifdef MPT_WIRESHARK_SECTIONS
#define MPT_INTERFACE_NAME(pinfo, id)                                                                        \
    epan_get_interface_name(                                                                                 \
        (pinfo)->epan, (id),                                                                                 \
        (pinfo)->rec->presence_flags &WTAP_HAS_SECTION_NUMBER ? (pinfo)->rec->section_number : 0)
#else
#define MPT_INTERFACE_NAME(pinfo, id) epan_get_interface_name((pinfo)->epan, (id))
#endif

/* Since 4.4 conversation filters have data of their own. */
#if MPT_WIRESHARK_AT_LEAST(4, 4)
#define MPT_CONVERSATION_DATA , void *user_data _U_
#define MPT_REGISTER_CONVERSATION(name, title, valid, filter)                                                \
    register_conversation_filter((name), (title), (valid), (filter), NULL)
#else
#define MPT_CONVERSATION_DATA
#define MPT_REGISTER_CONVERSATION(name, title, valid, filter)                                                \
    register_conversation_filter((name), (title), (valid), (filter))
#endif

/* wsutil/plugins.h is not installed with 4.0. */
#if __has_include(<wsutil/plugins.h>)
#include <wsutil/plugins.h>
#else
#define WS_PLUGIN_DESC_DISSECTOR    0
#define WS_PLUGIN_DESC_TAP_LISTENER 0
WS_DLL_PUBLIC_DEF extern const char plugin_version[];
#endif

/* libwiretap: since 4.6 a record holds its bytes. bytes and length are used once. */
#if MPT_WIRESHARK_AT_LEAST(4, 6)
#define MPT_WTAP_REC_INIT(rec, space) wtap_rec_init((rec), (space))
#define MPT_WTAP_DUMP(dumper, rec, bytes, length, err, info)                                                 \
    (ws_buffer_clean(&(rec)->data), ws_buffer_append(&(rec)->data, (bytes), (length)),                       \
     wtap_dump((dumper), (rec), (err), (info)))
#define MPT_WTAP_READ(file, rec, buffer, err, info, at) wtap_read((file), (rec), (err), (info), (at))
#define MPT_WTAP_BYTES(rec, buffer)                     ws_buffer_start_ptr(&(rec)->data)
#else
#define MPT_WTAP_REC_INIT(rec, space) wtap_rec_init(rec)
#define MPT_WTAP_READ(file, rec, buffer, err, info, at)                                                      \
    wtap_read((file), (rec), (buffer), (err), (info), (at))
#define MPT_WTAP_BYTES(rec, buffer) ws_buffer_start_ptr(buffer)
#define MPT_WTAP_DUMP(dumper, rec, bytes, length, err, info)                                                 \
    wtap_dump((dumper), (rec), (bytes), (err), (info))
#endif

/* Since 4.4 each section of a file numbers its interfaces; all of the file have numbers of their own too. */
#ifdef MPT_WIRESHARK_SECTIONS
#define MPT_WTAP_INTERFACE(file, rec)                                                                        \
    wtap_file_get_shb_global_interface_id(                                                                   \
        (file), (rec)->presence_flags &WTAP_HAS_SECTION_NUMBER ? (rec)->section_number : 0,                  \
        (rec)->rec_header.packet_header.interface_id)
#else
#define MPT_WTAP_INTERFACE(file, rec) ((rec)->rec_header.packet_header.interface_id)
#endif

/* configuration_init() finds the folder of Wireshark's own files; nothing of them is read here. */
#if MPT_WIRESHARK_AT_LEAST(4, 6)
#define MPT_CONFIGURATION_INIT(program) configuration_init(program)
#define MPT_LOG_INIT(program)           ws_log_init(NULL)
#else
#define MPT_LOG_INIT(program)           ws_log_init((program), NULL)
#define MPT_CONFIGURATION_INIT(program) configuration_init((program), NULL)
#endif

/* Since 4.4 a SYN after a FIN or RST is another TCP connection for Wireshark. */
#define MPT_CLOSE_ENDS_STREAM MPT_WIRESHARK_AT_LEAST(4, 4)

#endif
