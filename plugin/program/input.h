/* input.h - capture files as one sequence of frames, through libwiretap.
 *
 * One file is read as it is. Of several, the pieces of one capture (rotated files) are read one after the other,
 * with the same interfaces; captures of several places are put in order of time while they are read, as
 * mergecap -I none does it: the interfaces of each keep their order, and have numbers of their own behind those of
 * the one before.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef MPT_PROGRAM_INPUT_H
#define MPT_PROGRAM_INPUT_H

#include <glib.h>

#include "tap/reader/reader.h"

typedef struct mpt_input mpt_input;

typedef struct mpt_input_frame {
    mpt_frame frame; /* bytes are borrowed until the next one */
    int encapsulation;
} mpt_input_frame;

/* What several files are. */
typedef enum mpt_files {
    MPT_FILES_GUESS,  /* pieces where they have the same interfaces, and do not overlap in time */
    MPT_FILES_PIECES, /* pieces where they have the same interfaces */
    MPT_FILES_POINTS  /* each a vantage point of its own */
} mpt_files;

/* Opens all of `paths`, "-" for standard input. NULL: *error is one sentence, to be freed with g_free(). */
mpt_input *mpt_input_open(char **paths, unsigned count, mpt_files files, char **error);
void mpt_input_close(mpt_input *input);

/* The next frame. False at the end, or where a file can't be read further: mpt_input_error() tells. */
bool mpt_input_next(mpt_input *input, mpt_input_frame *next);
/* True where files that were read as pieces overlap in time: what was read is void. They are open again, as
 * captures of several places. False also where that can't be; call it when a reading has ended. */
bool mpt_input_again(mpt_input *input);
/* Appends a sentence on what was taken for pieces of one capture; nothing where there was nothing to tell. */
void mpt_input_explain(const mpt_input *input, GString *sentence);
/* True where pieces were guessed: mpt_input_again() may come. */
bool mpt_input_guesses(const mpt_input *input);
/* Ends reading here, at the user's wish. */
void mpt_input_interrupt(mpt_input *input);
/* True if one of the files is standard input. */
bool mpt_input_is_pipe(const mpt_input *input);
/* Why a file was not read to its end, a sentence; NULL: all were. */
const char *mpt_input_error(const mpt_input *input);
/* As mpt_interfaces_name(). */
const char *mpt_input_interface(mpt_input *input, uint32_t id);
/* Bytes of the files that were read, and that there are; 0: not known (a pipe). */
uint64_t mpt_input_read(const mpt_input *input);
uint64_t mpt_input_size(const mpt_input *input);

#endif
