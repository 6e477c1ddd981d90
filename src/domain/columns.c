/* Names are compared folded (utf8_put_folded): case, accents, spaces and underscores aside. The lists are in
 * the order of preference: a file with "celular" and "telefono" is read by "celular". */
#include "campana/columns.h"
#include "campana/error.h"
#include "campana/json.h"
#include "campana/utf8.h"
#include <search.h>
#include <stdlib.h>
#include <string.h>

static const char *const phone_names[] = {
    "gsm",
    "msisdn",
    "celular",
    "numerocelular",
    "numerodecelular",
    "nrocelular",
    "nocelular",
    "numcelular",
    "telefonocelular",
    "celulares",
    "cel",
    "movil",
    "telefonomovil",
    "numeromovil",
    "nummovil",
    "whatsapp",
    "mobile",
    "mobilephone",
    "mobilenumber",
    "cellphone",
    "cellphonenumber",
    "cellnumber",
    "cell",
    "phonenumber",
    "phone",
    "telephone",
    "telefono",
    "numerotelefono",
    "numerodetelefono",
    "numerotelefonico",
    "telefono1",
    "celular1",
    "tel",
    "fono",
    "destinatario",
    "destino",
    "recipient",
    "to",
    "numero",
    "number",
    "nro",
    "num",
    NULL,
};

static const char *const text_names[] = {
    "smstext",  "mensaje",      "mensajesms",      "mensajes",    "texto",
    "textosms", "textomensaje", "textodelmensaje", "textodelsms", "sms",
    "message",  "messagetext",  "smsmessage",      "text",        "msg",
    "msj",      "mje",          "contenido",       "content",     "body",
    "cuerpo",   NULL,
};

static const struct {
    const char *const *names;
    const char *what, *remedy;
} roles[] = {
    [COLUMN_PHONE] = {phone_names, "telephone number", "name it with --phone COLUMN"},
    [COLUMN_TEXT] = {text_names, "message",
                     "name it with --text COLUMN, or make the message from other columns with --template"},
};

#define NO_PLACE  (-1)
#define NO_MEMORY (-2)

/* Place in the role's list, or one of the above. */
static int preference(struct slice name, enum column_role role)
{
    struct buffer folded = {0};
    int place = NO_PLACE;
    utf8_put_folded(&folded, name.data, name.len);
    for (int i = 0; folded.len > 0 && roles[role].names[i] != NULL && place < 0; i++)
        if (strcmp(roles[role].names[i], buffer_string(&folded)) == 0)
            place = i;
    if (folded.failed)
        place = NO_MEMORY;
    buffer_free(&folded);
    return place;
}

int columns_usual(struct slice name, enum column_role role)
{
    int place = preference(name, role);
    return place == NO_MEMORY ? -1 : place >= 0;
}

static int refuse(const struct slice *names, size_t count, enum column_role role, const char *wanted,
                  const char *why, struct error *error)
{
    struct buffer list = {0};
    struct buffer shown = {0};
    for (size_t i = 0; i < count && list.len < ERROR_TEXT_BYTES / 2; i++) {
        buffer_puts(&list, i == 0 ? "\"" : ", \"");
        utf8_put_visible(&list, names[i].data, names[i].len, 40);
        buffer_put(&list, '"');
    }
    if (wanted != NULL) {
        utf8_put_visible(&shown, wanted, strlen(wanted), 60);
        error_set(error, ERROR_INPUT, "%s \"%s\" %s; the columns are: %s",
                  role == COLUMN_PHONE ? "--phone" : "--text", buffer_string(&shown), why,
                  buffer_string(&list));
    } else {
        error_set(error, ERROR_INPUT, "no column has a usual name for the %s; %s; the columns are: %s",
                  roles[role].what, roles[role].remedy, buffer_string(&list));
    }
    buffer_free(&list);
    buffer_free(&shown);
    return -1;
}

static int find_usual(const struct slice *names, size_t count, enum column_role role, size_t *index,
                      struct error *error)
{
    int best = NO_PLACE;
    for (size_t i = 0; i < count; i++) {
        int place = preference(names[i], role);
        if (place == NO_MEMORY)
            return error_no_memory(error);
        if (place >= 0 && (best < 0 || place < best)) {
            best = place;
            *index = i;
        }
    }
    return best >= 0 ? 0 : refuse(names, count, role, NULL, "", error);
}

