/* progress.h - how far reading is, on stderr: where it is a terminal, and once it takes longer than a second.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef MPT_PROGRESS_H
#define MPT_PROGRESS_H

#include "input.h"

typedef struct mpt_progress {
    const mpt_input *input;
    bool terminal, shown;
    int64_t begun_us, shown_us;
} mpt_progress;

void mpt_progress_begin(mpt_progress *progress, const mpt_input *input);
/* Shows it, a few times a second; call it as often as you like. */
void mpt_progress_show(mpt_progress *progress, uint64_t frames);
/* Removes what was shown. */
void mpt_progress_end(mpt_progress *progress);

#endif
