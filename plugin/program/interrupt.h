/* interrupt.h - Ctrl+C ends reading, and the reports are of what was read; a second one ends the program.
 *
 * Who ends `dumpcap -w - | mptcpscope -r -` interrupts both: what is on its way in a pipe is waited for.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef MPT_PROGRAM_INTERRUPT_H
#define MPT_PROGRAM_INTERRUPT_H

#include <signal.h>
#include <stdbool.h>

/* pipe: reading may wait for somebody else. */
void mpt_interrupt_catch(bool pipe);
extern volatile sig_atomic_t mpt_interrupt_now;

/* True once reading is to end; a read from a pipe then fails with EINTR. */
static inline bool mpt_interrupted(void)
{
    return mpt_interrupt_now != 0;
}

#endif
