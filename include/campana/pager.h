/* A pager between campana and a person: what the terminal is too small for can be read page by page.
 *
 * $PAGER names it, else it is less; "" and "cat" want none. less gets its options by LESS=FRX, unless LESS is set: it
 * leaves at once where one screen is enough. */
#ifndef CAMPANA_PAGER_H
#define CAMPANA_PAGER_H

struct error;

/* From here on standard output is the pager, where it is a terminal now and there is a pager; else nothing happens. Ask for
 * the terminal's width before. 0 or -1. */
int pager_begin(struct error *error);

/* Waits until the person has read, and gives standard output back. Harmless without. 0, or -1 with ERROR_INPUT where there was
 * no such program: nobody has read anything. */
int pager_end(struct error *error);

#endif
