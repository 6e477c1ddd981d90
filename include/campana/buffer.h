/* A growable run of bytes. The first allocation that fails is remembered and every later append does nothing, so a
 * writer appends freely and asks once, at the end, with buffer_check(). */
#ifndef CAMPANA_BUFFER_H
#define CAMPANA_BUFFER_H

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

struct error;

/* Bytes that somebody else owns; may hold NUL bytes and need not end in one. */
struct slice {
    const char *data;
    size_t len;
};

struct slice slice_of(const char *string);
bool slice_equal(struct slice a, struct slice b);

struct buffer {
    char *data; /* NULL until the first append */
    size_t len; /* bytes used */
    size_t capacity;
    bool failed; /* an allocation failed since the last buffer_clear() */
};

/* An empty buffer; `struct buffer b = {0}` is the same. */
void buffer_init(struct buffer *buffer);

/* Gives the memory back; the buffer is empty and usable again. */
void buffer_free(struct buffer *buffer);

/* As buffer_free(), and wipes the memory first: for secrets. */
void buffer_wipe(struct buffer *buffer);

/* Empties it and keeps the memory. */
void buffer_clear(struct buffer *buffer);

/* The way of these two where there is no room, or none any more. */
void buffer_append_growing(struct buffer *buffer, const void *data, size_t len);

static inline void buffer_append(struct buffer *buffer, const void *data, size_t len)
{
    if (len == 0)
        return;
    if (buffer->failed || len >= buffer->capacity - buffer->len) {
        buffer_append_growing(buffer, data, len);
        return;
    }
    memcpy(buffer->data + buffer->len, data, len);
    buffer->len += len;
}

static inline void buffer_put(struct buffer *buffer, char byte)
{
    if (buffer->failed || buffer->len + 1 >= buffer->capacity)
        buffer_append_growing(buffer, &byte, 1);
    else
        buffer->data[buffer->len++] = byte;
}

void buffer_puts(struct buffer *buffer, const char *string);
void buffer_printf(struct buffer *buffer, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* The content as a NUL-terminated string (the NUL is not counted in len), valid until the next change; "" when empty
 * or failed. */
const char *buffer_string(struct buffer *buffer);

/* The content; its data is never NULL. */
struct slice buffer_slice(const struct buffer *buffer);

/* 0, or -1 with ERROR_MACHINE if an allocation failed. */
int buffer_check(const struct buffer *buffer, struct error *error);

#endif
