/* input_internal.h - what input.c (reading) and chains.c (which files are pieces of one capture) share.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef MPT_PROGRAM_INPUT_INTERNAL_H
#define MPT_PROGRAM_INPUT_INTERNAL_H

#include "plugin/compat.h"

#include <wiretap/wtap.h>
#include <wsutil/buffer.h>

#include "input.h"

/* A file that is open, with the record that comes next. */
typedef struct mpt_piece {
    const char *path;
    wtap *file;
    wtap_rec rec;
    Buffer buffer;
    bool waiting, ended;     /* a record is there; none comes any more */
    int64_t first_ns;        /* of its first record */
    char *likeness;          /* pieces of one capture have the same */
    struct mpt_piece *next;  /* of the same capture; NULL: the last one */
    uint64_t frames, beyond; /* read; of these, later than the next piece begins */
} mpt_piece;

/* The pieces of one capture, in order of time. */
typedef struct mpt_chain {
    mpt_piece *first, *now;
    uint32_t first_id; /* of its interfaces */
} mpt_chain;

/* How alike files must be to be taken for pieces: the next step where the one before turns out to be wrong. */
typedef enum mpt_likeness { MPT_LIKE_INTERFACES, MPT_LIKE_NAMES, MPT_LIKE_NOTHING } mpt_likeness;

struct mpt_input {
    mpt_piece *pieces;
    unsigned count;
    mpt_chain *chains;
    unsigned chain_count;
    mpt_files files;
    mpt_likeness likeness;
    bool mistaken; /* pieces overlap */
    uint32_t frames;
    uint64_t size;
    char *error;
    GPtrArray *names; /* of interfaces, as far as they were asked for */
};

/* One of so many frames later than the next piece begins shows that two files overlap. */
#define MPT_BEYOND_PART 4

/* Puts the files into chains, as the input's likeness says. Their first records are there. */
void mpt_chains_make(mpt_input *input);
/* Notes that a piece has a record of this time; sets `mistaken` where it shows that it is none. */
void mpt_chains_note(mpt_input *input, mpt_piece *piece, int64_t time_ns);

#endif
