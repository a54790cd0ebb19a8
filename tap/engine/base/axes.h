/* axes.h - the five axes with two values: who of two, as a subflow, a connection, a report or a pair of
 * captures has it.
 *
 *   capture      10.0.0.1:4000 <-> 10.0.0.9:443       10.0.0.9:443 <-> 10.0.1.1:4001
 *                     |                 |                  |               |
 *   mpt_side          A                 B                  A               B
 *                     |                 |                  |               |
 *                     |  flip = false   |                  |  flip = true  |
 *   mpt_conn_side     A ........................ B ........................ A
 *                     |                          |
 *   mpt_role       CLIENT                     SERVER
 *                     |                          |
 *   mpt_direction  C2S is what it sends       S2C is what it sends
 *
 *   capture         the two hosts of a connection with two subflows
 *   mpt_side        of a subflow: A sent its first segment in the capture
 *   mpt_conn_side   of a connection, as it is kept
 *   mpt_role        as reports name the two: the client sent the MP_CAPABLE SYN (RFC 8684 3.1)
 *
 * Of a connection whose MP_CAPABLE is in the capture, side A is the client. Of a partial one the sides are
 * kept as they were found, and who is the client is concluded when it is asked for. An array of two is
 * indexed by exactly one of these types, which its comment names. What turns one into another stands beside
 * the struct that knows how:
 *
 *   mpt_side <- mpt_subflow_side(), mpt_subflow_conn_side() -> mpt_conn_side           state/subflow.h
 *   mpt_conn_side <- view->side[role], mpt_connection_role() -> mpt_role               state/connection.h
 *   mpt_role <- mpt_direction_sender(), mpt_role_sends() -> mpt_direction              here
 *
 * mpt_end stands apart: which of two captures of the same traffic it is (paths.h); it says nothing
 * of who sent.
 *
 * Invariant: each of these is 0 or 1. Mixing two of them is a warning of the compiler (-Wenum-conversion),
 * which an operator on the bare number (!, ^, 1 -) would hide: the functions below are used instead.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef MPT_AXES_H
#define MPT_AXES_H

#include <stdbool.h>

typedef enum mpt_side { MPT_SIDE_A, MPT_SIDE_B, MPT_SIDES } mpt_side;
typedef enum mpt_conn_side { MPT_CONN_SIDE_A, MPT_CONN_SIDE_B, MPT_CONN_SIDES } mpt_conn_side;
typedef enum mpt_role { MPT_CLIENT, MPT_SERVER, MPT_ROLES } mpt_role;
typedef enum mpt_direction { MPT_C2S, MPT_S2C, MPT_DIRECTIONS } mpt_direction;
typedef enum mpt_end { MPT_END_A, MPT_END_B, MPT_ENDS } mpt_end;

/* d goes through the directions of a set, in which each is the bit 1 << mpt_direction. */
#define MPT_EACH_DIRECTION(d, set)                                                                           \
    for (mpt_direction d = 0; d < MPT_DIRECTIONS; d++)                                                       \
        if ((set) >> d & 1u)

static inline mpt_side mpt_side_other(mpt_side side)
{
    return (mpt_side)!side;
}

static inline mpt_conn_side mpt_conn_side_other(mpt_conn_side side)
{
    return (mpt_conn_side)!side;
}

/* Of two connections that are one: the side of the other one, which has its sides the other way
 * round if flipped. */
static inline mpt_conn_side mpt_conn_side_flip(mpt_conn_side side, bool flipped)
{
    return (mpt_conn_side)((unsigned)side ^ flipped);
}

static inline mpt_role mpt_role_other(mpt_role role)
{
    return (mpt_role)!role;
}

static inline mpt_direction mpt_direction_other(mpt_direction direction)
{
    return (mpt_direction)!direction;
}

static inline mpt_end mpt_end_other(mpt_end end)
{
    return (mpt_end)!end;
}

static inline mpt_role mpt_direction_sender(mpt_direction direction)
{
    return direction == MPT_C2S ? MPT_CLIENT : MPT_SERVER;
}

static inline mpt_direction mpt_role_sends(mpt_role role)
{
    return role == MPT_CLIENT ? MPT_C2S : MPT_S2C;
}

#endif