/* 1, 0, or -1 where memory ran out. */
static int same_folded(struct slice a, struct slice b)
{
    struct buffer folded_a = {0};
    struct buffer folded_b = {0};
    utf8_put_folded(&folded_a, a.data, a.len);
    utf8_put_folded(&folded_b, b.data, b.len);
    int same = folded_a.len > 0 && slice_equal(buffer_slice(&folded_a), buffer_slice(&folded_b));
    if (folded_a.failed || folded_b.failed)
        same = -1;
    buffer_free(&folded_a);
    buffer_free(&folded_b);
    return same;
}

int columns_find_namesake(const struct slice *names, size_t count, size_t index, size_t *place,
                          struct error *error)
{
    *place = 0;
    for (size_t i = 0; i < count && *place == 0; i++) {
        int same = i == index ? 0 : same_folded(names[i], names[index]);
        if (same < 0)
            return error_no_memory(error);
        if (same > 0)
            *place = i + 1;
    }
    return 0;
}

/* A place counted from 1. */
static bool is_place(const char *wanted, size_t count, size_t *index)
{
    size_t place = 0;
    size_t len = strlen(wanted);
    if (len == 0 || len > 5 || strspn(wanted, "0123456789") != len)
        return false;
    for (size_t i = 0; i < len; i++)
        place = place * 10 + (size_t)(wanted[i] - '0');
    *index = place - 1;
    return place >= 1 && place <= count;
}

int columns_find(const struct slice *names, size_t count, enum column_role role, const char *wanted,
                 size_t *index, struct error *error)
{
    size_t alike = 0;
    if (wanted == NULL)
        return find_usual(names, count, role, index, error);
    struct slice name = slice_of(wanted);
    for (size_t i = 0; i < count; i++) {
        if (slice_equal(names[i], name)) {
            *index = i;
            return 0;
        }
    }
    for (size_t i = 0; i < count; i++) {
        int same = same_folded(names[i], name);
        if (same < 0)
            return error_no_memory(error);
        if (same > 0) {
            *index = i;
            alike++;
        }
    }
    if (alike == 1)
        return 0;
    if (alike > 1)
        return refuse(names, count, role, wanted,
                      "fits more than one column; write its name exactly as in the file", error);
    if (is_place(wanted, count, index))
        return 0;
    return refuse(names, count, role, wanted, "is no column of this file", error);
}

/* ---- unique names ---- */

struct names {
    struct hsearch_data table;
    char **strings;
    size_t count;
};

static bool is_taken(struct names *names, const char *name)
{
    ENTRY *found;
    return hsearch_r((ENTRY){.key = strdupa(name)}, FIND, &found, &names->table) != 0;
}

/* Keeps a copy of the name. */
static bool take(struct names *names, const char *name)
{
    ENTRY *entered;
    char *copy = strdup(name);
    if (copy == NULL)
        return false;
    names->strings[names->count++] = copy;
    return hsearch_r((ENTRY){.key = copy}, ENTER, &entered, &names->table) != 0;
}

/* "name", or "name_2", "name_3" … whichever is free. */
static bool make_unique(struct names *names, struct slice name, size_t place, struct buffer *unique)
{
    struct buffer base = {0};
    if (name.len == 0)
        buffer_printf(&base, "%zu", place);
    else
        buffer_append(&base, name.data, name.len);
    buffer_clear(unique);
    buffer_puts(unique, buffer_string(&base));
    for (size_t n = 2; !unique->failed && is_taken(names, buffer_string(unique)); n++) {
        buffer_clear(unique);
        buffer_printf(unique, "%s_%zu", buffer_string(&base), n);
    }
    bool made = !base.failed && !unique->failed && take(names, buffer_string(unique));
    buffer_free(&base);
    return made;
}

void columns_put_unique(const struct slice *slices, size_t count, const char *const *taken,
                        size_t taken_count, struct buffer *out)
{
    struct names names = {0};
    struct buffer unique = {0};
    bool fine = false;
    names.strings = calloc(count + taken_count, sizeof *names.strings);
    if ((names.strings == NULL && count + taken_count > 0) ||
        hcreate_r(2 * (count + taken_count) + 1, &names.table) == 0)
        goto out;
    fine = true;
    for (size_t i = 0; fine && i < taken_count; i++)
        fine = take(&names, taken[i]);
    buffer_put(out, '[');
    for (size_t i = 0; fine && i < count; i++) {
        fine = make_unique(&names, slices[i], i + 1, &unique);
        if (i > 0)
            buffer_put(out, ',');
        json_put_string(out, unique.data, unique.len);
    }
    buffer_put(out, ']');
    hdestroy_r(&names.table);
out:
    for (size_t i = 0; i < names.count; i++)
        free(names.strings[i]);
    free(names.strings);
    buffer_free(&unique);
    out->failed = out->failed || !fine;
}
