/* progress.c - see progress.h.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "progress.h"

#include <inttypes.h>
#include <stdio.h>
#include <unistd.h>

#define WAIT_US  1000000
#define EVERY_US 250000

void mpt_progress_begin(mpt_progress *p, const mpt_input *input)
{
    *p = (mpt_progress){.input = input, .terminal = isatty(STDERR_FILENO) != 0};
    p->begun_us = p->shown_us = g_get_monotonic_time();
}

static void print(const mpt_progress *p, uint64_t frames, int64_t passed_us)
{
    double seconds = (double)passed_us / 1e6, read = (double)mpt_input_read(p->input);
    double size = (double)mpt_input_size(p->input);

    fprintf(stderr, "\r%.0f MB", read / 1e6);
    if (size > 0)
        fprintf(stderr, " of %.0f MB (%.0f %%)", size / 1e6, 100 * read / size);
    fprintf(stderr, ", %" PRIu64 " frames, %.0f MB/s", frames, read / 1e6 / seconds);
    if (size > 0 && read > 0)
        fprintf(stderr, ", %.0f s left", size > read ? (size - read) * seconds / read : 0.0);
    fputs("\033[K", stderr);
    fflush(stderr);
}

void mpt_progress_show(mpt_progress *p, uint64_t frames)
{
    int64_t now;

    if (!p->terminal)
        return;
    now = g_get_monotonic_time();
    if (now - p->begun_us < WAIT_US || now - p->shown_us < EVERY_US)
        return;
    p->shown = true;
    p->shown_us = now;
    print(p, frames, now - p->begun_us);
}

void mpt_progress_end(mpt_progress *p)
{
    if (p->shown)
        fputs("\r\033[K", stderr);
}
