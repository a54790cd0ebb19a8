/* interrupt.c - see interrupt.h.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "interrupt.h"

#include <string.h>
#include <unistd.h>

/* For the end of a pipe, in seconds. */
#define PATIENCE 1

volatile sig_atomic_t mpt_interrupt_now;

static void stop(int number)
{
    (void)number;
    mpt_interrupt_now = 1;
}

static void stop_soon(int number)
{
    (void)number;
    alarm(PATIENCE);
}

static void handle(int number, void (*handler)(int), int flags)
{
    struct sigaction action;

    memset(&action, 0, sizeof action);
    action.sa_handler = handler;
    action.sa_flags = flags;
    sigemptyset(&action.sa_mask);
    sigaction(number, &action, NULL);
}

void mpt_interrupt_catch(bool pipe)
{
    handle(SIGALRM, stop, 0);
    handle(SIGINT, pipe ? stop_soon : stop, (int)SA_RESETHAND | (pipe ? SA_RESTART : 0));
}
