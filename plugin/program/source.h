/* source.h - reads the input and feeds the reports: tap/source.h of the program.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef MPT_PROGRAM_SOURCE_H
#define MPT_PROGRAM_SOURCE_H

#include "input.h"

/* TWO: one that reads and decodes, ahead of one that draws conclusions. AUTO: two where the files are large enough.
 * What is printed while the capture is read takes one. */
typedef enum mpt_threads { MPT_THREADS_AUTO, MPT_THREADS_ONE, MPT_THREADS_TWO } mpt_threads;

/* Reads all frames, and lets the reports be printed. What can't be read is said on stderr. */
void mpt_program_read(mpt_input *input, mpt_threads threads);

#endif
