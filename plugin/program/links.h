/* links.h - libwiretap's link types as those of tap/reader.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef MPT_PROGRAM_LINKS_H
#define MPT_PROGRAM_LINKS_H

#include "tap/reader/reader.h"

/* MPT_LINK_OTHER: not read. */
mpt_link mpt_links_of(int encapsulation);
/* "Ethernet". Static. */
const char *mpt_links_name(int encapsulation);

#endif
