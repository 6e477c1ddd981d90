/* Decides a file's delimiter from the shape of its first rows. */
#include "campana/dialect.h"
#include "campana/columns.h"
#include <string.h>

#define ROWS_MOST  50
#define NAMES_MOST 64 /* header cells looked at */

static const struct {
    char delimiter;
    const char *name;
} delimiters[] = {{',', "comma"}, {';', "semicolon"}, {'\t', "tab"}, {'|', "pipe"}};
#define DELIMITERS (sizeof delimiters / sizeof *delimiters)

int dialect_delimiter_from_name(const char *name, char *delimiter)
{
    if (strcmp(name, "auto") == 0) {
        *delimiter = '\0';
        return 0;
    }
    for (size_t i = 0; i < DELIMITERS; i++) {
        if (strcmp(name, delimiters[i].name) == 0) {
            *delimiter = delimiters[i].delimiter;
            return 0;
        }
    }
    if (strcmp(name, "\\t") == 0) {
        *delimiter = '\t';
        return 0;
    }
    if (strlen(name) != 1 || strchr("\"' \r\n", name[0]) != NULL || (unsigned char)name[0] >= 0x7F ||
        ((unsigned char)name[0] < 0x20 && name[0] != '\t') || (name[0] >= '0' && name[0] <= '9') ||
        (name[0] >= 'A' && name[0] <= 'Z') || (name[0] >= 'a' && name[0] <= 'z'))
        return -1;
    *delimiter = name[0];
    return 0;
}

const char *dialect_delimiter_name(char delimiter)
{
    static char sign[128][2];
    for (size_t i = 0; i < DELIMITERS; i++)
        if (delimiters[i].delimiter == delimiter)
            return delimiters[i].name;
    sign[delimiter & 0x7F][0] = delimiter;
    return sign[delimiter & 0x7F];
}

/* What the first rows look like under one delimiter. */
struct shape {
    size_t rows, most_alike; /* rows seen, and how many of them have the commonest number of cells */
    size_t cells;            /* that number */
    bool known_header;       /* the first row has a usual column name */
    bool no_memory;          /* that could not be found out */
};

struct walk {
    struct slice sample;
    char delimiter;
    size_t at;
    bool whole; /* the row just read ended with a line end */
};

static bool is_line_end(char c)
{
    return c == '\n' || c == '\r';
}

/* One cell, raw: with its quotes where it has them. */
static struct slice read_cell(struct walk *walk)
{
    size_t start = walk->at;
    const char *data = walk->sample.data;
    size_t len = walk->sample.len;
    if (walk->at < len && data[walk->at] == '"') {
        walk->at++;
        while (walk->at < len &&
               !(data[walk->at] == '"' && (walk->at + 1 >= len || data[walk->at + 1] != '"')))
            walk->at += data[walk->at] == '"' ? 2 : 1;
        if (walk->at < len)
            walk->at++;
    }
    while (walk->at < len && data[walk->at] != walk->delimiter && !is_line_end(data[walk->at]))
        walk->at++;
    if (walk->at > len)
        walk->at = len;
    return (struct slice){data + start, walk->at - start};
}

static struct slice without_quotes(struct slice cell)
{
    if (cell.len >= 2 && cell.data[0] == '"' && cell.data[cell.len - 1] == '"')
        return (struct slice){cell.data + 1, cell.len - 2};
    return cell;
}

/* 1, 0, or -1 where memory ran out. */
static int is_usual_name(struct slice cell)
{
    cell = without_quotes(cell);
    int usual = cell.len > 64 ? 0 : columns_usual(cell, COLUMN_PHONE);
    return cell.len > 64 || usual != 0 ? usual : columns_usual(cell, COLUMN_TEXT);
}

/* Counts the cells of a row; 0 for a blank line. `shape` (may be NULL) is told what its names say. */
static size_t read_row(struct walk *walk, struct shape *shape)
{
    size_t cells = 0;
    size_t start = walk->at;
    for (;;) {
        struct slice cell = read_cell(walk);
        int usual = shape == NULL || cells >= NAMES_MOST ? 0 : is_usual_name(cell);
        if (usual > 0)
            shape->known_header = true;
        if (usual < 0)
            shape->no_memory = true;
        cells++;
        if (walk->at >= walk->sample.len || walk->sample.data[walk->at] != walk->delimiter)
            break;
        walk->at++;
    }
    bool blank = walk->at == start;
    walk->whole = walk->at < walk->sample.len;
    if (walk->whole) {
        bool crlf = walk->sample.data[walk->at] == '\r' && walk->at + 1 < walk->sample.len &&
                    walk->sample.data[walk->at + 1] == '\n';
        walk->at += crlf ? 2 : 1;
    }
    return blank ? 0 : cells;
}

static struct shape look(struct slice sample, char delimiter)
{
    struct walk walk = {.sample = sample, .delimiter = delimiter};
    struct shape shape = {0};
    size_t counts[ROWS_MOST];
    while (walk.at < sample.len && shape.rows < ROWS_MOST) {
        size_t cells = read_row(&walk, shape.rows == 0 ? &shape : NULL);
        if (cells > 0 && (walk.whole || shape.rows == 0))
            counts[shape.rows++] = cells;
    }
    for (size_t i = 0; i < shape.rows; i++) {
        size_t alike = 0;
        for (size_t j = 0; j < shape.rows; j++)
            alike += counts[j] == counts[i];
        if (alike > shape.most_alike || (alike == shape.most_alike && counts[i] > shape.cells)) {
            shape.most_alike = alike;
            shape.cells = counts[i];
        }
    }
    return shape;
}

/* A delimiter that makes one column of everything explains nothing; then a known header, then even rows, then
 * many cells. */
static bool is_better(const struct shape *a, const struct shape *b)
{
    if ((a->cells > 1) != (b->cells > 1))
        return a->cells > 1;
    if (a->known_header != b->known_header)
        return a->known_header;
    if (a->most_alike != b->most_alike)
        return a->most_alike > b->most_alike;
    return a->cells > b->cells;
}

static bool read_sep_line(struct slice sample, struct dialect *dialect)
{
    size_t end = 0;
    while (end < sample.len && !is_line_end(sample.data[end]))
        end++;
    struct slice line = without_quotes((struct slice){sample.data, end});
    if (line.len < 5 || strncasecmp(line.data, "sep=", 4) != 0)
        return false;
    bool escaped_tab = line.len == 6 && memcmp(line.data + 4, "\\t", 2) == 0;
    if (line.len != 5 && !escaped_tab)
        return false;
    dialect->delimiter = escaped_tab ? '\t' : line.data[4];
    dialect->named_by_sep = true;
    bool crlf = end + 1 < sample.len && sample.data[end] == '\r' && sample.data[end + 1] == '\n';
    dialect->skip_bytes = end == sample.len ? end : end + (crlf ? 2 : 1);
    return true;
}

int dialect_guess(struct slice sample, struct dialect *dialect)
{
    *dialect = (struct dialect){.delimiter = ','};
    if (read_sep_line(sample, dialect))
        return 0;
    struct shape best = look(sample, ',');
    for (size_t i = 1; i < DELIMITERS; i++) {
        struct shape shape = look(sample, delimiters[i].delimiter);
        if (best.no_memory || shape.no_memory)
            return -1;
        if (is_better(&shape, &best)) {
            best = shape;
            dialect->delimiter = delimiters[i].delimiter;
        }
    }
    return 0;
}
