/* What campana says on standard error while it works: lines that begin with "campana: ". Whatever stands in
 * an argument, a file or an answer reaches the terminal only so that the terminal obeys nothing in it. On a
 * terminal long lines are broken at its width; in a pipe a line is a line. */
#ifndef CAMPANA_TALK_H
#define CAMPANA_TALK_H

#include <stdbool.h>

struct buffer;
struct error;

struct talk {
    bool quiet;   /* -q */
    bool verbose; /* -v */
};

/* Always: errors, warnings, and why a run stopped. */
void talk_line(const char *format, ...) __attribute__((format(printf, 1, 2)));
void talk_error(const struct error *error);
/* The same, made ready and appended to `out` instead of being said. */
void talk_put_line(const char *text, struct buffer *out);
/* Every line of it, with nothing before it: made of what is visible already. */
void talk_text(const struct buffer *text);
/* As it is: what is drawn in place on a terminal. */
void talk_raw(const struct buffer *text);
/* The same in place of what stands on the terminal's line, and the cursor stays behind it; an empty one
 * erases the line. The text takes terminal_line_width() columns at the most. */
void talk_in_place(const struct buffer *text);

/* Not with -q. */
void talk_note(const struct talk *talk, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Only with -v. */
void talk_detail(const struct talk *talk, const char *format, ...) __attribute__((format(printf, 2, 3)));

#endif
