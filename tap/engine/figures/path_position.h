/* path_position.h - where on the path a vantage point is: at the client's end, at the server's, or between.
 *
 * client |-- a --|vantage point|-- b --| server From SYN to SYN/ACK packets travel the part b and back, from
 * SYN/ACK to ACK the part a. The ratio of the two needs no synchronised clock.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef MPT_PATH_POSITION_H
#define MPT_PATH_POSITION_H

#include <stdbool.h>

#include "tap/engine/core/engine.h"

/* *place becomes the position from 0 (at the client) to 1 (at the server): the median of all handshakes that
 * were captured in full. False if there is none. */
bool mpt_path_position_of_engine(const mpt_engine *e, double *place);
/* The same of one subflow; client and server are those of its connection. */
bool mpt_path_position_of_subflow(const mpt_subflow *s, double *place);

#endif
