/* path_position.h - where on the path a vantage point is: at the client's end, at the server's, or between.
 *
 *   client |-- a --|vantage point|-- b --| server
 *                                                  from SYN to SYN/ACK the way beyond the point is gone twice, from
 *                                                  SYN/ACK to ACK the way before it: no clock has to be right for that
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef MPT_PATH_POSITION_H
#define MPT_PATH_POSITION_H

#include <stdbool.h>

#include "tap/engine/core/engine.h"

/* From 0 (at the client) to 1 (at the server): the median of all handshakes that were captured in full. False
 * where there is none. */
bool mpt_path_position_of_engine(const mpt_engine *e, double *place);
/* The same of one subflow, as its connection has client and server. */
bool mpt_path_position_of_subflow(const mpt_subflow *s, double *place);

#endif
