/* hosts.h - what the hosts of the model do when something happens.
 *
 * Invariant: only these change connections after they were set up.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef GEN_HOSTS_H
#define GEN_HOSTS_H

#include "model.h"
#include "queue.h"

#define GEN_USEC INT64_C(1000)
#define GEN_MSEC (1000 * GEN_USEC)

/* Subject: the packet for ARRIVAL and AGAIN (sent again after a loss), else the connection. */
enum { GEN_EVENT_START, GEN_EVENT_ARRIVAL, GEN_EVENT_AGAIN, GEN_EVENT_SEND, GEN_EVENT_DELAYED_ACK };

void gen_hosts_handle(gen_model *model, const gen_event *event);

#endif
