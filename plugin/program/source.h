/* source.h - reads the input and feeds the reports: tap/source.h of the program.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef MPT_PROGRAM_SOURCE_H
#define MPT_PROGRAM_SOURCE_H

#include "input.h"

/* Reads all frames, and lets the reports be printed. What can't be read is said on stderr. */
void mpt_program_read(mpt_input *input);

#endif
