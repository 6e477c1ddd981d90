/* Something that is looked at again and again, until Ctrl-C. On a terminal it is redrawn in place: one write a look, no
 * line cleared before it is written anew, cut to the terminal's size. Elsewhere it is written whenever it has changed. */
#ifndef CAMPANA_WATCH_H
#define CAMPANA_WATCH_H

#include "campana/buffer.h"

struct clock;
struct error;

/* Appends what there is to be seen: lines without escapes. */
typedef int watch_fn(void *context, struct buffer *out, struct error *error);

/* Looks every second, or seldom enough that looking takes no more than a twentieth of the time: a sender beside it shall
 * not feel it. 0 after a stop signal, -1 with the error, also where nobody reads the output any more (output.h). */
int watch(watch_fn *look, void *context, const struct clock *clock, struct error *error);

/* Appends the frame that takes the place of one of `lines_before` lines, and counts its own in *lines. `width` and
 * `height` are the terminal's. */
void watch_put_frame(struct slice seen, size_t lines_before, size_t width, size_t height, size_t *lines, struct buffer *out);

#endif
