/* assignment.h - puts interfaces to vantage points, by what they show.
 *
 * Interfaces that show the same segment are different points. Where handshakes tell which of them is nearer
 * to the client, they are put to the points in this order: so the client's interfaces of several transfers
 * come together, and the servers'. Only where nothing tells are they put to the points of the nearest
 * interface numbers: mergecap numbers the interfaces of one file one after the other.
 *
 * Invariant: interfaces that showed the same segment get different points as long as there are points.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef MPT_ASSIGNMENT_H
#define MPT_ASSIGNMENT_H

#include <stdbool.h>
#include <stdint.h>

#include "vantage.h"

/* One interface. Bits and indices are those of the array that it is in. */
typedef struct mpt_assignment {
    uint32_t id;
    int point;          /* below 0: to be decided */
    bool by_number;     /* another point was as good by all that the traffic shows */
    uint64_t conflicts; /* bit for each interface that showed the same segment */
    int8_t
        before[2]
              [MPT_VANTAGE_INTERFACES]; /* handshakes, sure and weak: above 0: this is nearer to the client */
} mpt_assignment;

/* Decides the undecided of all[0..count), where there are `points` so far. Returns the points
 * with new ones. */
unsigned mpt_assignment_decide(mpt_assignment *all, unsigned count, unsigned points);

/* Of decided ones, the nearest number's point: for interfaces beyond those that are told apart. */
unsigned mpt_assignment_nearest(const mpt_assignment *all, unsigned count, uint32_t id);

#endif
