/* loss.h - what a path lost, as far as one end can tell (FIGURES.md, `loss`).
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef MPT_LOSS_H
#define MPT_LOSS_H

#include "metrics.h"

/* Of this direction of a subflow, whose bytes and handshake times are set. */
mpt_loss_figures mpt_loss_of(const mpt_subflow_view *sv, mpt_direction direction);

#endif
