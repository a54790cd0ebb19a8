/* capture.h - a plugin for the module of windows that has a made-up capture: two connections, 2,400 segments.
 * In place of its table of connections it has one with numbers beyond 2^32.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef MPT_TEST_GUI_CAPTURE_H
#define MPT_TEST_GUI_CAPTURE_H

#include "plugin/qt/interface.h"

#ifdef __cplusplus
extern "C" {
#endif

/* The plugin; the capture is open. */
const mpt_gui_plugin *test_plugin(void);
/* Closes the capture, as far as the plugin is concerned: the next one, if any, is another reading. */
void test_close(bool another);
/* One segment more. */
void test_grow(void);
/* The next windows find two vantage points; which one was asked for last. */
void test_two_points(bool two);
unsigned test_point(void);
/* A packet of connection 0 is selected, or none. */
void test_selects(bool selects);
/* The frame that is selected, for windows that follow it. */
void test_selects_frame(uint32_t frame);
void test_free(void);
/* Calls since the last look: frames gone to (0: none), and how many graphs and tables were asked for. */
uint32_t test_frame(void);
unsigned test_graphs(void);
unsigned test_tables(void);
/* The last display filter; "" before, "prepared: " before one that is not applied. */
const char *test_filter(void);

#ifdef __cplusplus
}
#endif

#endif
