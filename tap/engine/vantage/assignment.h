/* assignment.h - assigns interfaces to vantage points, by the traffic that they show.
 *
 * Interfaces that show the same segment are different points. Where handshakes show which of them is nearer
 * to the client, the points are in this order, so that the client's interfaces of several transfers come
 * together, and the server's. Where nothing shows it, an interface goes to the point of the nearest interface
 * number: mergecap numbers the interfaces of one file consecutively.
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

/* One interface. Bits and indices refer to the array that it is in. */
typedef struct mpt_assignment {
    uint32_t id;
    int point;          /* below 0: undecided */
    bool by_number;     /* by all that the traffic shows another point would do as well */
    uint64_t conflicts; /* a bit for each interface that showed the same segment */
    /* By handshakes, sure ones [0] and weak ones [1], against each other interface. Above 0: this one is
     * nearer to the client. */
    int8_t before[2][MPT_VANTAGE_INTERFACES];
} mpt_assignment;

/* Assigns the undecided ones of all[0..count). `points`: how many there are so far; returns how many
 * there are then. */
unsigned mpt_assignment_decide(mpt_assignment *all, unsigned count, unsigned points);

/* The point of the interface with the nearest number, all being decided: for
 * interfaces above MPT_VANTAGE_INTERFACES. */
unsigned mpt_assignment_nearest(const mpt_assignment *all, unsigned count, uint32_t id);

#endif
