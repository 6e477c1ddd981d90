/* Who gives a command: what stands in the records of decisions. */
#ifndef CAMPANA_WHO_H
#define CAMPANA_WHO_H

struct buffer;

/* Appends "login@host"; the number of the account where it has no name. */
void who_put(struct buffer *out);

#endif
