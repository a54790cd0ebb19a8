/* twins.h - which subflows at several vantage points are one: for those who number connections alike at all
 * points, while the capture is read.
 *
 * Invariant: a group of twins has at most one subflow of each point. Nothing is kept of a subflow after
 * mpt_twins_forget().
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef MPT_TWINS_H
#define MPT_TWINS_H

#include <glib.h>

#include "same_subflow.h"

typedef struct mpt_twins mpt_twins;

/* Free with mpt_twins_free(). */
mpt_twins *mpt_twins_new(unsigned points);
void mpt_twins_free(mpt_twins *t); /* NULL is allowed */
/* Call for each segment of a subflow that is part of an MPTCP connection: looks for its twins by what is
 * known by now, at first often, then seldom. */
void mpt_twins_seen(mpt_twins *t, unsigned point, const mpt_subflow *s);
/* Looks once more for those that have found none: all has been fed. */
void mpt_twins_finish(mpt_twins *t);
/* The same subflow at another point; NULL: not found. */
const mpt_subflow *mpt_twins_at(const mpt_twins *t, unsigned point, const mpt_subflow *s, unsigned other);
void mpt_twins_forget(mpt_twins *t, unsigned point, const mpt_subflow *s);

#endif
