/* paths_notes.h - what the tables of the report `paths` leave open: the clocks, and what could not be matched.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef MPT_PATHS_NOTES_H
#define MPT_PATHS_NOTES_H

#include "path_model.h"

void mpt_paths_notes(const mpt_path_model *m, const mpt_report_context *x, mpt_sink *sink);

#endif
